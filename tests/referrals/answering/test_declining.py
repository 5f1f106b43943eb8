"""Declines: where each reason leads, the duty to deliver, Release requests."""

import datetime as dt
from typing import Any

import pytest

from benefits.services.customers import Recorded
from partners.models import Partner
from partners.services.availability import AvailabilityRefused, restore_due_availability
from referrals.answering.releasing import decide_release, request_release
from referrals.answering.responding import (
    Availability,
    DutyToDeliver,
    NotesTooShort,
    OfferAlreadyAnswered,
    accept_offer,
    decline_offer,
)
from referrals.choices import Actor, DeclineAct, EventKind, NextAct, OfferState, ReleaseState, State
from referrals.diligence import facts
from referrals.domain.policies import act_after_decline, count_substance, has_duty_to_deliver, type_after_decline
from referrals.models import DeclineReview, Offer, Referral
from referrals.routing.choosing import route_due
from referrals.sweeping.sweeps import expire_due, wake_due
from tests import world
from tests.world import NOTES, NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def standard() -> tuple[Partner, Referral, Offer]:
    """A Standard referral with a community partner, which may decline at once."""
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    return partner, referral, offer


@pytest.fixture
def benefit() -> tuple[Partner, Referral, Offer]:
    """A Benefit referral with a FastTrack Ready Partner that has availability."""
    partner = world.make_partner()
    referral, offer = world.offered()
    return partner, referral, offer


