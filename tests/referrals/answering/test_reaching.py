"""A customer that cannot be reached: three attempts, ten days for an answer, then on hold outside the capacity."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from partners.models import Partner
from referrals.answering import delivering
from referrals.answering.delivering import OfferNotHeld
from referrals.answering.reaching import AttemptRefused, answer_partner, log_attempt
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import Actor, Channel, CloseOutcome, EventKind, NextAct, OfferState, State
from referrals.lifecycle.acting import By
from referrals.models import Notification, Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.sweeps import wake_due
from tests import world
from tests.conftest import client_of
from tests.world import NOW, kinds

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ASKED = NOW + 3 * DAY
REQUESTER = By(Actor.REQUESTER)


def accepted() -> tuple[Partner, Referral, Offer]:
    partner = world.make_partner()
    referral, offer = world.offered()
    accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)
    return partner, referral, offer


def tried(times: int = 3) -> tuple[Partner, Referral, Offer]:
    """A partner that tried to reach the customer on that many days."""
    partner, referral, offer = accepted()
    for number in range(1, times + 1):
        at = NOW + number * DAY
        words: dict[str, Any] = {"tried_on": at.date(), "channel": Channel.PHONE, "note": "Nobody answers"}
        log_attempt(offer.pk, **words, by=world.by_partner(partner), now=at)
    for row in (partner, referral, offer):
        row.refresh_from_db()
    return partner, referral, offer


def test_third_attempt_asks_the_requester() -> None:
    _partner, referral, offer = tried(2)
    assert referral.unreachable_since is None
    partner, referral, offer = offer.partner, referral, offer
    log_attempt(
        offer.pk,
        tried_on=ASKED.date(),
        channel=Channel.MAIL,
        note="",
        by=world.by_partner(partner),
        now=ASKED,
    )
    referral.refresh_from_db()
    assert (referral.next_action, referral.next_owner) == (NextAct.ANSWER_PARTNER, Actor.REQUESTER)
    assert (referral.next_action_at, referral.state) == (ASKED + 10 * DAY, State.ACCEPTED)
    assert "10 days after the email to the requester" in referral.due_why
    assert Notification.objects.get(kind="unreachable").to == referral.requester_email


def test_ten_silent_days_hold_it_outside_the_capacity_and_never_pass_it_on() -> None:
    partner, referral, offer = tried()
    world.make_partner("Other")
    assert wake_due(now=ASKED + 10 * DAY) == 1
    for row in (partner, referral, offer):
        row.refresh_from_db()
    assert (referral.state, offer.state, offer.uses_capacity) == (State.ON_HOLD, OfferState.ACCEPTED, False)
    assert partner.open_offers == 0
    assert route_due(now=ASKED + 11 * DAY) == 0
    assert referral.offers.count() == 1
    assert not any(find_violations().values())


def test_answer_brings_it_back_to_the_same_partner() -> None:
    partner, referral, offer = tried()
    wake_due(now=ASKED + 10 * DAY)
    answer_partner(referral.pk, note="Please call Alex in the afternoon.", by=REQUESTER, now=ASKED + 12 * DAY)
    for row in (partner, referral, offer):
        row.refresh_from_db()
    assert (referral.state, referral.unreachable_since) == (State.ACCEPTED, None)
    assert (offer.state, offer.uses_capacity, partner.open_offers) == (OfferState.ACCEPTED, True, 1)
    mail = Notification.objects.get(kind="reachable")
    assert "Alex" not in mail.body, "mail is read by more people than the page"
    client, address = client_of(partner), f"/offers/{offer.public_id}/"
    assert "Alex in the afternoon" not in world.text(client.get(address)), (
        "contact data, which is shown when it is asked for"
    )
    delivering.show_contacts(offer.pk, by=world.by_partner(partner), now=ASKED + 12 * DAY)
    assert "Alex in the afternoon" in world.text(client.get(address))
    assert not any(find_violations().values())


def test_answer_in_time_lets_the_partner_go_on_and_starts_counting_anew() -> None:
    partner, referral, offer = tried()
    answer_partner(referral.pk, note="Call me.", by=REQUESTER, now=ASKED + DAY)
    referral.refresh_from_db()
    assert (referral.next_action, referral.next_owner) == (NextAct.DETERMINE, Actor.PARTNER)
    at = ASKED + 2 * DAY
    by = world.by_partner(partner)
    log_attempt(offer.pk, tried_on=at.date(), channel=Channel.PHONE, note="", by=by, now=at)
    referral.refresh_from_db()
    assert referral.unreachable_since is None, "attempts from before the answer count no more"


def test_hold_without_an_answer_is_closed_as_unreachable() -> None:
    partner, referral, offer = tried()
    wake_due(now=ASKED + 10 * DAY)
    wake_due(now=ASKED + 39 * DAY)
    referral.refresh_from_db()
    assert referral.state == State.ON_HOLD
    wake_due(now=ASKED + 40 * DAY)
    for row in (partner, referral, offer):
        row.refresh_from_db()
    assert (referral.state, referral.close_outcome) == (State.CLOSED, CloseOutcome.UNREACHABLE)
    assert (offer.state, partner.open_offers) == (OfferState.COMPLETED, 0)
    assert not any(find_violations().values())


def test_answers_that_nobody_asked_for_and_late_tasks_change_nothing() -> None:
    _partner, referral, _offer = accepted()
    before = world.fingerprint()
    answer_partner(referral.pk, note="Hello", by=REQUESTER, now=NOW)
    wake_due(now=NOW)
    assert world.fingerprint() == before


def test_attempts_that_cannot_be_are_refused() -> None:
    partner, _referral, offer = accepted()
    by = world.by_partner(partner)
    for day in (NOW - 2 * DAY, NOW + 3 * DAY):
        with pytest.raises(AttemptRefused, match="between the offer and today"):
            log_attempt(offer.pk, tried_on=day.date(), channel=Channel.PHONE, note="", by=by, now=NOW)
    other = world.make_partner("Other")
    _second, pending = world.offered()
    assert pending.partner in (partner, other)
    with pytest.raises(OfferNotHeld):
        log_attempt(pending.pk, tried_on=NOW.date(), channel=Channel.PHONE, note="", by=by, now=NOW)


def test_attempts_over_the_pages() -> None:
    from django.utils import timezone

    now = timezone.now()
    partner = world.make_partner()
    referral, offer = world.offered(now=now)
    accept_offer(offer.pk, by=world.by_partner(partner), now=now)
    client, address = client_of(partner), f"/offers/{offer.public_id}/"
    bad = {"attempt-tried_on": "2020-01-01", "attempt-channel": "phone", "attempt-note": "KEEP ME"}
    answer = client.post(f"{address}attempts/", bad)
    assert (answer.status_code, "KEEP ME" in answer.content.decode()) == (422, True)
    good = bad | {"attempt-tried_on": now.date().isoformat()}
    for _ in range(3):
        assert client.post(f"{address}attempts/", good).status_code == 302
    assert kinds(referral).count(EventKind.CONTACT_TRIED) == 3
    public, status = Client(), f"/status/{referral.status_token}/"
    assert "reach" in world.text(public.get(status))
    assert public.post(f"{status}reach/", {"reach-note": ""}).status_code == 422
    assert public.post(f"{status}reach/", {"reach-note": "Call Alex."}).status_code == 302
    referral.refresh_from_db()
    assert referral.unreachable_since is None


def test_hold_of_the_team_is_a_hold_and_ends_the_question() -> None:
    """Only the hold that silence made closes the referral when it is over."""
    partner, referral, offer = tried()
    by = world.by_team()
    acts.hold(referral.pk, until=ASKED + 5 * DAY, reason="Back on Monday", by=by, now=ASKED + DAY)
    assert not any(find_violations().values())
    wake_due(now=ASKED + 5 * DAY)
    for row in (partner, referral, offer):
        row.refresh_from_db()
    assert (referral.state, referral.unreachable_since, offer.state) == (State.ACCEPTED, None, OfferState.ACCEPTED)
    assert partner.open_offers == 1


def test_referral_that_was_handed_back_asks_nobody_and_tells_the_next_partner_nothing() -> None:
    partner, referral, offer = tried()
    Partner.objects.filter(pk=partner.pk).update(is_fasttrack_ready=False, takes_benefit=False)
    world.make_partner("Next")
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=ASKED + DAY)
    route_due(now=ASKED + DAY)
    answer_partner(referral.pk, note="Call me at +49 30 123", by=REQUESTER, now=ASKED + 2 * DAY)
    referral.refresh_from_db()
    assert (referral.state, referral.unreachable_since) == (State.OFFERED, None)
    assert not Notification.objects.filter(body__contains="+49 30 123").exists()
    assert not any(find_violations().values())


def test_fee_based_work_that_goes_on_uses_no_capacity_when_the_answer_comes() -> None:
    partner, referral, offer = tried()
    world.enable_everything(referral, world.by_partner(partner), now=ASKED)
    delivering.continue_fee_based(offer.pk, by=world.by_partner(partner), now=ASKED + DAY)
    answer_partner(referral.pk, note="Call me.", by=REQUESTER, now=ASKED + 2 * DAY)
    partner.refresh_from_db()
    assert partner.open_offers == 0
    assert not any(find_violations().values())


def test_team_that_takes_up_a_silent_referral_gives_it_back_its_place() -> None:
    partner, referral, _offer = tried()
    wake_due(now=ASKED + 10 * DAY)
    acts.resume(referral.pk, to=State.ACCEPTED, reason="Reached", by=world.by_team(), now=ASKED + 11 * DAY)
    partner.refresh_from_db()
    assert partner.open_offers == 1
    assert not any(find_violations().values())
