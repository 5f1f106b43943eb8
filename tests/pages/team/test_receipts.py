"""Pages of routing: why me, why not, what would help, how offers are shared, what a decline will do."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Partner, ProfileCorrection
from referrals.answering.foretelling import foretell_declines
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import EventKind, OfferState, State
from referrals.models import DeclineReason, Offer
from referrals.routing.choosing import route_due
from referrals.sweeping.invariants import find_violations
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
COMMUNITY: dict[str, Any] = {"is_fasttrack_ready": False, "takes_benefit": False}
STANDARD: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}


def offered(**changes: Any) -> tuple[Any, Offer]:
    return world.offered(now=timezone.now(), **changes)


# --- why me, why not


def test_partner_reads_why_it_was_chosen_and_nothing_about_others() -> None:
    contoso = world.make_partner("Contoso")
    world.make_partner("Fabrikam", countries=["DE"])
    _referral, offer = offered()
    text = world.text(client_of(contoso).get(f"/offers/{offer.public_id}/"))
    assert "Why you received it" in text
    assert "endorsed for the workload, you work in United Kingdom, you speak English" in text
    assert "and it was your turn" in text
    assert "Fabrikam" not in text


def test_team_asks_why_not_and_sees_every_verdict(team_client: Client) -> None:
    world.make_partner("Contoso")
    world.make_partner("Fabrikam", countries=["DE"], languages=["de"])
    referral, offer = offered()
    address = f"/team/referrals/{referral.public_id}/runs/{offer.run_id}/"
    text = world.text(team_client.get(address, {"partner": "fabrikam"}))
    assert "Country: required United Kingdom, actual Germany; Language: required English, actual German" in text
    assert "Verified" in text
    text = world.text(team_client.get(address, {"partner": "contoso"}))
    assert "it was selected:" in text
    text = world.text(team_client.get(address, {"partner": "<b>nobody\x00"}))
    assert "No partner named “&lt;b&gt;nobody”" in text


def test_partner_that_passed_but_stood_behind_is_told_from_one_that_failed(team_client: Client) -> None:
    now = timezone.now()
    world.make_partner("Contoso", last_offered_at=now - dt.timedelta(days=3))
    world.make_partner("Fabrikam", last_offered_at=now - dt.timedelta(days=2))
    referral, offer = offered()
    address = f"/team/referrals/{referral.public_id}/runs/{offer.run_id}/?partner=Fabrikam"
    assert "ranked 2" in world.text(team_client.get(address))


def test_receipt_of_another_referral_is_not_there(team_client: Client) -> None:
    world.make_partner(capacity=9)
    _one, first = offered()
    other, _second = offered()
    address = f"/team/referrals/{other.public_id}/runs/{first.run_id}/"
    assert team_client.get(address).status_code == 404


# --- nobody left


def test_page_says_what_relaxing_each_filter_would_give(team_client: Client) -> None:
    world.make_partner("Contoso", capacity=0)
    for name in ("Fabrikam", "Northwind", "Tailspin"):
        world.make_partner(name, languages=["fr"])
    now = timezone.now()
    until = now + dt.timedelta(days=2)
    world.make_partner("Litware", paused_until=until)
    referral = world.screened(now=now)
    route_due(now=now)
    text = world.text(team_client.get(f"/team/referrals/{referral.public_id}/"))
    assert "Accept French → <strong>3 partners</strong>" in text
    assert "Raise the capacity of Contoso by one → <strong>1 partner</strong>" in text
    assert f"Wait until {until:%a %-d %b %Y}, when a pause ends → <strong>1 partner</strong>" in text
    home = world.text(team_client.get("/team/"))
    assert "no matching partner" in home
    assert referral.public_id in world.text(team_client.get("/team/referrals/?tab=open&flag=waiting"))


def test_page_says_so_when_no_single_change_would_help(team_client: Client) -> None:
    world.make_partner("Contoso", languages=["fr"], countries=["DE"])
    now = timezone.now()
    referral = world.screened(now=now)
    route_due(now=now)
    text = world.text(team_client.get(f"/team/referrals/{referral.public_id}/"))
    assert "No single change would find a partner" in text


# --- what declining will do


def test_decline_page_says_what_each_reason_will_do(admin_client: Client) -> None:
    partner = world.make_partner(**COMMUNITY)
    _referral, offer = offered(**STANDARD)
    client, address = client_of(partner), f"/offers/{offer.public_id}/decline/"
    text = world.text(client.get(address))
    for told in foretell_declines(offer, DeclineReason.objects.filter(is_retired=False), timezone.now()):
        assert told.reason.label in text
        assert told.words in text
    assert "You’ll be offered it again in 7 days, before anyone else." in text
    reason = world.reason("unreachable")
    data = {"label": reason.label, "code": reason.code, "next_act": "retry_later", "retry_after_days": 12}
    data |= {"effect": "", "place": 5}
    changed = admin_client.post(f"/admin/referrals/declinereason/{reason.pk}/change/", data)
    assert changed.status_code == 302, changed.context["errors"]
    assert "You’ll be offered it again in 12 days" in world.text(client.get(address))


def test_reason_is_retired_instead_of_deleted(admin_client: Client) -> None:
    reason = world.reason("other")
    assert admin_client.post(f"/admin/referrals/declinereason/{reason.pk}/delete/", {"post": "yes"}).status_code == 403
    DeclineReason.objects.filter(pk=reason.pk).update(is_retired=True)
    partner = world.make_partner(**COMMUNITY)
    _referral, offer = offered(**STANDARD)
    client, address = client_of(partner), f"/offers/{offer.public_id}/decline/"
    assert reason.label not in world.text(client.get(address))
    answer = client.post(address, {"reason": reason.pk, "notes": world.NOTES})
    assert answer.status_code == 422
    assert world.NOTES.split("'")[0] in answer.content.decode(), "what was typed is kept"


def decline(client: Client, offer: Offer, code: str, **fields: Any) -> Any:
    data = {"reason": world.reason(code).pk, "notes": world.NOTES} | fields
    return client.post(f"/offers/{offer.public_id}/decline/", data)


def test_profile_correction_goes_to_the_admins(admin_client: Client) -> None:
    partner = world.make_partner(**COMMUNITY)
    referral, offer = offered(**STANDARD)
    client = client_of(partner)
    half = decline(client, offer, "language", correct="languages")
    assert (half.status_code, "Enter both what’s wrong and what it should say" in half.content.decode()) == (422, True)
    done = decline(client, offer, "language", correct="languages", correct_to="We speak French too.")
    assert done.status_code == 302
    proposed = ProfileCorrection.objects.get()
    assert (proposed.partner, proposed.text, proposed.source) == (partner, "We speak French too.", offer.public_id)
    assert referral.events.filter(kind=EventKind.CORRECTION).exists()
    page = admin_client.get("/admin/partners/profilecorrection/")
    assert "We speak French too." in page.content.decode()
    act = {"action": "mark_applied", "_selected_action": [proposed.pk]}
    for _ in range(2):
        assert admin_client.post("/admin/partners/profilecorrection/", act).status_code == 302
    proposed.refresh_from_db()
    assert proposed.state == "applied"


def test_duplicate_names_a_referral_of_ones_own_and_of_nobody_else() -> None:
    partner = world.make_partner(capacity=5, **COMMUNITY)
    first, _offer = offered(**STANDARD)
    second, offer = offered(**STANDARD)
    Partner.objects.update(capacity=0)
    other = world.make_partner("Other", **COMMUNITY)
    foreign, _other_offer = offered(**STANDARD)
    assert foreign.offers.get().partner == other
    client = client_of(partner)
    for reference in (foreign.public_id, second.public_id, "REF-0000-0000"):
        answer = decline(client, offer, "duplicate", duplicate_of=reference)
        assert answer.status_code == 422
        assert "You have no other referral with this reference." in answer.content.decode()
    assert decline(client, offer, "duplicate", duplicate_of=first.public_id.lower()).status_code == 302
    second.refresh_from_db()
    assert (second.duplicate_of, second.state) == (first, State.IN_REVIEW)
    assert not any(find_violations().values())


def test_lower_number_needs_a_day() -> None:
    partner = world.make_partner(**COMMUNITY)
    _referral, offer = offered(**STANDARD)
    answer = decline(client_of(partner), offer, "skills", lowered_capacity="2")
    assert answer.status_code == 422
    assert "Enter the date until which the lower number applies." in answer.content.decode()
    day = (timezone.now() + dt.timedelta(days=5)).date()
    too_high = decline(client_of(partner), offer, "no_capacity", lowered_capacity="2", pause_until=day.isoformat())
    assert "That number leaves room for this referral. Enter a lower number" in too_high.content.decode()
    done = decline(client_of(partner), offer, "no_capacity", lowered_capacity="0", pause_until=day.isoformat())
    assert done.status_code == 302
    partner.refresh_from_db()
    assert (partner.capacity, partner.usual_capacity) == (0, 5)


def test_due_times_show_how_they_were_counted() -> None:
    partner = world.make_partner(calendar_country="GB")
    referral, offer = offered()
    client = client_of(partner)
    text = world.text(client.get(f"/offers/{offer.public_id}/"))
    assert "How this deadline was calculated" in text
    assert offer.respond_why in text
    accept_offer(offer.pk, by=world.by_partner(partner), now=timezone.now())
    referral.refresh_from_db()
    assert referral.due_why.startswith("accepted ")
    assert referral.due_why.split(",")[0] in world.text(client.get(f"/offers/{offer.public_id}/"))


# --- how offers are shared


def test_fairness_report_counts_each_partner_beside_an_even_share(team_client: Client) -> None:
    now = timezone.now()
    for name in ("Contoso", "Fabrikam", "Northwind"):
        world.make_partner(name, capacity=9, **COMMUNITY)
    for _ in range(4):
        world.offered(now=now, **STANDARD)
    first = Offer.objects.earliest("id")
    decline_offer(first.pk, world.said(), by=world.by_partner(first.partner), now=now)
    text = world.text(team_client.get("/team/fairness/", {"type": "standard", "days": "30"}))
    assert "Share of 4 offers" in text
    assert text.count("33") >= 3, "the even share of each of three"
    assert "<svg" in text
    assert "No offers in this period" in world.text(
        team_client.get("/team/fairness/", {"type": "standard", "workload": "INTUNE"})
    )
    empty = world.text(team_client.get("/team/fairness/", {"type": "standard", "country": "JP"}))
    assert "No active partners. Select another workload or country, or endorse a partner in the admin" in empty
    assert team_client.get("/team/fairness/", {"type": "nonsense", "days": "-1"}).status_code == 422


def test_partners_see_no_fairness_report() -> None:
    client = client_of(world.make_partner())
    assert client.get("/team/fairness/").status_code == 404


def test_closed_tab_holds_a_partners_own_history_only() -> None:
    now = timezone.now()
    partners = []
    for name in ("Contoso", "Fabrikam"):
        Partner.objects.update(is_active=False)
        partners.append(world.make_partner(name, **COMMUNITY))
        _referral, offer = world.offered(now=now, **STANDARD)
        decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=now)
    partner, other = partners
    text = world.text(client_of(partner).get("/queue/?tab=closed"))
    theirs = Offer.objects.get(partner=other, state=OfferState.DECLINED)
    mine = Offer.objects.get(partner=partner, state=OfferState.DECLINED)
    assert mine.public_id in text
    assert theirs.public_id not in text
