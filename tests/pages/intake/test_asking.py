"""How the request asks: from a start page, one group of questions a page, nothing selected, what is wrong in words."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from benefits.domain.edition_on_date import edition_on
from benefits.services.editions import edition_in_force
from referrals.answering.responding import accept_offer
from referrals.choices import State
from referrals.intake.filing import confirm_rfa
from referrals.models import Notification, Referral, RequestDraft, Rfa
from tests import world
from tests.conftest import client_of
from tests.pages.intake.test_stepwise import ANSWERS, WHO, fill

pytestmark = pytest.mark.django_db
SELECTED = re.compile(r"<input[^>]* checked|<option(?![^>]*value=\"\")[^>]* selected")


@pytest.fixture
def begun(db: None) -> str:
    """The address of a draft whose first step is done."""
    place = str(Client().post("/request/new/", WHO)["Location"])
    RequestDraft.objects.update(created_at=timezone.now() - world.LATER)
    return place.removesuffix("customer/")


def plans_offered(page: str) -> set[str]:
    return set(re.findall(r'<option value="(\w+)"', page))


def test_the_start_page_says_who_is_eligible_and_what_is_needed() -> None:
    today = timezone.localdate()
    edition = edition_in_force(today)[1]
    text = world.text(Client().get("/request/"))
    assert f"at least {edition_on(edition, today).floor} paid seats" in text
    assert all(family.name in text for family in edition.families)
    for words in ("What it costs", "What you need", "about 10 minutes", "6 short pages", "What happens next"):
        assert words in text, words
    assert 'href="/request/new/"' in Client().get("/request/").content.decode()


def test_nothing_is_selected_beforehand(begun: str) -> None:
    for address in ("/request/new/", "/request/one-page/", *(f"{begun}{step}/" for step in ANSWERS)):
        page = Client().get(address).content.decode()
        assert "<form" in page, address
        assert not SELECTED.findall(page), address


def test_what_may_be_left_out_says_so(begun: str) -> None:
    assert "Phone (optional)" in world.text(Client().get("/request/new/"))
    tenant = world.text(Client().get(f"{begun}tenant/"))
    assert ("Tenant ID (optional)" in tenant, "Microsoft’s RFA ID (optional)" in tenant) == (True, True)
    assert "Primary domain (optional)" not in tenant
    assert "This page is optional" in world.text(Client().get(f"{begun}plans/"))


@pytest.mark.parametrize(
    ("step", "messages"),
    [
        ("customer", ("Enter the name of the organization.", "Select a country.", "Select the type of organization.")),
        ("tenant", ("Enter the primary domain.", "Select your Microsoft cloud.")),
        ("wanted", ("Describe what you want to achieve.",)),
        ("when", ("Select how help should be delivered.", "Select at least one language.")),
    ],
)
def test_errors_say_what_to_do_above_the_heading(begun: str, step: str, messages: tuple[str, ...]) -> None:
    answer = Client().post(f"{begun}{step}/", {})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.index("error-summary") < page.index("<h1")
    summary = page[page.index("error-summary") : page.index("<h1")]
    for message in messages:
        assert message in summary
        assert page.count(message) >= 2, "in the summary and beside the field"
    assert "This field is required" not in page


def test_another_plan_is_added_and_what_was_typed_stays(begun: str) -> None:
    assert Client().get(f"{begun}plans/").content.decode().count('name="plan_') == 1
    typed = {"plan_1": "M365_E5", "seats_1": "500", "add_plan": "1"}
    page = Client().post(f"{begun}plans/", typed).content.decode()
    assert (page.count('name="plan_'), 'value="500"' in page, "error-summary" in page) == (2, True, False)
    assert re.search(r'name="plan_2"[^>]*autofocus', page)
    both = {"plan_1": "M365_E5", "seats_1": "500", "plan_2": "M365_F3", "seats_2": ""}
    Client().post(f"{begun}plans/", both | {"add_plan": "1"})
    assert Client().get(f"{begun}plans/").content.decode().count('name="plan_') == 2, "a blank row is not kept"
    kept = RequestDraft.objects.get().data
    assert (kept["plan_2"], kept["seats_1"]) == (["M365_F3"], ["500"])


def test_another_plan_on_one_page_by_the_team_and_by_a_requester_who_is_asked(team_client: Client) -> None:
    typed = {"customer_name": "Woodgrove Bank", "languages": ["de", "fr"], "plan_1": "M365_E5", "add_plan": "1"}
    for client, address in ((Client(), "/request/one-page/"), (team_client, "/team/request/")):
        answer = client.post(address, typed)
        page = answer.content.decode()
        assert (answer.status_code, page.count('name="plan_')) == (200, 2), address
        assert 'value="Woodgrove Bank"' in page
        assert len(SELECTED.findall(page)) >= 3, "both languages and the plan"
    assert not Rfa.objects.exists()
    assert not Referral.objects.exists()


def test_plans_are_those_of_the_cloud(begun: str) -> None:
    edition = edition_in_force(timezone.localdate())[1]
    by_cloud = {cloud: {p.code for p in edition.plans.values() if p.audience == cloud} for cloud in ("us_gov_gcc",)}
    everything = plans_offered(Client().get(f"{begun}plans/").content.decode())
    assert everything == set(edition.plans)
    Client().post(f"{begun}tenant/", ANSWERS["tenant"] | {"audience": "us_gov_gcc"})
    assert plans_offered(Client().get(f"{begun}plans/").content.decode()) == by_cloud["us_gov_gcc"]
    Client().post(f"{begun}plans/", {"plan_1": "M365_E5", "seats_1": "500"})
    page = Client().post(f"{begun}plans/", {"plan_1": "M365_E5", "seats_1": "x"}).content.decode()
    assert "M365_E5" in plans_offered(page), "what is selected stays, whatever the cloud"


def test_what_was_not_answered_is_not_provided(begun: str) -> None:
    fill(begun, plans={}, when={"delivery": "remote", "languages": ["en"]})
    page = Client().get(f"{begun}check/").content.decode()
    rows = dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page))
    assert rows["Phone"] == rows["Tenant ID"] == "Not provided"
    assert page.split("Error:")[0] == page, "looking is no error"
    fill(begun)
    assert "500 paid seats" in world.text(Client().get(f"{begun}check/"))


def test_the_number_promised_is_the_number_of_the_referral(begun: str) -> None:
    fill(begun)
    sent = str(Client().post(f"{begun}check/", {"consent": "on"})["Location"])
    rfa = Rfa.objects.get()
    text = world.text(Client().get(sent))
    assert rfa.reference
    assert (rfa.reference in text, "alex@woodgrove.example" in text) == (True, True)
    assert rfa.reference in Notification.objects.get(kind="confirm").body
    assert confirm_rfa(rfa.token, now=timezone.now()).public_id == rfa.reference
    assert "This request was confirmed" in world.text(Client().get(sent))


def test_a_requester_who_is_asked_for_its_plans_adds_rows() -> None:
    referral = world.screened(plans=[])
    assert referral.state == State.AWAITING_CUSTOMER
    path = f"/status/{referral.status_token}/answer/"
    page = Client().post(path, {"plan_1": "M365_E5", "seats_1": "500", "add_plan": "1"})
    text = page.content.decode()
    assert (page.status_code, text.count('name="plan_'), 'value="500"' in text) == (200, 4, True)
    assert Referral.objects.get().state == State.AWAITING_CUSTOMER


def test_a_partner_that_types_subscriptions_adds_rows() -> None:
    partner = world.make_partner()
    offer = world.offered(now=timezone.now())[1]
    offer = accept_offer(offer.pk, by=world.by_partner(partner), now=timezone.now())
    page = client_of(partner).post(f"/facts/{offer.public_id}/plans/", {"plan_1": "M365_E5", "add_plan": "1"})
    assert (page.status_code, page.content.decode().count('name="plan_')) == (200, 9)


@pytest.mark.parametrize("address", ["/request/one-page/", "/team/request/"])
def test_enter_sends_the_form_and_adds_no_row(team_client: Client, address: str) -> None:
    page = team_client.get(address).content.decode().split("<main")[1]
    assert "<button hidden></button>" in page.split("add_plan")[0]
