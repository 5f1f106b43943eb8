"""Whoever waits for a partner is tried again when one may be free: at once, the longest waiting first."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from partners.models import Endorsement, Opening, Partner, RoutingPolicy
from partners.services.availability import lower_capacity, pause_partner, restore_due_availability
from referrals.answering.lapses import answer_lapse
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import EventKind, OfferState, State
from referrals.models import Offer, Referral
from referrals.reviewing import acts
from referrals.routing import retrying
from referrals.routing.choosing import route_due
from referrals.routing.retrying import retry_waiting
from referrals.sweeping.due import find_due
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.sweeps import wake_due
from tests import world
from tests.world import NOW, kinds

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LATER = NOW + DAY


def waiting(number: int = 1) -> list[Referral]:
    """Referrals for which nobody passes, the first waiting longest; what opened before is forgotten."""
    found = []
    for place in range(number):
        referral = world.screened(now=NOW + place * HOUR)
        route_due(now=NOW + place * HOUR, only=[referral.pk])
        referral.refresh_from_db()
        assert referral.waiting_since == NOW + place * HOUR
        found.append(referral)
    Opening.objects.all().delete()
    return found


def raise_capacity(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(capacity=1)


def end_pause(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(paused_until=NOW + HOUR)
    restore_due_availability(LATER)


def endorse(partner: Partner) -> None:
    Endorsement.objects.create(partner=partner, workload_code="DEFENDER_ENDPOINT")


def answer_review(partner: Partner) -> None:
    answer_lapse(partner.pk, note="Illness", by=world.by_partner(partner), now=LATER)


def learn_language(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(languages=["en"])


EVENTS: dict[str, tuple[dict[str, Any], Callable[[Partner], None]]] = {
    "its capacity was raised": ({"capacity": 0}, raise_capacity),
    "its pause ended": ({"paused_until": NOW + 9 * DAY}, end_pause),
    "new endorsement": ({"endorsed": ["INTUNE"]}, endorse),
    "it answered its review": ({"must_answer_review": True}, answer_review),
    "its profile changed": ({"languages": ["de"]}, learn_language),
}


@pytest.mark.parametrize("why", EVENTS)
def test_capacity_event_routes_what_waits_at_once(why: str) -> None:
    changes, happen = EVENTS[why]
    partner = world.make_partner(**changes)
    [referral] = waiting()
    assert "referrals.retry_waiting" not in find_due(LATER)
    happen(partner)
    assert "referrals.retry_waiting" in find_due(LATER)
    assert retry_waiting(now=LATER) == 1
    assert route_due(now=LATER) == 1
    referral.refresh_from_db()
    assert (referral.state, referral.waiting_since) == (State.OFFERED, None)
    assert referral.offers.get().partner == partner
    assert why in referral.events.get(kind=EventKind.TRIED_AGAIN).note
    assert not any(find_violations().values())


def test_finished_work_gives_its_place_to_the_longest_waiting() -> None:
    partner = world.make_partner(capacity=1)
    done, offer = world.offered()
    first, second = waiting(2)
    by = world.by_partner(partner)
    accept_offer(offer.pk, by=by, now=LATER)
    acts.cancel(done.pk, reason="Not needed any more", by=world.by_team(), now=LATER)
    assert Opening.objects.get().why == "it has finished work"
    retry_waiting(now=LATER)
    route_due(now=LATER)
    for row in (first, second):
        row.refresh_from_db()
    assert (first.state, second.state) == (State.OFFERED, State.IN_REVIEW)
    assert Offer.objects.get(state=OfferState.PENDING).referral == first


def test_new_partner_is_an_opening() -> None:
    [referral] = waiting()
    partner = world.make_partner()
    retry_waiting(now=LATER)
    route_due(now=LATER)
    assert referral.offers.get().partner == partner


def test_what_helps_nobody_moves_nobody() -> None:
    partner = world.make_partner(countries=["DE"])
    [referral] = waiting()
    Partner.objects.filter(pk=partner.pk).update(languages=["en", "fr"])
    before = kinds(referral)
    assert retry_waiting(now=LATER) == 0
    referral.refresh_from_db()
    assert (kinds(referral), referral.state, referral.waiting_since) == (before, State.IN_REVIEW, NOW)


def test_openings_are_tried_twice_and_forgotten() -> None:
    """Once at once; once more when no router that read the partner before can still be at work."""
    world.make_partner()
    now = timezone.now()
    assert "referrals.retry_waiting" in find_due(now)
    retry_waiting(now=now)
    assert "referrals.retry_waiting" not in find_due(now)
    later = now + dt.timedelta(seconds=Opening.LIFE_SECONDS + 1)
    assert "referrals.retry_waiting" in find_due(later)
    retry_waiting(now=later)
    assert not Opening.objects.exists()
    assert "referrals.retry_waiting" not in find_due(later)


def test_lowering_and_pausing_open_nothing() -> None:
    partner = world.make_partner()
    Opening.objects.all().delete()
    words: dict[str, Any] = {"until": LATER, "now": NOW, "longest_days": 30}
    lower_capacity(partner.pk, capacity=1, **words)
    pause_partner(partner.pk, **words)
    assert not Opening.objects.exists()


def test_new_policy_is_found_by_the_rota() -> None:
    world.make_partner(languages=["de"])
    [referral] = waiting()
    RoutingPolicy.objects.create(version=2, effective_at=NOW + HOUR, waived=["language"], reason="English for all")
    retry_waiting(now=LATER)
    route_due(now=LATER)
    referral.refresh_from_db()
    assert (referral.state, referral.runs.first().batch.policy.version) == (State.OFFERED, 2)  # type: ignore[union-attr]


def test_team_that_takes_a_waiting_referral_elsewhere_ends_the_waiting() -> None:
    [referral] = waiting()
    acts.pass_to_ftc(referral.pk, reason="Nobody in Britain", by=world.by_team(), now=LATER)
    referral.refresh_from_db()
    assert (referral.state, referral.waiting_since) == (State.WITH_FTC, None)


def test_whoever_waits_behind_more_than_a_batch_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "BATCH", 2)
    partner = world.make_partner(capacity=0)
    rows = waiting(5)
    Referral.objects.filter(pk__in=[row.pk for row in rows[:4]]).update(cover=["NOBODY_DOES_THIS"])
    raise_capacity(partner)
    assert retry_waiting(now=LATER) == 1
    route_due(now=LATER)
    assert Offer.objects.get().referral == rows[4]


def test_place_among_those_that_wait_is_kept_over_a_try_in_vain() -> None:
    world.make_partner(capacity=0)
    [referral] = waiting()
    acts.resume(referral.pk, to=State.AWAITING_PARTNER, reason="Try", by=world.by_team(), now=LATER)
    Referral.objects.filter(pk=referral.pk).update(next_action_at=NOW)
    route_due(now=LATER)
    referral.refresh_from_db()
    assert referral.waiting_since == NOW


def test_partner_that_is_to_be_asked_again_is_asked_when_it_is_free() -> None:
    """It was full when the time came: it stays the one to be asked, and nobody counts it as asked already."""
    partner = world.make_partner(capacity=1, is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    decline_offer(offer.pk, world.said("unreachable"), by=world.by_partner(partner), now=NOW)
    Partner.objects.filter(pk=partner.pk).update(capacity=0)
    wake_due(now=NOW + 7 * DAY)
    route_due(now=NOW + 7 * DAY)
    Opening.objects.all().delete()
    raise_capacity(partner)
    retry_waiting(now=NOW + 8 * DAY)
    route_due(now=NOW + 8 * DAY)
    assert referral.offers.get(state=OfferState.PENDING).partner == partner
