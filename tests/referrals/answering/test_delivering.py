"""After acceptance: contacts, delivery, fee-based work, facts."""

import datetime as dt
from typing import Any

import pytest

from benefits.services.customers import Author, FactRefused, Recorded
from benefits.services.customers import record_enablement as record_directly
from benefits.services.editions import edition_in_force
from partners.models import Partner
from referrals.answering import delivering, responding
from referrals.choices import Actor, EventKind, State
from referrals.diligence import facts
from referrals.lifecycle.acting import By
from referrals.models import Offer, Referral
from tests import world
from tests.world import NOW, enable_everything, kinds, record, tenant_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def test_accepting_starts_due_diligence_and_a_second_accept_changes_nothing() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW + HOUR)
    events = kinds(referral)
    responding.accept_offer(offer.pk, by=by, now=NOW + 2 * HOUR)
    referral.refresh_from_db()
    assert (referral.state, kinds(referral)) == (State.ACCEPTED, events)
    assert referral.next_action_at == NOW + HOUR + 14 * DAY, "ten business days"


def test_accepting_an_offer_whose_time_is_over_is_refused() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    with pytest.raises(responding.OfferAlreadyAnswered, match="expired automatically"):
        responding.accept_offer(offer.pk, by=world.by_partner(partner), now=NOW + 7 * DAY)


def test_contacts_are_shown_after_acceptance_only_and_once_as_event() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    with pytest.raises(delivering.OfferNotHeld):
        delivering.show_contacts(offer.pk, by=by, now=NOW)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    delivering.show_contacts(offer.pk, by=by, now=NOW)
    delivering.show_contacts(offer.pk, by=by, now=NOW + HOUR)
    assert kinds(referral).count(EventKind.CONTACTS_SHOWN) == 1


def accepted(**changes: Any) -> tuple[Referral, Offer, By]:
    partner = world.make_partner(**changes)
    referral, offer = world.offered()
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    referral.refresh_from_db()
    return referral, offer, by


def test_delivery_needs_a_determination_that_is_not_realized() -> None:
    referral, offer, by = accepted()
    with pytest.raises(delivering.DeterminationMissing):
        delivering.start_delivery(offer.pk, by=by, now=NOW)
    record(referral, by, DEFENDER_ENDPOINT="not_enabled")
    delivering.start_delivery(offer.pk, by=by, now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.next_action_at) == (State.DELIVERING, NOW + 30 * DAY)


def test_delivering_without_endorsement_needs_an_acknowledgement() -> None:
    referral, offer, by = accepted()
    record(referral, by, VIVA_ENGAGE="not_enabled")
    with pytest.raises(delivering.EndorsementMissing, match="VIVA_ENGAGE"):
        delivering.start_delivery(offer.pk, by=by, now=NOW)
    delivering.start_delivery(offer.pk, by=by, now=NOW, acknowledged=True)
    assert "VIVA_ENGAGE" in referral.events.last().note  # type: ignore[union-attr]


def test_fee_based_work_needs_a_realized_benefit_and_uses_no_capacity() -> None:
    referral, offer, by = accepted()
    with pytest.raises(delivering.DeterminationMissing):
        delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    enable_everything(referral, by)
    delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    assert Partner.objects.get().open_offers == 0
    delivering.close_work(offer.pk, outcome="fee_work_agreed", note="", by=by, now=NOW)  # type: ignore[arg-type]
    referral.refresh_from_db()
    assert (referral.state, Partner.objects.get().open_offers) == (State.CLOSED, 0)


def test_fee_based_work_that_turns_not_realized_becomes_the_teams_next_act() -> None:
    referral, offer, by = accepted()
    enable_everything(referral, by)
    delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    record(referral, by, NOW + HOUR, INTUNE="not_enabled")
    assert (referral.state, referral.next_owner) == (State.FEE_BASED, Actor.TEAM)


def test_facts_are_the_customers_and_determine_its_other_referrals_too() -> None:
    referral, _offer, by = accepted()
    other = world.screened(workloads=["INTUNE"])
    record(referral, by, INTUNE="blocked")
    other.refresh_from_db()
    assert other.determination is not None
    assert other.determination.outcome == "benefit_not_realized"


def test_no_intent_needs_its_reason_and_nothing_changes() -> None:
    referral, _offer, by = accepted()
    with pytest.raises(FactRefused, match=": Enter the customer’s reason for “"):
        facts.record_statuses(referral.pk, tenant_of(referral), {"INTUNE": Recorded("declined")}, by=by, now=NOW)
    assert EventKind.FACTS_RECORDED not in kinds(referral)


def test_same_status_again_records_nothing() -> None:
    referral = world.screened()
    _id, edition = edition_in_force(NOW.date())
    words: dict[str, Any] = {"edition": edition, "by": Author("team"), "now": NOW}
    assert len(record_directly(tenant_of(referral), {"INTUNE": Recorded("enabled")}, **words)) == 1
    assert record_directly(tenant_of(referral), {"INTUNE": Recorded("enabled")}, **words) == []
