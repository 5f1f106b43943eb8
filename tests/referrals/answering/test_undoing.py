"""Taking an answer back: within ten minutes, and only while nobody has relied on it."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.test import Client

from partners.models import Membership, Partner, ProfileCorrection
from referrals.answering import delivering
from referrals.answering.opening import mark_opened
from referrals.answering.responding import Availability, Proposal, accept_offer, decline_offer
from referrals.answering.undoing import UndoRefused, undo_answer
from referrals.choices import EventKind, OfferState, ReviewState, State
from referrals.models import Notification, Offer, Referral
from referrals.reviewing import acts
from referrals.reviewing.judging import acknowledge_decline
from referrals.routing.choosing import route_due
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.sweeps import expire_due
from tests import world
from tests.conftest import client_of
from tests.world import NOW, kinds

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
STANDARD: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}


def declined(reason: str = "skills", *, others: int = 1) -> tuple[Partner, Referral, Offer]:
    """An offer of a Community partner that it has declined, and that was routed on."""
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(**STANDARD)
    for number in range(others):
        world.make_partner(f"Other {number}")
    decline_offer(offer.pk, world.said(reason), by=world.by_partner(partner), now=NOW)
    route_due(now=NOW + MINUTE)
    return partner, referral, offer


def reread(*rows: Referral | Offer | Partner) -> None:
    for row in rows:
        row.refresh_from_db()


def test_decline_is_taken_back_and_the_next_offer_is_withdrawn_unseen() -> None:
    partner, referral, offer = declined()
    following = referral.offers.exclude(pk=offer.pk).get()
    other, before, number = following.partner, following.turn_before, following.last_turn_before
    undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + 9 * MINUTE)
    reread(referral, offer, following, partner, other)
    assert (referral.state, offer.state) == (State.OFFERED, OfferState.PENDING)
    assert (offer.reason, offer.notes, offer.handover, offer.answered_at) == (None, "", "", None)
    assert referral.next_action_at == offer.expires_at == NOW + dt.timedelta(days=7) + 9 * MINUTE
    assert (following.state, following.was_unseen) == (OfferState.WITHDRAWN, True)
    assert (other.open_offers, other.last_offered_at) == (0, before), "its turn is given back"
    assert other.last_turn == number < following.turn
    assert partner.open_offers == 1
    assert offer.review.state == ReviewState.TAKEN_BACK
    assert not Notification.objects.filter(offer=following, sent_at=None).exists()
    assert EventKind.UNDONE in kinds(referral)
    assert not any(find_violations().values())


def test_after_an_undone_decline_the_withdrawn_partner_may_still_get_its_turn() -> None:
    partner, referral, offer = declined()
    other = referral.offers.exclude(pk=offer.pk).get().partner
    undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + 5 * MINUTE)
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW + 6 * MINUTE)
    route_due(now=NOW + 7 * MINUTE)
    assert referral.offers.get(state=OfferState.PENDING).partner == other
    reread(offer)
    assert offer.review.state == ReviewState.OPEN
    assert not any(find_violations().values())


def test_decline_before_it_was_routed_on_is_taken_back() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(**STANDARD)
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + MINUTE)
    reread(referral, offer)
    assert (referral.state, offer.state) == (State.OFFERED, OfferState.PENDING)
    assert route_due(now=NOW + 2 * MINUTE) == 0
    assert not any(find_violations().values())


@pytest.mark.parametrize("reason", ["unreachable", "duplicate", "already_realized"])
def test_consequences_of_a_reason_are_taken_back_with_it(reason: str) -> None:
    partner, referral, offer = declined(reason, others=0)
    before = (offer.round, offer.referral_type)
    undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + 5 * MINUTE)
    reread(referral, offer)
    assert (referral.round, referral.assigned_type) == before
    assert (referral.state, referral.retry_partner_id, referral.duplicate_of_id) == (State.OFFERED, None, None)
    assert not any(find_violations().values())


def why_refused(offer: Offer, partner: Partner, *, after: dt.timedelta = 5 * MINUTE) -> str:
    """What the refusal says; it changes nothing."""
    before = world.fingerprint()
    with pytest.raises(UndoRefused) as refusal:
        undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + after)
    assert world.fingerprint() == before
    return str(refusal.value)


def test_ten_minutes_are_the_limit() -> None:
    partner, _referral, offer = declined()
    assert "for 10 minutes" in why_refused(offer, partner, after=10 * MINUTE)


def test_offer_that_the_next_partner_has_opened_stays() -> None:
    partner, referral, offer = declined()
    following = referral.offers.exclude(pk=offer.pk).get()
    mark_opened(following.pk, by=world.by_partner(following.partner), now=NOW + 2 * MINUTE)
    assert "Someone has already acted on it" in why_refused(offer, partner)


def test_what_the_team_has_in_hand_stays() -> None:
    partner, referral, offer = declined("duplicate")
    until = NOW + dt.timedelta(days=3)
    acts.hold(referral.pk, until=until, reason="To be asked", by=world.by_team(), now=NOW + 2 * MINUTE)
    assert "The team is already working on it" in why_refused(offer, partner)


def test_review_that_was_acknowledged_stays() -> None:
    partner, _referral, offer = declined()
    acknowledge_decline(offer.review.pk, note="Read", by=world.by_team(), now=NOW + 2 * MINUTE)
    assert "team" in why_refused(offer, partner)


def test_place_that_was_taken_meanwhile_is_not_taken_twice() -> None:
    partner, _referral, offer = declined()
    Partner.objects.filter(pk=partner.pk).update(capacity=0)
    assert "no capacity left" in why_refused(offer, partner)


def test_acceptance_is_taken_back_until_contact_data_was_shown() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    accept_offer(offer.pk, by=by, now=NOW)
    undo_answer(offer.pk, by=by, now=NOW + 9 * MINUTE)
    reread(referral, offer)
    assert (referral.state, offer.state) == (State.OFFERED, OfferState.PENDING)
    assert offer.expires_at == NOW + dt.timedelta(days=7) + 9 * MINUTE, "the minutes until then are not counted"
    accept_offer(offer.pk, by=by, now=NOW + 10 * MINUTE)
    delivering.show_contacts(offer.pk, by=by, now=NOW + 11 * MINUTE)
    assert "You’ve seen the contact details. Decline it instead" in why_refused(offer, partner, after=12 * MINUTE)
    assert not any(find_violations().values())


def test_release_decided_by_the_team_is_nobody_elses_to_take_back() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    acts.reassign(referral.pk, reason="Other plans", by=world.by_team(), now=NOW)
    assert "There’s nothing to undo" in why_refused(offer, partner)


def test_undo_twice_has_one_effect() -> None:
    partner, referral, offer = declined()
    by = world.by_partner(partner)
    undo_answer(offer.pk, by=by, now=NOW + 5 * MINUTE)
    before = world.fingerprint()
    with pytest.raises(UndoRefused):
        undo_answer(offer.pk, by=by, now=NOW + 6 * MINUTE)
    assert world.fingerprint() == before
    assert kinds(referral).count("undone") == 1


def test_page_offers_undo_for_ten_minutes_and_takes_the_answer_back() -> None:
    from django.utils import timezone

    now = timezone.now()
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    _referral, offer = world.offered(now=now, **STANDARD)
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=now)
    client, address = client_of(partner), f"/offers/{offer.public_id}/"
    assert "Undo" in client.get(address).content.decode()
    assert client.get(f"{address}undo/").status_code == 405, "a link in a mail changes nothing"
    answer = client.post(f"{address}undo/", follow=True)
    assert "Undone. The referral is awaiting your response again" in answer.content.decode()
    reread(offer)
    assert offer.state == OfferState.PENDING
    again = client.post(f"{address}undo/", follow=True)
    assert "There’s nothing to undo" in again.content.decode()
    stranger = client_of(world.make_partner("Stranger"))
    assert stranger.post(f"{address}undo/").status_code == 404
    assert Client().post(f"{address}undo/").status_code == 302


def test_pause_that_came_with_the_decline_goes_with_it() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    by, pause = (
        world.by_partner(partner),
        Availability((NOW + dt.timedelta(days=9)).astimezone(zoneinfo.ZoneInfo("Europe/Berlin"))),
    )
    decline_offer(offer.pk, world.said(correction=pause), by=by, now=NOW)
    undo_answer(offer.pk, by=by, now=NOW + MINUTE)
    reread(partner, offer)
    assert (partner.paused_until, partner.pause_remind_at, partner.open_offers) == (None, None, 1)
    assert offer.state == OfferState.PENDING


def test_lower_number_that_came_with_the_decline_goes_with_it() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    by, lower = world.by_partner(partner), Availability(NOW + dt.timedelta(days=9), capacity=0)
    decline_offer(offer.pk, world.said(correction=lower), by=by, now=NOW)
    undo_answer(offer.pk, by=by, now=NOW + MINUTE)
    reread(partner)
    assert (partner.capacity, partner.usual_capacity, partner.capacity_lowered_until) == (5, None, None)


def test_proposal_that_came_with_the_decline_is_dropped() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    _referral, offer = world.offered(**STANDARD)
    by, said = world.by_partner(partner), world.said(proposal=Proposal("languages", "French too"))
    decline_offer(offer.pk, said, by=by, now=NOW)
    undo_answer(offer.pk, by=by, now=NOW + MINUTE)
    assert ProfileCorrection.objects.get().state == "dismissed"


def test_acceptance_taken_back_at_the_last_minute_is_no_lapse() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    by, late = world.by_partner(partner), offer.expires_at - 2 * MINUTE
    accept_offer(offer.pk, by=by, now=late)
    undo_answer(offer.pk, by=by, now=late + 5 * MINUTE)
    assert expire_due(now=late + 6 * MINUTE) == 0
    reread(offer)
    assert offer.expires_at == late + 7 * MINUTE, "two minutes are left, as before"
    assert offer.referral.due_why.endswith("plus the minutes until the response was undone")


def test_review_of_a_decline_that_was_taken_back_can_be_read() -> None:
    partner, _referral, offer = declined()
    undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + MINUTE)
    team = Client()
    team.force_login(world.by_team().user)  # type: ignore[arg-type]
    page = world.text(team.get(f"/team/reviews/{offer.public_id}/"))
    assert "declined, then undone" in page
    assert "lapsed" not in page
    assert "Undone" in world.text(team.get("/team/reviews/?shown=acknowledged"))


def test_what_the_next_partners_viewer_reads_takes_no_time_away() -> None:
    partner, referral, offer = declined()
    following = referral.offers.exclude(pk=offer.pk).get()
    Membership.objects.filter(partner=following.partner).update(role="viewer")
    client_of(following.partner).post(f"/offers/{following.public_id}/opened/")
    undo_answer(offer.pk, by=world.by_partner(partner), now=NOW + 2 * MINUTE)
    reread(offer)
    assert offer.state == OfferState.PENDING
