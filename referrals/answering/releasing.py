"""Release from the duty to deliver: asked for by a partner, granted or refused by the team."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from partners.services.working_hours import load_calendar
from referrals.answering.responding import Decline, check_declinable, duty_applies, lock_answerable, pass_on, propose
from referrals.choices import Actor, EventKind, NextAct, OfferState, ReleaseState, State
from referrals.domain.lifecycle import NEXT_ACTS
from referrals.email.writing import remind_partner
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import determine_referral
from referrals.lifecycle.locking import lock_offer, lock_partner, lock_referral
from referrals.lifecycle.moving import ask_release, end_offer, reopen, set_next_act
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.sights import check_looked
from referrals.models import Offer, Referral, ReleaseRequest

LEAST_TIME_LEFT = dt.timedelta(hours=24)


class ReleaseRefused(Exception):
    """A release cannot be asked for; the message says why."""


@transaction.atomic
def request_release(pk: int, said: Decline, *, by: By, now: dt.datetime) -> ReleaseRequest:
    """Ask to be let off; the seven days stand still until the team has decided.

    Raises:
        OfferAlreadyAnswered, NotesTooShort, LookFirst: as for declining.
        ReleaseRefused: there is no duty to be released from, or the team has decided before.
    """
    referral, offer = lock_answerable(pk, OfferState.PENDING)
    check_declinable(referral, offer, said.notes, now)
    if said.reason.claimed_outcomes:
        check_looked(referral, offer, said.looked, now)
    determination = determine_referral(referral, by, now, occasion="release", holder=offer)
    if offer.release_requests.exists():
        raise ReleaseRefused(_("The team has already decided a release request for this offer."))
    if not duty_applies(offer, lock_partner(offer.partner_id), determination, said.reason, now):
        raise ReleaseRefused(_("You don’t need a release. You can decline immediately."))
    request = ReleaseRequest.objects.create(
        offer=offer,
        reason=said.reason,
        notes=said.notes.strip(),
        handover=said.handover.strip(),
        requested_at=now,
        requested_by=by.user,
        due_at=clocks.team_due(now).at,
        time_left=offer.expires_at - now,
    )
    ask_release(offer, by, now)
    wait_for_team(referral, request, by, now)
    propose(referral, offer, said, by, now)
    return request


def wait_for_team(referral: Referral, request: ReleaseRequest, by: By, now: dt.datetime) -> None:
    """The next act is the team's: decide the release."""
    set_next_act(referral, NextAct.DECIDE_RELEASE, Actor.TEAM, clocks.team_due(now))
    referral.state_note = "The partner asked to be released."
    referral.save()
    record_event(referral, EventKind.RELEASE_REQUESTED, by, now, offer=request.offer, note=request.reason.label)


@transaction.atomic
def decide_release(pk: int, *, grant: bool, note: str, by: By, now: dt.datetime) -> ReleaseRequest:
    """Grant (the referral passes on) or refuse (the offer is open again with the time that was left).

    Deciding a decided request changes nothing.
    """
    found = ReleaseRequest.objects.select_related("offer").get(pk=pk)
    referral = lock_referral(found.offer.referral_id)
    lock_partner(found.offer.partner_id)
    offer = lock_offer(found.offer_id)
    request = ReleaseRequest.objects.select_for_update().get(pk=pk)
    if request.state != ReleaseState.OPEN:
        return request
    request.state = ReleaseState.GRANTED if grant else ReleaseState.REFUSED
    request.decided_at, request.decided_by, request.verdict_note = now, by.user, note
    request.save()
    verdict = {"granted": grant}
    record_event(referral, EventKind.RELEASE_DECIDED, by, now, offer=offer, note=note, data=verdict)
    granted = _("Your release request was granted. The referral goes to the next partner.")
    refused = _("Your release request was refused. The referral stays with you.")
    remind_partner(offer, "release_decided", [granted if grant else refused, note], now)
    if grant:
        _release(referral, offer, request, by, now)
    else:
        _hold_to_duty(referral, offer, request, now)
    return request


def _release(referral: Referral, offer: Offer, request: ReleaseRequest, by: By, now: dt.datetime) -> None:
    determination = determine_referral(referral, by, now, occasion="release")
    offer.reason, offer.notes, offer.handover = request.reason, request.notes, request.handover
    offer.determination = determination
    end_offer(offer, OfferState.DECLINED, by, now)
    offer.answered_by = request.requested_by
    offer.save(update_fields=["answered_by"])
    pass_on(referral, offer, determination, by, now)


def _hold_to_duty(referral: Referral, offer: Offer, request: ReleaseRequest, now: dt.datetime) -> None:
    reopen(offer)
    offer.expires_at = now + max(request.time_left, LEAST_TIME_LEFT)
    offer.clock_stopped_at = None if referral.state == State.OFFERED else now
    calendar = load_calendar(offer.partner)
    offer.remind_at = clocks.next_reminder(now, offer.respond_by, offer.expires_at, calendar)
    offer.save()
    if referral.state == State.OFFERED:
        why = "the time that was left of the seven days when the release was asked for, at least a day"
        set_next_act(referral, *NEXT_ACTS[State.OFFERED], clocks.Deadline(offer.expires_at, why))
        referral.state_note = f"Release refused: {request.verdict_note}"
        referral.save()
