"""The clock and the team."""

import datetime as dt
from typing import Any

import pytest

from referrals.answering import responding
from referrals.answering.lapses import answer_lapse
from referrals.choices import EventKind, OfferState, ReviewState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.models import DeclineReview, Referral
from referrals.reviewing import acts
from referrals.reviewing.judging import acknowledge_decline
from referrals.routing import splitting
from referrals.routing.choosing import route_due
from referrals.sweeping.sweeps import expire_due, screen_due, wake_due
from tests import world
from tests.world import NOW, kinds

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def test_unanswered_offer_expires_after_seven_days_and_goes_on() -> None:
    first, second = world.make_partner("First"), world.make_partner("Second", is_fasttrack_ready=True)
    referral, offer = world.offered()
    assert expire_due(now=offer.expires_at - dt.timedelta(seconds=1)) == 0
    assert expire_due(now=offer.expires_at) == 1
    route_due(now=offer.expires_at)
    offer.refresh_from_db()
    referral.refresh_from_db()
    assert (offer.state, referral.state) == (OfferState.EXPIRED, State.OFFERED)
    holder = referral.offers.get(state=OfferState.PENDING).partner
    assert {offer.partner, holder} == {first, second}


def test_frp_that_lets_a_benefit_referral_lapse_gets_a_review_and_no_offers_until_it_answers() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    expire_due(now=offer.expires_at)
    partner.refresh_from_db()
    assert partner.must_answer_review
    assert DeclineReview.objects.get().offer == offer
    answer_lapse(partner.pk, note="Our desk was closed.", by=world.by_partner(partner), now=offer.expires_at)
    partner.refresh_from_db()
    assert not partner.must_answer_review


def test_offer_that_fell_due_long_ago_is_not_forgotten() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    assert expire_due(now=offer.expires_at + 400 * DAY) == 1


def test_held_referral_wakes_where_it_was() -> None:
    world.make_partner()
    referral, offer = world.offered()
    acts.hold(referral.pk, until=NOW + 3 * DAY, reason="Asked to wait", by=world.by_team(), now=NOW)
    assert wake_due(now=NOW + 2 * DAY) == 0
    wake_due(now=NOW + 3 * DAY)
    referral.refresh_from_db()
    before = offer.expires_at
    offer.refresh_from_db()
    assert (referral.state, referral.next_action_at) == (State.OFFERED, offer.expires_at)
    assert offer.expires_at == before + 3 * DAY, "the seven days stood still"


def test_reviews_are_acknowledged_once() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    responding.decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    review = DeclineReview.objects.get()
    acknowledge_decline(review.pk, note="Fine", by=world.by_team(), now=NOW)
    with pytest.raises(MoveRefused, match="Already “Acknowledged”"):
        acknowledge_decline(review.pk, note="Again", by=world.by_team(), now=NOW)
    review.refresh_from_db()
    assert (review.state, review.verdict_note) == (ReviewState.ACKNOWLEDGED, "Fine")
    assert kinds(referral).count(EventKind.REVIEWED) == 1


def test_reassigning_withdraws_the_offer_and_routes_on() -> None:
    first, second = world.make_partner("First"), world.make_partner("Second")
    referral, offer = world.offered()
    acts.reassign(referral.pk, reason="The customer asked for another one", by=world.by_team(), now=NOW)
    route_due(now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert {offer.partner, referral.offers.get(state="pending").partner} == {first, second}


def test_splitting_makes_a_sibling_with_its_own_clock() -> None:
    referral = world.screened(workloads=["INTUNE", "VIVA_ENGAGE"])
    world.make_partner()
    sibling = splitting.split_off(
        referral.pk, workloads=["VIVA_ENGAGE"], reason="Two skills", by=world.by_team(), now=NOW
    )
    route_due(now=NOW)
    referral.refresh_from_db()
    sibling.refresh_from_db()
    assert (referral.cover, sibling.cover) == (["INTUNE"], ["VIVA_ENGAGE"])
    assert referral.engagement == sibling.engagement == referral.public_id
    assert (referral.state, sibling.state) == (State.OFFERED, State.IN_REVIEW)


def test_splitting_everything_off_is_refused_and_changes_nothing() -> None:
    referral = world.screened(workloads=["INTUNE", "TEAMS"])
    with pytest.raises(MoveRefused, match="leave at least one"):
        splitting.split_off(referral.pk, workloads=["INTUNE", "TEAMS"], reason="x", by=world.by_team(), now=NOW)
    assert Referral.objects.count() == 1


def test_reopening_is_a_new_round_in_which_the_partner_may_be_asked_again() -> None:
    world.make_partner()
    referral, offer = world.offered()
    acts.cancel(referral.pk, reason="Withdrawn", by=world.by_team(), now=NOW)
    acts.reopen(referral.pk, reason="They want it after all", by=world.by_team(), now=NOW + HOUR)
    screen_due(now=NOW + HOUR)
    route_due(now=NOW + HOUR)
    again = referral.offers.get(state=OfferState.PENDING)
    assert (again.partner, again.round) == (offer.partner, 2)


def test_re_typing_withdraws_an_offer_of_the_other_type() -> None:
    world.make_partner("Ready")
    community = world.make_partner("Community", is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered()
    acts.change_type(referral.pk, to="standard", reason="Not a Benefit case", by=world.by_team(), now=NOW)  # type: ignore[arg-type]
    route_due(now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert referral.offers.get(state="pending").partner == community


def test_clocks_come_from_settings(settings: Any) -> None:
    settings.OFFER_EXPIRY_HOURS, settings.RESPONSE_SLA_BUSINESS_DAYS = 48, 1
    world.make_partner()
    _referral, offer = world.offered()
    assert (offer.respond_by, offer.expires_at) == (NOW + DAY, NOW + 2 * DAY)
