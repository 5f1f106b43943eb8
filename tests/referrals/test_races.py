"""Races really run: threads on PostgreSQL behind a barrier, beside a control that must fail."""

import datetime as dt
import threading
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from partners.models import Opening, Partner
from partners.services.availability import lower_capacity
from referrals.answering.opening import mark_opened
from referrals.answering.responding import OfferAlreadyAnswered, accept_offer, decline_offer
from referrals.answering.undoing import UndoRefused, undo_answer
from referrals.choices import OfferState, State
from referrals.email.escalating import ask_as_requester
from referrals.lists.saved_views import ViewRefused, save_view
from referrals.models import Escalation, ListName, Offer, OpensFirst, Referral, RoutingRun
from referrals.reviewing import acts
from referrals.routing.choosing import ProfilesNeverStill, route_due
from referrals.routing.receipts import replay_runs
from referrals.routing.retrying import retry_waiting
from referrals.sweeping.expiring import expire_offer
from referrals.sweeping.invariants import find_violations
from tests import world
from tests.referrals.racing import errors, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
SECOND = dt.timedelta(seconds=1)


def standard_offer() -> tuple[Referral, Offer, Any]:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])
    return referral, offer, world.by_partner(partner)


def test_accept_against_decline_has_one_winner() -> None:
    referral, offer, by = standard_offer()
    now, said = timezone.now(), world.said()
    answers = race(
        lambda: accept_offer(offer.pk, by=by, now=now),
        lambda: decline_offer(offer.pk, said, by=by, now=now),
    )
    offer.refresh_from_db()
    referral.refresh_from_db()
    losers = [answer for answer in answers if isinstance(answer, OfferAlreadyAnswered)]
    # Declining after accepting is handing back, and legal; accepting after declining is not.
    assert offer.state == OfferState.DECLINED
    assert len(losers) <= 1
    assert referral.state == State.AWAITING_PARTNER


def test_twenty_identical_declines_have_one_effect() -> None:
    referral, offer, by = standard_offer()
    now = timezone.now()
    said = world.said()
    answers = race(*[lambda: decline_offer(offer.pk, said, by=by, now=now) for _ in range(20)])
    assert sum(isinstance(answer, Offer) for answer in answers) == 1
    assert sum(isinstance(answer, OfferAlreadyAnswered) for answer in answers) == 19
    assert referral.events.filter(kind="declined").count() == 1
    assert not any(find_violations().values())


def test_many_routers_on_one_referral_make_one_offer() -> None:
    for name in ("One", "Two", "Three"):
        world.make_partner(name)
    now = timezone.now()
    referral = world.screened(now=now)
    race(*[lambda: route_due(now=now) for _ in range(8)])
    assert referral.offers.count() == 1
    assert not any(find_violations().values())


def test_last_slot_is_given_once() -> None:
    partner = world.make_partner(capacity=3)
    now = timezone.now()
    ids = [world.screened(now=now).pk for _ in range(12)]
    race(*[lambda pk=pk: route_due(now=now, only=[pk]) for pk in ids])
    partner.refresh_from_db()
    assert partner.open_offers == partner.offers.count() == 3
    assert Referral.objects.filter(state=State.IN_REVIEW).count() == 9


def test_control_counting_without_the_lock_gives_the_last_slot_twice() -> None:
    partner = world.make_partner(capacity=1)
    entered = threading.Barrier(2)

    def take_without_lock() -> bool:
        with transaction.atomic():
            free = Partner.objects.get(pk=partner.pk).open_offers < 1
            entered.wait()
            if free:
                Partner.objects.filter(pk=partner.pk).update(capacity=1)
            return free

    assert race(take_without_lock, take_without_lock) == [True, True], "both see the slot free: the lock is what helps"


ROUNDS, THREADS, CAPACITY = 20, 24, 5


def forget_everything() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE partners_organisation, benefits_customer CASCADE")
        cursor.execute("DELETE FROM accounts_user WHERE email LIKE '%%@triager.example'")


