"""What the referral processing team does with a referral. Always with a reason."""

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from partners.choices import ReferralType
from partners.models import Organisation
from referrals.answering.delivering import withdraw_live_offer
from referrals.choices import Actor, CloseOutcome, EventKind, NextAct, State
from referrals.domain.lifecycle import NEXT_ACTS, MoveRefused, WrongState
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import live_offer, lock_referral
from referrals.lifecycle.moving import move, set_next_act
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.returning import check_routable, return_to
from referrals.models import Offer, Referral
from referrals.routing.screening import retype, retype_undelivered
from referrals.routing.splitting import check_not_shared, check_unheld

LONGEST_HOLD_DAYS = 365
NO_PAID_WORK = "The requester doesn’t want paid work."


@transaction.atomic
def reassign(pk: int, *, reason: str, by: By, now: dt.datetime) -> Referral:
    """Take a referral from whoever has it and route it again.

    Raises:
        MoveRefused: it is closed, or still being screened.
    """
    referral = lock_referral(pk)
    check_routable(referral)
    if referral.state == State.FEE_BASED:
        raise MoveRefused(_("Fee-based work belongs to the partner. Close the referral instead."))
    withdraw_live_offer(referral, by, now, note=reason)
    retype_undelivered(referral, by, now)
    if referral.state == State.AWAITING_PARTNER:
        raise WrongState(_("It’s already awaiting a partner."))
    move(referral, State.AWAITING_PARTNER, by, now, note=reason)
    return referral


@transaction.atomic
def exclude_organisation(pk: int, *, organisation: Organisation, reason: str, by: By, now: dt.datetime) -> None:
    """The customer does not want this organisation: it is not chosen for this referral."""
    referral = lock_referral(pk)
    referral.excluded_partners.add(organisation)
    record_event(referral, EventKind.NOTE, by, now, note=f"Excluded by the customer: {organisation.name}. {reason}")


@transaction.atomic
def hold(pk: int, *, until: dt.datetime, reason: str, by: By, now: dt.datetime) -> Referral:
    """Put an open referral aside until an instant. Raises MoveRefused."""
    if not now < until <= now + dt.timedelta(days=LONGEST_HOLD_DAYS):
        raise MoveRefused(
            _("Enter a future date, up to %(longest_hold_days)s days away.") % {"longest_hold_days": LONGEST_HOLD_DAYS}
        )
    referral = lock_referral(pk)
    move(referral, State.ON_HOLD, by, now, due=clocks.Deadline(until, "the selected day"), note=reason)
    return referral


@transaction.atomic
def resume(pk: int, *, to: State, reason: str, by: By, now: dt.datetime) -> Referral:
    """Take a held or reviewed referral up again. Going anywhere but back withdraws a live offer.

    Raises:
        MoveRefused: it is neither held nor in review, or cannot go there.
    """
    referral = lock_referral(pk)
    if referral.state not in (State.ON_HOLD, State.IN_REVIEW):
        raise WrongState(_("It’s neither on hold nor in review."))
    back = referral.state_before
    if to not in (State.AWAITING_PARTNER, State.SCREENING) and to != back:
        raise MoveRefused(
            _("It can resume as “%(label)s”, or go to routing or screening.") % {"label": State(back).label}
        )
    if to != back:
        withdraw_live_offer(referral, by, now, note=reason)
    return_to(referral, to, by, now, note=reason)
    return referral


@transaction.atomic
def carry_on(pk: int, *, reason: str, by: By, now: dt.datetime) -> Referral:
    """Let fee-based work go on although its determination has changed. Raises MoveRefused when nobody asked."""
    referral = lock_referral(pk)
    if referral.state != State.FEE_BASED or referral.next_action != NextAct.REVIEW:
        raise WrongState(_("There’s no decision pending on this work."))
    set_next_act(referral, *NEXT_ACTS[State.FEE_BASED], clocks.progress_due(now))
    referral.state_note = ""
    referral.save()
    record_event(referral, EventKind.REVIEWED, by, now, note=reason)
    return referral


@transaction.atomic
def pass_to_ftc(pk: int, *, reason: str, by: By, now: dt.datetime) -> Referral:
    """Give a referral that nobody can take to the FastTrack Center. Raises MoveRefused."""
    referral = lock_referral(pk)
    if referral.state == State.IN_REVIEW:
        withdraw_live_offer(referral, by, now, note=reason)
        move(referral, State.AWAITING_PARTNER, by, now, note=reason)
    move(referral, State.WITH_FTC, by, now, due=clocks.progress_due(now), note=reason)
    return referral


@transaction.atomic
def close(pk: int, *, outcome: CloseOutcome, reason: str, by: By, now: dt.datetime) -> Referral:
    """Close with an outcome. Raises MoveRefused."""
    referral = lock_referral(pk)
    withdraw_live_offer(referral, by, now, note=reason)
    referral.close_outcome = outcome
    move(referral, State.CLOSED, by, now, note=reason)
    return referral


