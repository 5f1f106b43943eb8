"""Pages: flat query counts, safe methods, errors beside their fields, and what people read."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.answering.releasing import request_release
from referrals.answering.responding import Availability, accept_offer, decline_offer
from referrals.choices import State
from referrals.models import Referral, Rfa, SiteLink
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(captured)


def test_query_counts_are_flat_and_small(team_client: Client) -> None:
    partner = world.make_partner(capacity=100)
    now = timezone.now()
    referral, offer = world.offered(now=now)
    client = client_of(partner)
    partner_pages = ["/queue/", f"/offers/{offer.public_id}/", f"/offers/{offer.public_id}/decline/"]
    run = offer.run_id
    team_pages = ["/team/", "/team/referrals/", f"/team/referrals/{referral.public_id}/", "/team/reviews/"]
    team_pages += ["/team/releases/", f"/team/referrals/{referral.public_id}/runs/{run}/"]
    public_pages = ["/request/", f"/status/{referral.status_token}/", "/service-description/"]
    visits = [(client, page) for page in partner_pages] + [(team_client, page) for page in team_pages]
    visits += [(Client(), page) for page in public_pages]
    with_one = {page: queries_of(who, page) for who, page in visits}
    for _ in range(30):
        world.offered(now=now)
    with_thirty = {page: queries_of(who, page) for who, page in visits}
    assert with_thirty == with_one
    assert max(with_one.values()) <= MOST_QUERIES, with_one


def test_safe_methods_change_nothing(team_client: Client) -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    before = world.fingerprint()
    for client, pages in (
        (client_of(partner), ["/queue/", f"/offers/{offer.public_id}/", f"/offers/{offer.public_id}/decline/"]),
        (
            team_client,
            ["/team/", f"/team/referrals/{referral.public_id}/", f"/team/referrals/{referral.public_id}/hold/"],
        ),
        (Client(), ["/request/", f"/status/{referral.status_token}/", "/service-description/?q=yammer"]),
    ):
        for page in pages:
            assert client.get(page).status_code == 200, page
            client.head(page)
    assert world.fingerprint() == before


def form_data(**changes: Any) -> dict[str, Any]:
    data = world.request_data() | {"form_key": str(uuid.uuid4()), "consent": "on", "website": ""}
    del data["plans"]
    return data | {"plan_1": "M365_E5", "seats_1": "500"} | world.opened_before() | changes


def test_rfa_form_files_a_request_and_waits_for_the_mail() -> None:
    answer = Client().post("/request/one-page/", form_data())
    assert answer.status_code == 302
    rfa = Rfa.objects.get()
    page = Client().get(f"/request/confirm/{rfa.token}/")
    assert not Referral.objects.exists(), "looking at the page confirms nothing: mail scanners follow links"
    assert b"Confirm request" in page.content
    Client().post(f"/request/confirm/{rfa.token}/")
    assert Referral.objects.get().text == "Help us to switch on endpoint protection."


def test_the_same_asked_for_again_leads_to_the_open_request() -> None:
    for _time in range(3):
        Client().post("/request/one-page/", form_data())
    first, *others = Rfa.objects.order_by("id")
    status = Client().post(f"/request/confirm/{first.token}/")["Location"]
    for again in (*others, *others):
        answer = Client().post(f"/request/confirm/{again.token}/")
        assert (answer.status_code, answer["Location"]) == (302, status)
        assert Client().get(f"/request/confirm/{again.token}/")["Location"] == status
    referral = Referral.objects.get()
    assert list(referral.rfas.order_by("id")) == [first, *others]
    assert world.kinds(referral).count("linked") == 2, "confirmed twice, it is linked once"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"requester_email": "nobody"}, "requester_email", "valid email"),
        ({"requester_name": "Alex\nBcc: all@example.com"}, "requester_name", "Remove line breaks"),
        ({"domain": "not a domain"}, "domain", "Enter a domain, for example contoso.com"),
        ({"tenant_id": "123"}, "tenant_id", "Enter a tenant ID like"),
        ({"country": "XX"}, "country", "valid choice"),
        ({"seats_1": "-1"}, "seats_1", "greater than or equal to 0"),
        ({"plan_1": "", "seats_1": "5"}, "plan_1", "Select the plan for these seats"),
        ({"text": "x" * 4001}, "text", "at most 4000"),
        ({"text": "bell \x07"}, "text", "control characters"),
        ({"workloads": [], "areas": []}, "areas", "at least one"),
        ({"consent": ""}, "consent", "required"),
    ],
)
def test_rfa_form_error_stands_beside_its_field_and_keeps_what_was_typed(
    changes: dict[str, Any], field: str, message: str
) -> None:
    answer = Client().post("/request/one-page/", form_data(**changes))
    assert answer.status_code == 422
    form = answer.context["form"]
    assert message in " ".join(form.errors[field])
    text = answer.content.decode()
    assert "There is a problem" in text
    assert 'value="Woodgrove Bank"' in text
    assert not Rfa.objects.exists()


def test_robot_that_fills_the_hidden_field_gets_nothing() -> None:
    assert Client().post("/request/one-page/", form_data(website="https://spam.example")).status_code == 302
    assert not Rfa.objects.exists()


def test_status_page_says_in_plain_words_what_happens_and_why_it_was_re_typed() -> None:
    referral = world.screened(plans=[["O365_E3", 120]], workloads=["TEAMS"])
    text = Client().get(f"/status/{referral.status_token}/").content.decode()
    assert "We’re finding the right partner for you." in text
    assert "Why the Benefit doesn’t cover it" in text
    assert "This is optional and there is no obligation" in text
    assert referral.public_id in text


def test_status_page_asks_and_takes_the_answer() -> None:
    referral = world.screened(plans=[])
    client, address = Client(), f"/status/{referral.status_token}/"
    assert "Which Microsoft plans do you hold?" in client.get(address).content.decode()
    empty = client.post(f"{address}answer/", {})
    assert empty.status_code == 422
    assert "Select at least one plan" in empty.content.decode()
    client.post(f"{address}answer/", {"plan_1": "M365_E5", "seats_1": "500"})
    referral.refresh_from_db()
    assert referral.state == State.SCREENING


def test_requester_can_withdraw() -> None:
    referral = world.screened()
    Client().post(f"/status/{referral.status_token}/cancel/", {"reason": "Not needed any more"})
    referral.refresh_from_db()
    assert referral.state == State.CANCELLED


def test_foot_leads_to_where_microsoft_takes_requests_itself() -> None:
    links = set(SiteLink.objects.values_list("url", flat=True))
    assert links >= {"https://admin.microsoft.com/", "https://setup.microsoft.com/microsoft-365-fasttrack-assistance"}


def test_foot_links_are_editable() -> None:
    SiteLink.objects.create(label="A new article", url="https://kb.example/1", place=9)
    assert "https://kb.example/1" in Client().get("/service-description/").content.decode()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("SPE_E5", "Microsoft 365 E5"), ("yammer", "Viva Engage"), ("Azure AD Premium P1", "Entra ID P1")],
)
def test_service_description_finds_skus_and_former_names(wanted: str, found: str) -> None:
    text = Client().get("/service-description/", {"q": wanted}).content.decode()
    assert found in text.split("Results for “")[1].split("</section>")[0]


def test_pages_carry_a_strict_policy() -> None:
    policy = Client().get("/request/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_query_counts_of_the_other_pages_are_small(team_client: Client) -> None:
    partner = world.make_partner(capacity=100)
    now, by = timezone.now(), world.by_partner(partner)
    released, declined, accepted = (world.offered(now=now)[1] for _ in range(3))
    release = request_release(released.pk, world.said(), by=by, now=now)
    pause = Availability(now + dt.timedelta(days=2))
    decline_offer(declined.pk, world.said(correction=pause), by=by, now=now)
    accept_offer(accepted.pk, by=by, now=now)
    client, referral = client_of(partner), accepted.referral
    visits = [(client, f"/offers/{offer.public_id}/") for offer in (released, declined, accepted)]
    visits += [(client, f"/facts/{accepted.public_id}/plans/"), (client, f"/offers/{accepted.public_id}/decline/")]
    team = ["/team/request/", f"/team/releases/{release.pk}/", f"/team/reviews/{declined.public_id}/"]
    team += [f"/team/referrals/{referral.public_id}/{act}/" for act in ("hold", "retype", "note", "exclude")]
    public = ["/service-description/plans/M365_E5/", "/service-description/workloads/INTUNE/", "/mailbox/"]
    visits += [(team_client, page) for page in team] + [(Client(), page) for page in public]
    counts = {page: queries_of(who, page) for who, page in visits}
    assert max(counts.values()) <= MOST_QUERIES, counts


@pytest.mark.parametrize("flag", ["is_processing_team", "is_auditor", "is_staff"])
def test_second_factor_is_asked_for_outside_local_mode(flag: str, settings: Any) -> None:
    settings.LOCAL_MODE = False
    client = Client()
    client.force_login(world.make_user("someone@triage.example", **{flag: True}))
    assert client.get("/team/")["Location"] == "/account/2fa/totp/activate/"
    assert client.post("/team/request/").status_code == 403


def test_partners_need_no_second_factor(settings: Any) -> None:
    partner = world.make_partner()
    settings.LOCAL_MODE = False
    assert client_of(partner).get("/queue/").status_code == 200


def test_team_finds_by_reference_customer_and_domain(team_client: Client) -> None:
    referral = world.screened()
    world.screened(domain="other.example", customer_name="Other")
    for wanted in (referral.public_id, "woodgrove bank", "WOODGROVE.ex"):
        rows = team_client.get("/team/referrals/", {"q": wanted}).context["page"].rows
        assert [row.public_id for row in rows] == [referral.public_id], wanted


def test_team_excludes_a_partner_the_customer_does_not_want(team_client: Client) -> None:
    unwanted, wanted = world.make_partner("Unwanted"), world.make_partner("Wanted")
    referral = world.screened()
    form = {"organisation": unwanted.organisation_id, "reason": "They had a dispute."}
    assert team_client.post(f"/team/referrals/{referral.public_id}/exclude/", form).status_code == 302
    route_due(now=world.NOW, only=[referral.pk])
    assert referral.offers.get().partner == wanted