def test_last_slots_are_given_once_with_single_and_batch_routing_mixed() -> None:
    """24 threads, capacity 5, 20 rounds; half of them route one referral, half whatever is due."""
    now = timezone.now()
    partner = world.make_partner(capacity=CAPACITY)
    base = world.screened(now=now)
    for number in range(1, ROUNDS + 1):
        copies = [Referral(**copied(base)) for _ in range(THREADS)]
        rows = Referral.objects.bulk_create(copies)
        Partner.objects.filter(pk=partner.pk).update(capacity=number * CAPACITY)
        singles = [partial(route_due, now=now, only=[row.pk]) for row in rows[: THREADS // 2]]
        batches = [partial(route_due, now=now, limit=5) for _ in range(THREADS // 2)]
        answers = race(*singles, *batches)
        assert not errors(answers), answers
        route_due(now=now)
        partner.refresh_from_db()
        assert partner.open_offers == partner.offers.count() == number * CAPACITY
    assert not any(find_violations().values())
    assert not [words for _run, words in replay_runs(RoutingRun.objects.all()) if words]


COPIED = (
    *("customer_id", "tenant_id", "requester_kind", "requester_name", "requester_email", "text", "workloads"),
    *("source", "cover", "created_at", "languages", "requested_type", "assigned_type", "determination_id", "state"),
    *("next_action", "next_owner", "next_action_at", "unheld_since"),
)


def copied(referral: Referral) -> dict[str, Any]:
    return {name: getattr(referral, name) for name in COPIED}


def test_thirty_two_routers_on_one_referral_make_one_offer_each_time() -> None:
    for name in ("One", "Two", "Three"):
        world.make_partner(name, capacity=100)
    now = timezone.now()
    for _ in range(8):
        referral = world.screened(now=now)
        answers = race(*[partial(route_due, now=now) for _ in range(32)])
        assert not errors(answers), answers
        assert referral.offers.count() == 1
    assert not any(find_violations().values())


def test_control_routing_without_the_lock_offers_one_referral_twice() -> None:
    """Look, then write: both find it waiting. The unique index is what refuses the second offer then."""
    world.make_partner("One")
    world.make_partner("Two")
    referral = world.screened(now=timezone.now())
    looked = threading.Barrier(2)

    def look_then_write() -> bool:
        with transaction.atomic():
            is_waiting = Referral.objects.get(pk=referral.pk).state == State.AWAITING_PARTNER
            looked.wait()
            Referral.objects.filter(pk=referral.pk).update(state_note="offered")
            return is_waiting

    assert race(look_then_write, look_then_write) == [True, True]


def test_accept_against_decline_against_expiry_has_one_end_each_time() -> None:
    for _ in range(12):
        forget_everything()
        referral, offer, by = standard_offer()
        late, said = offer.expires_at, world.said()
        answers = race(
            partial(accept_offer, offer.pk, by=by, now=late - SECOND),
            partial(decline_offer, offer.pk, said, by=by, now=late - SECOND),
            partial(expire_offer, offer.pk, now=late),
        )
        assert not errors(answers, OfferAlreadyAnswered), answers
        ends = referral.events.filter(kind__in=("declined", "expired"), offer=offer).count()
        offer.refresh_from_db()
        assert ends == (offer.state in (OfferState.DECLINED, OfferState.EXPIRED))
        assert not any(find_violations().values())


def test_undo_against_routing_and_opening_leaves_one_holder() -> None:
    """The decliner takes it back while the router offers it on and the next partner opens it."""
    for _ in range(10):
        forget_everything()
        referral, offer, by = standard_offer()
        other = world.make_partner("Other")
        now = timezone.now()
        decline_offer(offer.pk, world.said(), by=by, now=now)
        answers = race(
            partial(undo_answer, offer.pk, by=by, now=now + SECOND),
            partial(route_due, now=now + SECOND),
            partial(open_next, referral, other, now + SECOND),
        )
        assert not errors(answers, UndoRefused), answers
        route_due(now=now + 2 * SECOND)
        referral.refresh_from_db()
        assert referral.state == State.OFFERED
        assert referral.offers.filter(state=OfferState.PENDING).count() == 1
        assert not any(find_violations().values())


def open_next(referral: Referral, partner: Partner, now: dt.datetime) -> None:
    for offer in Offer.objects.filter(referral=referral, partner=partner):
        mark_opened(offer.pk, by=world.by_partner(partner), now=now)


def test_cap_lowered_midway_drains_and_is_never_passed_afterwards() -> None:
    """What was given stays; after the lower cap is committed nothing more is given."""
    partner = world.make_partner(capacity=40)
    now = timezone.now()
    base = world.screened(now=now)
    Referral.objects.bulk_create(Referral(**copied(base)) for _ in range(39))
    words = {"until": now + dt.timedelta(days=2), "now": now, "longest_days": 30}

    def lower() -> int:
        with transaction.atomic():
            lower_capacity(partner.pk, capacity=10, **words)  # type: ignore[arg-type]
            return Partner.objects.get(pk=partner.pk).open_offers

    routers = [partial(route_due, now=now, limit=4) for _ in range(12)]
    answers = race(*routers[:6], lower, *routers[6:])
    assert not errors(answers), answers
    held_then = answers[6]
    route_due(now=now)
    partner.refresh_from_db()
    assert partner.open_offers == max(held_then, 10), "drains from what it held, or fills up to the new cap"
    assert not any(find_violations().values())


def test_profile_that_changes_while_batches_run_is_never_half_read() -> None:
    """Each receipt replays: the profiles that it names are those that it chose on."""
    partners = [world.make_partner(f"P{number}", capacity=50) for number in range(4)]
    now = timezone.now()
    base = world.screened(now=now)
    Referral.objects.bulk_create(Referral(**copied(base)) for _ in range(60))

    def change(partner: Partner) -> None:
        for language in ("de", "fr", "es"):
            Partner.objects.filter(pk=partner.pk).update(languages=["en", language])

    changes = [partial(change, partner) for partner in partners]
    answers = race(*changes, *[partial(route_due, now=now, limit=6) for _ in range(8)])
    assert not errors(answers, ProfilesNeverStill), answers
    while route_due(now=now):
        pass
    assert not [words for _run, words in replay_runs(RoutingRun.objects.all()) if words]
    assert not any(find_violations().values())


def test_place_that_is_freed_while_a_router_says_nobody_is_left_is_not_missed() -> None:
    """Without the second look at an opening such a referral would wait until somebody else gives a place back."""
    for _ in range(10):
        forget_everything()
        partner = world.make_partner(capacity=1)
        now = timezone.now()
        held, _offer = world.offered(now=now)
        waiting = world.screened(now=now)
        by = world.by_team()
        race(
            partial(route_due, now=now),
            partial(acts.cancel, held.pk, reason="Not needed", by=by, now=now),
            partial(retry_waiting, now=now),
        )
        later = timezone.now() + dt.timedelta(seconds=Opening.LIFE_SECONDS + 1)
        retry_waiting(now=later)
        route_due(now=later)
        waiting.refresh_from_db()
        assert waiting.state == State.OFFERED
        assert waiting.offers.get().partner == partner


def test_views_saved_at_once_keep_one_default_and_their_names() -> None:
    owner = world.make_user("busy@contoso.example")
    words: dict[str, Any] = {"partner": world.make_partner(), "is_shared": False}
    answers = race(
        *[
            partial(save_view, owner, ListName.OFFERS, "?tab=all", name=name, opens_first=True, **words)
            for name in ("One", "Two", "Same", "Same")
        ]
    )
    assert len(errors(answers)) == sum(isinstance(answer, ViewRefused) for answer in answers) == 1
    assert OpensFirst.objects.filter(person=owner).count() == 1


def test_questions_asked_at_once_make_one_thread() -> None:
    world.make_partner()
    referral, _offer = world.offered(now=timezone.now())
    answers = race(*[partial(ask_as_requester, referral.pk, text="Why?", now=timezone.now()) for _ in range(4)])
    assert not errors(answers)
    assert Escalation.objects.get().messages.count() == 4
