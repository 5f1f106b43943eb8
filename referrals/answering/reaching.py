"""When the customer cannot be reached: attempts are logged, the requester is asked, and nobody else is burdened."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.services.working_hours import load_calendar
from referrals.answering.delivering import lock_held
from referrals.choices import Actor, Channel, CloseOutcome, EventKind, NextAct, OfferState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.email.writing import remind_partner, tell_requester
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.capacity import free_capacity
from referrals.lifecycle.locking import live_offer, lock_referral
from referrals.lifecycle.moving import end_offer, move, set_next_act
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.returning import return_to
from referrals.models import ContactAttempt, Offer, Referral

WORKING = (State.ACCEPTED, State.DELIVERING)
ELSEWHERE = dt.timedelta(hours=14)  # it may be another day where the partner is
UNREACHABLE = "Customer unreachable. We emailed the requester and got no reply."


class AttemptRefused(Exception):
    """The attempt cannot be recorded as given; the message says why."""


@transaction.atomic
def log_attempt(pk: int, *, tried_on: dt.date, channel: Channel, note: str, by: By, now: dt.datetime) -> ContactAttempt:
    """Note an attempt to reach the customer; after three the requester is mailed, with ten days to answer.

    Raises:
        OfferNotHeld: the referral is not the partner's.
        AttemptRefused: the day lies in the future or before the offer, or no work is under way.
    """
    referral, offer = lock_held(pk)
    if referral.state not in WORKING:
        raise AttemptRefused(
            _("The referral is “%(state)s”; there is no one to contact now.") % {"state": referral.get_state_display()}
        )
    if not (offer.offered_at - ELSEWHERE).date() <= tried_on <= (now + ELSEWHERE).date():
        raise AttemptRefused(_("Enter a date between the offer and today."))
    words = {"tried_on": tried_on, "channel": channel, "note": note, "recorded_at": now, "recorded_by": by.user}
    attempt = ContactAttempt.objects.create(offer=offer, **words)
    data = {"on": tried_on.isoformat(), "channel": channel}
    record_event(referral, EventKind.CONTACT_TRIED, by, now, offer=offer, note=note, data=data)
    enough = offer.attempts.filter(is_settled=False).count() >= settings.UNREACHABLE_ATTEMPTS
    if enough and referral.unreachable_since is None:
        _ask_requester(referral, now)
    return attempt


def _ask_requester(referral: Referral, now: dt.datetime) -> None:
    due = clocks.unreachable_due(now)
    referral.unreachable_since = now
    set_next_act(referral, NextAct.ANSWER_PARTNER, Actor.REQUESTER, due)
    referral.save()
    record_event(referral, EventKind.ASKED, SYSTEM, now, data={"until": due.at.isoformat()})
    lines = [
        _("Your partner has tried to reach you several times without success."),
        _("Tell us on the page below how to contact you, by %(at)s.") % {"at": date_format(due.at, "l j F Y")},
        _("If we don’t hear from you, your request will go on hold and later be closed."),
    ]
    tell_requester(
        referral,
        "unreachable",
        _("We can’t reach you about %(public_id)s") % {"public_id": referral.public_id},
        lines,
        now,
    )


@transaction.atomic
def answer_partner(pk: int, *, note: str, by: By, now: dt.datetime) -> bool:
    """The requester says how it can be reached: the partner goes on. False when nobody asked (idempotent).

    A referral that was put on hold meanwhile comes back to the same partner, which may then be over its capacity.
    """
    referral = lock_referral(pk)
    offer = live_offer(referral)
    if referral.unreachable_since is None or offer is None:
        return False
    record_event(referral, EventKind.ANSWERED, by, now, offer=offer, note=note)
    remind_partner(
        offer,
        "reachable",
        [_("The customer told us how to contact them. See the contact details.")],
        now,
    )
    if referral.state == State.ON_HOLD:
        return_to(referral, State(referral.state_before), SYSTEM, now, note="The customer can be reached again.")
        return True
    offer.attempts.update(is_settled=True)
    act = NextAct.REPORT_PROGRESS if referral.state == State.DELIVERING else NextAct.DETERMINE
    set_next_act(referral, act, Actor.PARTNER, _due_again(referral, offer, now))
    referral.unreachable_since = None
    referral.save()
    return True


def _due_again(referral: Referral, offer: Offer, now: dt.datetime) -> clocks.Deadline:
    if referral.state == State.DELIVERING:
        return clocks.progress_due(now)
    return clocks.determination_due(now, load_calendar(offer.partner))


@transaction.atomic
def stop_waiting_for_answer(pk: int, *, now: dt.datetime) -> bool:
    """Ten days without an answer: hold it outside the partner's capacity. It is never passed on (idempotent)."""
    referral = lock_referral(pk)
    is_due = referral.next_action_at is not None and referral.next_action_at <= now
    if referral.next_action != NextAct.ANSWER_PARTNER or not is_due:
        return False
    offer, asked_at = live_offer(referral), referral.unreachable_since
    move(referral, State.ON_HOLD, SYSTEM, now, due=clocks.unreachable_close(now), note=UNREACHABLE, offer=offer)
    referral.unreachable_since = asked_at
    referral.save(update_fields=["unreachable_since"])
    if offer is not None:
        free_capacity(offer)
        offer.save(update_fields=["uses_capacity"])
    return True


def close_unreachable(referral: Referral, now: dt.datetime) -> None:
    """The hold of a customer that never answered is over: close a locked referral."""
    if referral.unreachable_since is None:
        raise MoveRefused(_("The customer was never asked how to be contacted."))
    offer = live_offer(referral)
    if offer is not None:
        offer.determination = referral.determination
        end_offer(offer, OfferState.COMPLETED, SYSTEM, now)
        record_event(referral, EventKind.COMPLETED, SYSTEM, now, offer=offer, note=UNREACHABLE)
    referral.close_outcome = CloseOutcome.UNREACHABLE
    move(referral, State.CLOSED, SYSTEM, now, note=UNREACHABLE, offer=offer)
