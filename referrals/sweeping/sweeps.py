"""Sweep what is due, however long ago it fell due; what cannot be done goes to the team and holds nothing up."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from accounts.models import IdempotencyKey
from benefits.models import StagedUpload
from partners.models import Partner
from partners.services.availability import restore_due_availability
from referrals.answering.reaching import stop_waiting_for_answer
from referrals.choices import Actor, EventKind, NextAct, State
from referrals.email import escalating
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM
from referrals.lifecycle.locking import lock_referral
from referrals.lifecycle.moving import move, set_next_act
from referrals.lifecycle.recording import record_event
from referrals.models import DeclineReview, Escalation, Offer, Referral, RequestDraft, Rfa
from referrals.routing.choosing import ProfilesNeverStill, route_due
from referrals.routing.screening import screen_referral, stop_waiting_for_customer
from referrals.sweeping import reminding
from referrals.sweeping.expiring import expire_offer, wake_referral

logger = logging.getLogger(__name__)
SWEEP = 500


def screen_due(*, now: dt.datetime) -> int:
    """Screen everything that is due, each in a transaction of its own."""
    ids = Referral.objects.due(NextAct.SCREEN, now).values_list("pk", flat=True)[:SWEEP]
    return sum(_attempt(pk, screen_referral, now) for pk in ids)


def wake_due(*, now: dt.datetime) -> int:
    """End waits, holds, pauses and lowered capacities that are over, and forget requests nobody confirmed."""
    waits = Referral.objects.due(NextAct.ANSWER_QUESTIONS, now).values_list("pk", flat=True)[:SWEEP]
    holds = Referral.objects.due(NextAct.WAKE, now).values_list("pk", flat=True)[:SWEEP]
    restored = restore_due_availability(now) + Rfa.objects.forgotten(now).delete()[0]
    restored += RequestDraft.objects.forgotten(now).delete()[0]
    restored += StagedUpload.objects.forgotten(now).delete()[0]
    restored += IdempotencyKey.objects.forgotten(now).delete()[0]
    silent = Referral.objects.due(NextAct.ANSWER_PARTNER, now).values_list("pk", flat=True)[:SWEEP]
    works = ((waits, stop_waiting_for_customer), (silent, stop_waiting_for_answer), (holds, wake_referral))
    return restored + sum(_attempt(pk, work, now) for pks, work in works for pk in pks)


def remind_due(*, now: dt.datetime) -> int:
    """Remind partners of offers, acts and pauses, and escalate what the team has left overdue."""
    works = (
        (Offer.objects.to_remind(now).order_by("remind_at"), reminding.remind_of_offer),
        (Referral.objects.to_nudge(now).order_by("next_action_at", "id"), reminding.nudge_referral),
        (DeclineReview.objects.overdue(now).order_by("due_at", "id"), reminding.escalate_review),
        (Partner.objects.with_pause_to_mention(now).order_by("pause_remind_at"), reminding.remind_of_pause),
        (Escalation.objects.overdue(now).order_by("due_at", "id"), escalating.nudge_escalation),
    )
    return sum(
        _quietly(pk, work, now) for rows, work in works for pk in list(rows.values_list("pk", flat=True)[:SWEEP])
    )


def _quietly(pk: int, work: Callable[..., bool], now: dt.datetime) -> bool:
    """A reminder that fails is tried again at the next sweep; it must not stop those behind it."""
    try:
        return work(pk, now=now)
    except Exception:
        logger.exception("%s of %s failed", work.__name__, pk)
        return False


def expire_due(*, now: dt.datetime) -> int:
    """Expire every unanswered offer whose seven days are over."""
    due = Offer.objects.expired(now).order_by("expires_at", "id").values_list("referral_id", "pk")[:SWEEP]
    return sum(
        _attempt(referral, lambda _pk, now, offer=offer: expire_offer(offer, now=now), now) for referral, offer in due
    )


def route_all_due(*, now: dt.datetime) -> int:
    """Route in batches; when a batch fails, one by one, and what fails alone goes to the team with the error."""
    try:
        return route_due(now=now)
    except (DatabaseError, ValueError, KeyError, TypeError) as error:
        logger.exception("a batch could not be routed; trying one by one: %s", type(error).__name__)
    ids = Referral.objects.due(NextAct.ROUTE, now).values_list("pk", flat=True)[:SWEEP]
    return sum(_attempt(pk, lambda pk, now: route_due(now=now, only=[pk]), now) for pk in ids)


def _attempt(pk: int, work: Callable[..., object], now: dt.datetime) -> bool:
    """Do one piece of work; what cannot be done goes to the team with the error, never in a circle."""
    try:
        return work(pk, now=now) is not False
    except (OperationalError, InterfaceError, ProfilesNeverStill):
        logger.exception("referral %s is tried again at the next sweep", pk)
        return False
    except Exception as error:
        logger.exception("referral %s could not be handled", pk)
        report_trouble(pk, f"{type(error).__name__}: {error}", now=now)
        return False


@transaction.atomic
def report_trouble(pk: int, error: str, *, now: dt.datetime) -> None:
    """Hand a referral that the system cannot handle to the team."""
    referral = lock_referral(pk)
    if not referral.is_open:
        return
    note = f"The system could not continue. {error[:500]}"
    record_event(referral, EventKind.TROUBLE, SYSTEM, now, note=note)
    if referral.state == State.SUBMITTED:
        move(referral, State.SCREENING, SYSTEM, now)
    if referral.state in (State.SCREENING, State.AWAITING_PARTNER, State.OFFERED, State.ACCEPTED):
        move(referral, State.IN_REVIEW, SYSTEM, now, due=clocks.team_due(now), note=note)
    else:
        set_next_act(referral, NextAct(referral.next_action), Actor.TEAM, clocks.team_due(now))
        referral.state_note = note
        referral.save()
