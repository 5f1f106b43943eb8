"""Facts of two partners that cannot both be right go to the team at once, and to neither of them."""

import pytest

from benefits.domain.situation import Subscription as Held
from benefits.services.customers import Recorded
from referrals.answering.responding import decline_offer
from referrals.choices import EventKind
from referrals.diligence import facts
from referrals.models import Escalation, Event, Offer
from tests import world
from tests.referrals.pairs import HOUR, record, two_partners
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Offer, Offer]:
    return two_partners()


def test_a_contradiction_goes_to_the_team_at_once_and_to_no_partner(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    record(others, "INTUNE", "enabled", NOW + HOUR)
    record(mine, "INTUNE", "not_enabled", NOW + 2 * HOUR)
    asked = Escalation.objects.get()
    assert (asked.side, asked.partner, asked.referral_id) == ("system", None, mine.referral_id)
    text = asked.messages.get().text
    for words in ("Microsoft Intune", "woodgrove.example", others.partner.name, others.public_id, "Not started"):
        assert words in text
    for one in two:
        person = world.triager(one.partner)
        assert not Escalation.objects.visible_to(person).exists()
        assert not Event.objects.seen_by_partner(one.partner).filter(kind=EventKind.ASKED_TEAM).exists()
    record(mine, "INTUNE", "blocked", NOW + 3 * HOUR)
    assert Escalation.objects.count() == 1
    assert asked.messages.count() == 2


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("enabled", "enabled"), ("not_enabled", "blocked"), ("unknown", "enabled")],
)
def test_what_can_both_be_right_is_no_contradiction(two: tuple[Offer, Offer], theirs: str, ours: str) -> None:
    mine, others = two
    record(others, "INTUNE", theirs, NOW + HOUR, evidence="seen")
    record(mine, "INTUNE", ours, NOW + 2 * HOUR)
    assert not Escalation.objects.exists()


def test_other_plans_by_a_partner_that_has_a_referral_are_a_contradiction(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    tenant = mine.referral.tenant
    for offer, seats in ((others, 900), (mine, 40)):
        held = [Held("M365_E5", tenant.domain, "enabled", paid_seats=seats)]
        by = world.by_partner(offer.partner)
        facts.record_plans(offer.referral_id, tenant, held, by=by, now=NOW + HOUR, offer=offer)
    assert "Microsoft 365 E5 900" in Escalation.objects.get().messages.get().text


def test_what_the_team_recorded_on_the_same_day_is_contradicted_too(two: tuple[Offer, Offer]) -> None:
    mine, _others = two
    tenant, now = mine.referral.tenant, NOW + HOUR
    by = world.by_partner(mine.partner)
    facts.record_statuses(mine.referral_id, tenant, {"INTUNE": Recorded("enabled")}, by=world.by_team(), now=now)
    seats = [Held("M365_E5", tenant.domain, "enabled", paid_seats=900)]
    facts.record_plans(mine.referral_id, tenant, seats, by=world.by_team(), now=now)
    assert not Escalation.objects.exists()
    record(mine, "INTUNE", "not_enabled", now + HOUR)
    seats = [Held("M365_E5", tenant.domain, "enabled", paid_seats=40)]
    facts.record_plans(mine.referral_id, tenant, seats, by=by, now=now + HOUR, offer=mine)
    said = "\n".join(Escalation.objects.get().messages.values_list("text", flat=True))
    assert "Enabled by Referral processing team" in said
    assert "Microsoft 365 E5 900 by Referral processing team" in said


def test_nobody_without_a_live_offer_is_contradicted(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    record(others, "INTUNE", "enabled", NOW + HOUR)
    decline_offer(others.pk, world.said("conflict"), by=world.by_partner(others.partner), now=NOW + 2 * HOUR)
    record(mine, "INTUNE", "not_enabled", NOW + 3 * HOUR)
    assert not Escalation.objects.exists()