def test_community_partner_declines_at_once_and_it_goes_on(standard: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = standard
    other = world.make_partner("Other")
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    route_due(now=NOW)
    offer.refresh_from_db()
    referral.refresh_from_db()
    assert (offer.state, offer.notes, offer.handover) == (OfferState.DECLINED, NOTES, "Prefers mornings.")
    assert offer.determination is not None
    assert referral.offers.get(state="pending").partner == other
    assert DeclineReview.objects.get().offer == offer
    partner.refresh_from_db()
    assert partner.open_offers == 0


def test_decliner_is_never_offered_the_same_referral_again(standard: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = standard
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    route_due(now=NOW)
    referral.refresh_from_db()
    assert referral.state == State.IN_REVIEW
    assert referral.offers.count() == 1


def test_notes_without_substance_are_refused(standard: tuple[Partner, Referral, Offer]) -> None:
    partner, _referral, offer = standard
    for notes in ("", "no", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "...................."):
        with pytest.raises(NotesTooShort):
            decline_offer(offer.pk, world.said(notes=notes), by=world.by_partner(partner), now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING


def test_loser_sees_who_was_faster(standard: tuple[Partner, Referral, Offer]) -> None:
    partner, _referral, offer = standard
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    with pytest.raises(OfferAlreadyAnswered, match=r"“Declined” since .* by contoso"):
        accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)


def test_reason_that_needs_a_look_goes_to_the_team_first(standard: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = standard
    decline_offer(offer.pk, world.said("duplicate"), by=world.by_partner(partner), now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.state_before) == (State.IN_REVIEW, State.AWAITING_PARTNER)


def test_unreachable_customer_comes_back_to_the_same_partner_in_a_new_round(
    standard: tuple[Partner, Referral, Offer],
) -> None:
    partner, referral, offer = standard
    world.make_partner("Other")
    decline_offer(offer.pk, world.said("unreachable"), by=world.by_partner(partner), now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.round, referral.round_by) == (State.ON_HOLD, 2, Actor.SYSTEM)
    wake_due(now=NOW + 7 * DAY)
    route_due(now=NOW + 7 * DAY)
    again = referral.offers.get(state="pending")
    assert (again.partner, again.round) == (partner, 2)


def test_duty_to_deliver_meets_an_available_frp(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, _referral, offer = benefit
    with pytest.raises(DutyToDeliver):
        decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING


def test_corrected_availability_lets_the_decline_stand(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = benefit
    until = NOW + 10 * DAY
    by = world.by_partner(partner)
    decline_offer(offer.pk, world.said(correction=Availability(until)), by=by, now=NOW)
    partner.refresh_from_db()
    assert partner.paused_until == until
    assert EventKind.AVAILABILITY in referral.events.values_list("kind", flat=True)
    restore_due_availability(until)
    partner.refresh_from_db()
    assert partner.paused_until is None


def test_lowered_capacity_ends_by_itself(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, _referral, offer = benefit
    by = world.by_partner(partner)
    room_for_one = world.said(correction=Availability(NOW + DAY, capacity=1))
    with pytest.raises(DutyToDeliver):
        decline_offer(offer.pk, room_for_one, by=by, now=NOW)
    correction = Availability(NOW + DAY, capacity=0)
    decline_offer(offer.pk, world.said(correction=correction), by=world.by_partner(partner), now=NOW)
    partner.refresh_from_db()
    assert partner.capacity == 0
    restore_due_availability(NOW + DAY)
    partner.refresh_from_db()
    assert (partner.capacity, partner.usual_capacity) == (5, None)


def test_pause_longer_than_thirty_days_is_refused_and_changes_nothing(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, _referral, offer = benefit
    by, correction = world.by_partner(partner), Availability(NOW + 31 * DAY)
    with pytest.raises(AvailabilityRefused):
        decline_offer(offer.pk, world.said(correction=correction), by=by, now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING


def test_frp_without_availability_has_no_duty(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, _referral, offer = benefit
    Partner.objects.filter(pk=partner.pk).update(capacity=0)
    decline_offer(offer.pk, world.said("no_capacity"), by=world.by_partner(partner), now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.DECLINED


def test_wrong_type_needs_no_release(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = benefit
    decline_offer(offer.pk, world.said("wrong_type"), by=world.by_partner(partner), now=NOW)
    referral.refresh_from_db()
    assert referral.state == State.IN_REVIEW


def test_release_request_stops_the_clock_until_the_team_decides(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = benefit
    request_release(offer.pk, world.said(), by=world.by_partner(partner), now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.next_action, referral.next_owner) == (NextAct.DECIDE_RELEASE, Actor.TEAM)
    assert expire_due(now=NOW + 30 * DAY) == 0


def test_granted_release_goes_to_the_next_partner_with_its_notes(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = benefit
    other = world.make_partner("Other")
    request = request_release(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    decide_release(request.pk, grant=True, note="Agreed", by=world.by_team(), now=NOW + DAY)
    decide_release(request.pk, grant=False, note="Too late", by=world.by_team(), now=NOW + DAY)
    route_due(now=NOW + DAY)
    offer.refresh_from_db()
    request.refresh_from_db()
    assert (request.state, offer.state, offer.notes) == (ReleaseState.GRANTED, OfferState.DECLINED, NOTES)
    assert referral.offers.get(state="pending").partner == other


def test_refused_release_stays_with_the_time_that_was_left(benefit: tuple[Partner, Referral, Offer]) -> None:
    partner, referral, offer = benefit
    request = request_release(offer.pk, world.said(), by=world.by_partner(partner), now=NOW + 2 * DAY)
    decide_release(request.pk, grant=False, note="You have capacity", by=world.by_team(), now=NOW + 4 * DAY)
    offer.refresh_from_db()
    referral.refresh_from_db()
    assert (offer.state, offer.expires_at) == (OfferState.PENDING, NOW + 9 * DAY)
    assert (referral.next_owner, referral.next_action_at) == (Actor.PARTNER, offer.expires_at)
    assert "You have capacity" in referral.state_note


def test_realized_benefit_declined_as_such_becomes_standard_and_goes_on(
    benefit: tuple[Partner, Referral, Offer],
) -> None:
    partner, referral, offer = benefit
    community = world.make_partner("Community", is_fasttrack_ready=False, takes_benefit=False)
    by = world.by_partner(partner)
    accept_offer(offer.pk, by=by, now=NOW)
    findings = [row["workload"] for row in Referral.objects.get(pk=referral.pk).determination.result["findings"]]  # type: ignore[union-attr]
    recorded = {code: Recorded("enabled", "portal") for code in findings}
    facts.record_statuses(referral.pk, referral.customer.tenants.get(), recorded, by=by, now=NOW)
    decline_offer(offer.pk, world.said("already_realized"), by=by, now=NOW)
    route_due(now=NOW)
    referral.refresh_from_db()
    assert referral.assigned_type == "standard"
    assert referral.offers.get(state="pending").partner == community


def test_claimed_outcome_without_a_determination_that_says_so_is_looked_at_first() -> None:
    claimed = ("benefit_realized",)
    assert act_after_decline("route_on", claimed, "needs_information") == DeclineAct.REVIEW_FIRST
    assert act_after_decline("route_on", claimed, "benefit_realized") == DeclineAct.ROUTE_ON


def test_standard_referral_that_is_not_realized_becomes_benefit_when_declined() -> None:
    assert type_after_decline("standard", (), "benefit_not_realized") == "benefit"
    assert type_after_decline("benefit", (), "benefit_realized") == "benefit"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"referral_type": "standard"}, False),
        ({"is_fasttrack_ready": False}, False),
        ({"has_availability": False}, False),
        ({"outcome": "benefit_realized"}, False),
        ({"outcome": "out_of_scope"}, False),
        ({"outcome": "needs_information"}, True),
        ({"reason_act": "review_first"}, False),
    ],
)
def test_duty_to_deliver(changes: dict[str, Any], expected: bool) -> None:
    words: dict[str, Any] = {
        "referral_type": "benefit",
        "is_fasttrack_ready": True,
        "has_availability": True,
        "outcome": "benefit_not_realized",
        "reason_act": "route_on",
    }
    assert has_duty_to_deliver(**(words | changes)) is expected


def test_substance_counts_letters_that_say_something() -> None:
    assert count_substance("aaaaaaaaaa!!!!!!!!!!") == 1
    assert count_substance("Rief 2-mal an.") == 10
