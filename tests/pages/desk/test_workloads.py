"""Due diligence in depth, as a partner sees it: nothing is recorded by looking, and nothing of others is shown."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benefits.choices import Outcome
from benefits.models import CatalogueReport, Determination, Enablement
from benefits.services.customers import Recorded
from referrals.diligence import facts
from referrals.models import Event, Offer
from tests import world
from tests.conftest import client_of
from tests.world import by_team, text

pytestmark = pytest.mark.django_db


def tenant_of(offer: Offer) -> str:
    return offer.referral.tenant.domain


# --- the panel and the grid


def test_panel_says_areas_questions_and_how_to_settle(held: tuple[Client, Offer]) -> None:
    client, offer = held
    page = text(client.get(f"/offers/{offer.public_id}/"))
    assert "One workload that is not enabled is enough to decide. A “realized” result needs all" in page
    assert "Is Microsoft Defender for Endpoint (P1 and P2) enabled?" in page
    assert page.index("Defender for Endpoint (P1 and P2) enabled?") < page.index("Is Exchange Online enabled?")
    assert "Checked: " in page
    assert "Security <span" in page


def test_partly_enabled_keeps_how_many_of_how_many(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address, words = f"/facts/{offer.public_id}/statuses/", {"tenant": tenant_of(offer)}
    data = {"status:INTUNE": "partly_enabled", "part:INTUNE": "1,200 of 1,500", "evidence:INTUNE": ""}
    client.post(address, words | data)
    fact = Enablement.objects.get()
    assert (fact.part_seats, fact.part_total, fact.part) == (1200, 1500, "1200 of 1500")
    client.post(address, words | data | {"part:INTUNE": "Sales and service"})
    assert Enablement.objects.current().get().part_group == "Sales and service"
    impossible = (
        *("600 of 500", "1,5 of 500", "1.5 of 500", "500 of 500", "0 of 9", "-5 of 3"),
        *("² of 5", "٣ of ٥", "24%", "120", ", of ,"),
    )
    refusals = {
        **dict.fromkeys(impossible, "” isn’t valid. Enter how many seats"),
        "": "”: Enter how many seats (e.g. 120 of 500) or which group",
        "x" * 121: "more than 120",
    }
    for wrong, message in refusals.items():
        refused = client.post(address, words | data | {"part:INTUNE": wrong})
        assert refused.status_code == 422
        assert message in text(refused)
    assert Enablement.objects.count() == 2


def test_workload_detail_shows_scope_with_source_usage_and_own_history(held: tuple[Client, Offer]) -> None:
    client, offer = held
    world.record(offer.referral, by_team(), INTUNE="blocked")
    world.record(offer.referral, world.by_partner(offer.partner), INTUNE="enabled")
    address = f"/facts/{offer.public_id}/workloads/INTUNE/?tenant={tenant_of(offer)}"
    page, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert "<!doctype html>" in text(page)
    assert "<!doctype html>" not in text(part)
    assert "In scope" in text(part)
    assert re.search(r'rel="noreferrer" lang="en">[^<]+, learn.microsoft.com</a>', text(part)), "a titled link"
    assert "blocked · earlier due diligence" in text(part), "value and date of others, not who"
    assert "enabled · portal · contoso" in text(part)
    assert "team@triage.example" not in text(part)
    assert client.get(f"/facts/{offer.public_id}/workloads/NOTHING/").status_code == 404


def test_old_facts_are_warned_of(held: tuple[Client, Offer]) -> None:
    client, offer = held
    world.record(offer.referral, world.by_partner(offer.partner), INTUNE="enabled")
    long_ago = timezone.now() - timezone.timedelta(days=31)  # type: ignore[attr-defined]
    Enablement.objects.update(recorded_at=long_ago)
    assert "Recorded more than 30 days ago: Microsoft Intune" in text(client.get(f"/offers/{offer.public_id}/"))


def test_saving_the_grid_leaves_untouched_rows_to_whoever_changed_them_since(held: tuple[Client, Offer]) -> None:
    client, offer = held
    world.record(offer.referral, by_team(), INTUNE="enabled")
    stale = {"status:INTUNE": "unknown", "was:INTUNE": "unknown||", "evidence:INTUNE": "", "part:INTUNE": ""}
    changed = {"status:TEAMS": "blocked", "was:TEAMS": "unknown||", "evidence:TEAMS": "", "part:TEAMS": ""}
    client.post(f"/facts/{offer.public_id}/statuses/", {"tenant": tenant_of(offer), **stale, **changed})
    current = dict(Enablement.objects.current().values_list("workload_code", "status"))
    assert current == {"INTUNE": "enabled", "TEAMS": "blocked"}


def test_refused_status_is_said_at_its_row(held: tuple[Client, Offer]) -> None:
    client, offer = held
    data = {"tenant": tenant_of(offer), "status:INTUNE": "declined", "evidence:INTUNE": "", "part:INTUNE": ""}
    answer = client.post(f"/facts/{offer.public_id}/statuses/", data, headers={"HX-Request": "true"})
    said = world.markup(answer)
    assert '<span id="recorded-INTUNE" hx-swap-oob="true"><strong class="is-bad rounded px-1" data-refused>' in said
    assert "not saved: " in said


def test_tenants_are_named_where_there_are_several(held: tuple[Client, Offer]) -> None:
    client, offer = held
    customer = offer.referral.customer
    second = customer.tenants.create(domain="second.example")
    held_there = {"plan_code": "M365_E5", "state": "enabled", "paid_seats": 300}
    second.subscriptions.create(**held_there, recorded_at=offer.offered_at, author_party="team")
    by = world.by_partner(offer.partner)
    words: dict[str, Any] = {"by": by, "now": timezone.now(), "offer": offer}
    statuses = {"INTUNE": Recorded("enabled", "portal")}
    facts.record_statuses(offer.referral_id, offer.referral.tenant, statuses, **words)
    facts.record_statuses(offer.referral_id, second, {"INTUNE": Recorded("blocked", "portal")}, **words)
    page = text(client.get(f"/offers/{offer.public_id}/"))
    assert "Microsoft Intune (MDM and MAM) in second.example" in page
    assert "Is Exchange Online enabled in second.example and in woodgrove.example?" in page


# --- what if


def test_what_if_shows_the_imagined_outcome_beside_the_recorded_one_and_records_nothing(
    held: tuple[Client, Offer],
) -> None:
    client, offer = held
    before = (world.fingerprint(), Determination.objects.count())
    address = f"/facts/{offer.public_id}/what-if/"
    assert "Recorded, DET-" in text(client.get(address))
    page = text(client.post(address, {"seats:0": "149"}))
    assert "No tenant has the required 150 paid seats on eligible plans (largest: 149)." in page
    assert "Add 1 paid seats of Microsoft 365 E5" in page
    wrong = client.post(address, {"seats:0": "many"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 200, "htmx shows no other answer"
    assert "Enter a number of seats from 0 to" in text(wrong)
    part = client.post(address, {"status:INTUNE:woodgrove.example": "blocked"}, headers={"HX-Request": "true"})
    assert "1 workload remains: Microsoft Intune" in text(part)
    assert "<!doctype html>" not in text(part)
    assert "The Benefit is fully realized" in text(client.post(address, {"way": "1"}))
    assert (world.fingerprint(), Determination.objects.count()) == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"seats:0": "many"}, "Enter a number of seats from 0 to"),
        ({"seats:0": "99999999999"}, "Enter a number of seats from 0 to"),
        ({"plan:1": "NO_SUCH"}, "” isn’t a plan in the service description"),
        ({"plan:1": "EXO_P1", "plan-seats:1": "-1"}, "Enter a number of seats from 0 to"),
    ],
)
def test_what_if_refuses_what_cannot_be(held: tuple[Client, Offer], data: dict[str, str], message: str) -> None:
    client, offer = held
    answer = client.post(f"/facts/{offer.public_id}/what-if/", data)
    assert answer.status_code == 422
    assert message in text(answer)
    assert next(iter(data.values())) in text(answer), "what was typed is kept"


def test_what_if_takes_an_added_plan(held: tuple[Client, Offer]) -> None:
    client, offer = held
    data = {"seats:0": "100", "plan:1": "EXO_P1", "plan-seats:1": "50"}
    page = text(client.post(f"/facts/{offer.public_id}/what-if/", data))
    assert str(Outcome.NOT_ELIGIBLE.label) not in page
    assert "More information needed" in page


# --- suggestions


def test_suggestions_are_picked_by_a_person_and_become_part_of_the_request(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = f"/facts/{offer.public_id}/suggestions/"
    page = client.get(address, {"q": "phones and calling plans in Teams"})
    assert "Microsoft Teams Phone" in text(page)
    offer.referral.refresh_from_db()
    asked = offer.referral.workloads
    client.post(address, {"workload": ["TEAMS_PHONE"]})
    offer.referral.refresh_from_db()
    assert offer.referral.workloads == [*asked, "TEAMS_PHONE"]
    assert Event.objects.filter(kind="request_changed").get().data["added"][0].startswith("Microsoft Teams Phone")
    assert offer.referral.determination.facts["request"]["workloads"] == [*asked, "TEAMS_PHONE"]  # type: ignore[union-attr]
    refused = client.post(address, {"workload": ["NO_SUCH"]}, follow=True)
    assert "“NO_SUCH” isn’t in the service description" in text(refused)


def test_words_that_nothing_speaks_of_say_what_to_do(held: tuple[Client, Offer]) -> None:
    client, offer = held
    assert "No matches in the service description. Try other search terms, or leave the request as it is" in text(
        client.get(f"/facts/{offer.public_id}/suggestions/", {"q": "zzzz qqqq"})
    )


# --- the record


def test_record_is_printed_and_downloaded_with_id_hash_and_signature(held: tuple[Client, Offer]) -> None:
    client, offer = held
    offer.referral.refresh_from_db()
    row = offer.referral.determination
    assert row is not None
    address = f"/facts/{offer.public_id}/determinations/{row.public_id}/"
    for page in (text(client.get(address)), text(client.get(address, {"download": "1"}))):
        assert row.result_hash in page
        assert f"Determination for {row.customer.name}" in page
        assert "edition 2026-08-18" in page
        assert "Signature" in page
        assert "Microsoft 365 E5" in page
    answer = client.get(address, {"download": "1"})
    assert answer["Content-Disposition"] == f'attachment; filename="{offer.referral.public_id}-determination.html"'
    assert "http" not in answer.content.decode().split("<body>")[0], "the file needs nothing from anywhere"


def test_record_names_nobody_of_another_partner(held: tuple[Client, Offer]) -> None:
    client, offer = held
    world.record(offer.referral, world.by_partner(offer.partner), now=timezone.now(), INTUNE="enabled")
    row = offer.referral.determination
    assert row is not None
    address = f"/facts/{offer.public_id}/determinations/{row.public_id}/"
    assert "by contoso" in text(client.get(address))
    stranger = world.make_partner("Fabrikam")
    Offer.objects.filter(pk=offer.pk).update(partner=stranger)
    assert "contoso" not in text(client_of(stranger).get(address)).lower()


def test_record_of_another_referral_is_not_there(held: tuple[Client, Offer]) -> None:
    client, offer = held
    other = world.screened(domain="other.example")
    foreign = other.determination.public_id  # type: ignore[union-attr]
    assert client.get(f"/facts/{offer.public_id}/determinations/{foreign}/").status_code == 404


def test_record_stays_readable_after_the_partner_declined() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])
    row = referral.determination
    client = client_of(partner)
    client.post(f"/offers/{offer.public_id}/decline/", {"reason": world.reason().pk, "notes": world.NOTES})
    offer.refresh_from_db()
    assert not offer.is_live
    answer = client.get(f"/facts/{offer.public_id}/determinations/{row.public_id}/")  # type: ignore[union-attr]
    assert answer.status_code == 200
    assert client.get(f"/facts/{offer.public_id}/what-if/").status_code == 404, "only a live offer is worked on"


# --- reports of errors


def test_error_in_the_catalogue_reaches_the_admins_with_its_context(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = f"/facts/{offer.public_id}/workloads/INTUNE/report/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": ""}).status_code == 422
    client.post(address, {"text": "The guide has moved."})
    report = CatalogueReport.objects.get()
    assert (report.workload_code, report.text, report.state) == ("INTUNE", "The guide has moved.", "open")
    assert report.context["referral"] == offer.referral.public_id
    admin = Client()
    admin.force_login(world.make_user("admin@triage.example", is_staff=True, is_superuser=True))
    assert "The guide has moved." in text(admin.get("/admin/benefits/cataloguereport/"))


# --- pages that only read


def test_viewers_and_auditors_read_and_change_nothing() -> None:
    partner = world.make_partner(role="viewer")
    referral, offer = world.offered(now=timezone.now())
    viewer, auditor = client_of(partner), Client()
    auditor.force_login(world.make_user("auditor@triage.example", is_auditor=True))
    for client, desk in ((viewer, offer.public_id), (auditor, referral.public_id)):
        for page in ("what-if/", "workloads/INTUNE/", f"determinations/{referral.determination.public_id}/"):  # type: ignore[union-attr]
            assert client.get(f"/facts/{desk}/{page}").status_code == 200, page
        assert client.post(f"/facts/{desk}/again/").status_code in (403, 404)
        assert client.post(f"/facts/{desk}/suggestions/", {"workload": ["TEAMS"]}).status_code in (403, 404)


def test_recording_a_status_takes_few_queries(held: tuple[Client, Offer]) -> None:
    from tests.pages.test_pages import queries_of

    client, offer = held
    with CaptureQueriesContext(connection) as recorded:
        data = {"tenant": tenant_of(offer), "status:INTUNE": "blocked", "evidence:INTUNE": "", "part:INTUNE": ""}
        client.post(f"/facts/{offer.public_id}/statuses/", data, headers={"HX-Request": "true"})
    assert len(recorded) <= 34
    assert queries_of(client, f"/facts/{offer.public_id}/workloads/INTUNE/") <= 12
    assert queries_of(client, f"/facts/{offer.public_id}/what-if/") <= 12
    assert queries_of(client, f"/facts/{offer.public_id}/suggestions/") <= 12