@transaction.atomic
def close_as_duplicate(pk: int, *, duplicate_of: str, reason: str, by: By, now: dt.datetime) -> Referral:
    """Close a referral that repeats another, named by its reference, and link the two. Raises MoveRefused."""
    referral = lock_referral(pk)
    _one_link_at_a_time()
    other = Referral.objects.filter(public_id=duplicate_of).first()
    if other is None or other.pk == pk:
        raise MoveRefused(_("Enter another referral."))
    if other.close_outcome == CloseOutcome.DUPLICATE and not other.is_open:
        raise MoveRefused(_("That referral was closed as a duplicate. Enter the original."))
    withdraw_live_offer(referral, by, now, note=reason)
    referral.duplicate_of, referral.close_outcome = other, CloseOutcome.DUPLICATE
    record_event(referral, EventKind.LINKED, by, now, note=reason, data={"to": other.public_id})
    move(referral, State.CLOSED, by, now, note=reason)
    return referral


def _one_link_at_a_time() -> None:
    """Two referrals that are closed as duplicates of each other at one moment would leave the customer with none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('duplicates'))")


@transaction.atomic
def cancel(pk: int, *, reason: str, by: By, now: dt.datetime) -> Referral:
    """End a referral that nobody needs any more. Raises MoveRefused."""
    referral = lock_referral(pk)
    withdraw_live_offer(referral, by, now, note=reason)
    move(referral, State.CANCELLED, by, now, note=reason)
    return referral


@transaction.atomic
def withdraw_request(pk: int, *, reason: str, by: By, now: dt.datetime) -> None:
    """The requester does not want it any more: every open part of its request ends. Raises MoveRefused."""
    asked = Referral.objects.get(pk=pk)
    parts = Referral.objects.open().filter(engagement=asked.engagement) if asked.engagement else None
    ids = sorted({pk, *(parts.values_list("pk", flat=True) if parts is not None else ())})
    for part in [lock_referral(one) for one in ids]:  # all of them before any partner
        cancel(part.pk, reason=reason, by=by, now=now)


def may_refuse_paid_work(referral: Referral) -> bool:
    """Was a request for the Benefit re-typed, and has no partner begun paid work?"""
    return referral.is_open and referral.was_retyped and referral.state not in (State.DELIVERING, State.FEE_BASED)


@transaction.atomic
def refuse_paid_work(pk: int, *, by: By, now: dt.datetime) -> None:
    """The requester wants the Benefit or nothing: every part that would be paid work ends. Raises MoveRefused."""
    asked = Referral.objects.get(pk=pk)
    if not may_refuse_paid_work(asked):
        raise WrongState(_("This request isn’t waiting to be passed on for paid work."))
    parts = Referral.objects.open().filter(engagement=asked.engagement) if asked.engagement else None
    ids = sorted({pk, *(parts.values_list("pk", flat=True) if parts is not None else ())})
    for part in [lock_referral(one) for one in ids]:  # all of them before any partner
        if may_refuse_paid_work(part):
            cancel(part.pk, reason=NO_PAID_WORK, by=by, now=now)


@transaction.atomic
def reopen(pk: int, *, reason: str, by: By, now: dt.datetime) -> Referral:
    """Screen a closed referral again, in a new round: earlier partners may be offered it again. Raises MoveRefused."""
    referral = lock_referral(pk)
    referral.round += 1
    referral.round_by, referral.round_reason = Actor.TEAM, reason
    referral.close_outcome, referral.asked_at = "", None
    referral.counts_from_round = referral.round
    move(referral, State.SCREENING, by, now, note=reason)
    return referral


@transaction.atomic
def change_type(pk: int, *, to: ReferralType, reason: str, by: By, now: dt.datetime) -> Referral:
    """Re-type a referral for good; an offer that waits or was accepted is withdrawn, and it is routed again.

    Raises:
        MoveRefused: it is closed, is of that type already, is being delivered, or a partner has it on hold.
    """
    referral = lock_referral(pk)
    if not referral.is_open:
        raise WrongState(_("It’s closed. Reopen it first."))
    if referral.assigned_type == to:
        raise WrongState(_("It’s already a %(label)s.") % {"label": ReferralType(to).label})
    if referral.state in (State.DELIVERING, State.FEE_BASED):
        raise WrongState(_("Work has started. Reassign or close it instead."))
    if referral.state in (State.ON_HOLD, State.IN_REVIEW) and live_offer(referral) is not None:
        raise WrongState(_("A partner has it. Resume it first."))
    referral.is_typed_by_team = True
    retype(referral, to, by, now, note=reason)
    if referral.state in (State.OFFERED, State.ACCEPTED):
        withdraw_live_offer(referral, by, now, note=reason)
        move(referral, State.AWAITING_PARTNER, by, now, note=reason)
    return referral


@transaction.atomic
def set_cover(pk: int, *, workloads: list[str], reason: str, by: By, now: dt.datetime) -> Referral:
    """Say which workloads a partner must cover. Raises MoveRefused when a partner holds it, or none is named."""
    referral = lock_referral(pk)
    if not workloads:
        raise MoveRefused(_("Select at least one workload."))
    check_unheld(referral)
    check_not_shared(referral, workloads)
    before, referral.cover = referral.cover, sorted(set(workloads))
    referral.save(update_fields=["cover"])
    record_event(referral, EventKind.COVER_SET, by, now, note=reason, data={"from": before, "to": referral.cover})
    return referral


@transaction.atomic
def add_note(pk: int, *, note: str, by: By, now: dt.datetime, offer: Offer | None = None) -> None:
    """Add a note to the history: the team's own, or a partner's to its own turn."""
    referral = lock_referral(pk)
    record_event(referral, EventKind.NOTE, by, now, note=note, offer=offer)
