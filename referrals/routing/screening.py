"""Screening: type a request by a first determination, ask for missing facts, and send it on its way."""

import datetime as dt

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from benefits.domain.situation import Subscription
from benefits.domain.wording import TODAY
from benefits.models import Determination
from benefits.services.customers import Author, record_typed_plans
from partners.choices import ReferralType
from referrals.choices import EventKind, NextAct, State
from referrals.domain.policies import FEE_BASED_OUTCOMES, type_after_decline, type_by_outcome
from referrals.email.writing import tell_requester
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.determining import determine_all, determine_referral, find_cover, lock_with_siblings
from referrals.lifecycle.locking import lock_referral
from referrals.lifecycle.moving import move
from referrals.lifecycle.recording import record_event
from referrals.models import Referral

NO_WORKLOADS = "No workload to cover could be found: say which workloads are wanted."


@transaction.atomic
def screen_referral(pk: int, *, now: dt.datetime) -> Referral:
    """Screen one submitted referral. Does nothing when it is no longer to be screened (idempotent)."""
    referral = lock_referral(pk)
    if referral.next_action != NextAct.SCREEN:
        return referral
    if referral.state == State.SUBMITTED:
        move(referral, State.SCREENING, SYSTEM, now)
    decided = determine_referral(referral, SYSTEM, now, occasion="screening")
    if decided.result["missing_facts"] and referral.asked_at is None:
        _ask_requester(referral, decided, now)
        return referral
    set_type(referral, decided, now)
    referral.cover = list(referral.cover or find_cover(referral, decided))
    if referral.cover:
        move(referral, State.AWAITING_PARTNER, SYSTEM, now)
    else:
        move(referral, State.IN_REVIEW, SYSTEM, now, due=clocks.team_due(now), note=NO_WORKLOADS)
    return referral


def _ask_requester(referral: Referral, decided: Determination, now: dt.datetime) -> None:
    referral.asked_at = now
    due = clocks.customer_due(now)
    move(referral, State.AWAITING_CUSTOMER, SYSTEM, now, due=due, note="Which plans and how many paid seats?")
    missing = decided.result["missing_facts"]
    record_event(referral, EventKind.ASKED, SYSTEM, now, data={"missing_facts": missing})
    lines = [
        _("To check what your plans include, we need to know which plans you have and how many paid seats."),
        _("Please reply by %(at)s. After that we’ll continue without it.") % {"at": date_format(due.at, "l j F Y")},
    ]
    tell_requester(
        referral,
        "questions",
        _("A question about your request %(public_id)s") % {"public_id": referral.public_id},
        lines,
        now,
    )


def set_type(referral: Referral, decided: Determination, now: dt.datetime) -> None:
    """Assign the type, unless the team did; with facts missing it stays the type that was asked for, unverified."""
    unverified = bool(decided.result["missing_facts"])
    found = referral.requested_type if unverified else type_by_outcome(decided.outcome)
    referral.eligibility_unverified = unverified
    if referral.is_typed_by_team:
        return
    retype(referral, ReferralType(found), SYSTEM, now, note=decided.reason)


def retype(referral: Referral, to: ReferralType, by: By, now: dt.datetime, *, note: str) -> None:
    """Change the assigned type; the requester is told when the Benefit does not cover the request.

    The same type changes nothing and saves nothing.
    """
    before = referral.assigned_type
    if before == to:
        return
    referral.assigned_type = to
    referral.save()
    data = {"from": before, "to": to, "requested": referral.requested_type}
    record_event(referral, EventKind.RETYPED, by, now, note=note, data=data)
    if to == ReferralType.STANDARD and (before or referral.requested_type) == ReferralType.BENEFIT:
        lines = [
            _("Your request isn’t covered by the FastTrack Benefit:"),
            say_to_requester(referral),
            _("A partner may offer you paid work. This is optional and there is no obligation."),
            _("If you don’t want that, say so on your request’s page."),
        ]
        tell_requester(
            referral,
            "retyped",
            _("Update on your request %(public_id)s") % {"public_id": referral.public_id},
            lines,
            now,
        )


def retype_undelivered(referral: Referral, by: By, now: dt.datetime) -> None:
    """A Standard referral that is not realized becomes a Benefit referral when its partner does not deliver it."""
    decided = referral.determination
    if decided is not None:
        to_type = type_after_decline(referral.assigned_type, (), decided.outcome)
        retype(referral, to_type, by, now, note=decided.reason)


@transaction.atomic
def stop_waiting_for_customer(pk: int, *, now: dt.datetime) -> Referral:
    """The two business days are over: screen again, without the answer."""
    referral = lock_referral(pk)
    if referral.state == State.AWAITING_CUSTOMER and referral.next_action_at and referral.next_action_at <= now:
        move(referral, State.SCREENING, SYSTEM, now, note="No answer within two business days.")
    return referral


@transaction.atomic
def answer_questions(pk: int, held: list[Subscription], *, by: By, now: dt.datetime) -> Referral:
    """The requester says which plans it holds: record them, and screen again at once.

    What others have recorded is overwritten only by a requester whose mail address is of the tenant; the answer is
    kept in the history in any case. Does nothing when no answer is awaited (idempotent).
    """
    referral, others = lock_with_siblings(pk)
    if referral.state != State.AWAITING_CUSTOMER:
        return referral
    stated = [f"{sub.plan}: {'not known' if sub.paid_seats is None else sub.paid_seats}" for sub in held]
    record_event(referral, EventKind.ANSWERED, by, now, note="; ".join(stated))
    if referral.requester_is_of_tenant or not referral.tenant.subscriptions.current().exists():
        record_typed_plans(referral.tenant, held, by=Author(str(by.actor), by.user), now=now)
        determine_all(referral, others, by, now)
    move(referral, State.SCREENING, by, now, note="The requester answered.")
    return referral


def say_to_requester(referral: Referral) -> str:
    """Why, with the facts for a requester of the tenant; the rule alone for others."""
    decided = referral.determination
    if decided is None:
        return ""
    if decided.outcome not in FEE_BASED_OUTCOMES:
        return _("Our team reviewed your request. It isn’t covered by the FastTrack Benefit.")
    return decided.reason if referral.requester_is_of_tenant else TODAY.rules[decided.rule]
