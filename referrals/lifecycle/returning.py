"""Take a held or reviewed referral up again: with the next act, clock and owner that fit where it goes."""

import datetime as dt

from partners.services.working_hours import load_calendar
from referrals.choices import Actor, NextAct, OfferState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import live_offer
from referrals.lifecycle.moving import move, set_next_act
from referrals.models import Offer, Referral, ReleaseRequest


def check_routable(referral: Referral) -> None:
    """Raises MoveRefused unless it has a type and workloads to cover: nobody could answer such an offer."""
    if not referral.assigned_type or not referral.cover:
        raise MoveRefused("It has no type or no workloads to cover yet: send it to screening first.")


def return_to(referral: Referral, to: State, by: By, now: dt.datetime, *, note: str) -> None:
    """Move a locked referral back, or to routing or screening. Raises MoveRefused."""
    if to == State.AWAITING_PARTNER:
        check_routable(referral)
    offer = live_offer(referral)
    if offer is not None:
        give_back_time(offer, now)
    move(referral, to, by, now, due=_due_when_back(offer, to, now), note=note)
    release = ReleaseRequest.objects.filter(offer=offer, state="open").first() if offer else None
    if release is not None and to == State.OFFERED:
        set_next_act(referral, NextAct.DECIDE_RELEASE, Actor.TEAM, clocks.Deadline(release.due_at, ""))
        referral.save()


def give_back_time(offer: Offer, now: dt.datetime) -> None:
    """The offer's clocks stood still while the referral was held: what was left then is left now."""
    if offer.clock_stopped_at is None:
        return
    stood = now - offer.clock_stopped_at
    if offer.state == OfferState.PENDING:
        offer.expires_at += stood
        _recount(offer, offer.clock_stopped_at, now)
    offer.clock_stopped_at = None
    offer.save(update_fields=["expires_at", "respond_by", "respond_why", "remind_at", "clock_stopped_at"])


def _recount(offer: Offer, stopped_at: dt.datetime, now: dt.datetime) -> None:
    """The answer is due after the working time that was left; so is its next reminder."""
    calendar = load_calendar(offer.partner)
    if offer.respond_by > stopped_at:
        due = clocks.take_up_again(offer.respond_by, stopped_at, now, calendar)
        offer.respond_by, offer.respond_why = due.at, due.why
    if offer.remind_at is not None and offer.remind_at > stopped_at:
        offer.remind_at = clocks.take_up_again(offer.remind_at, stopped_at, now, calendar).at
    else:
        offer.remind_at = clocks.next_reminder(now, offer.respond_by, offer.expires_at, calendar)


def _due_when_back(offer: Offer | None, to: State, now: dt.datetime) -> clocks.Deadline | None:
    """When the next act of a resumed state is due; the system's own acts are due at once."""
    if to == State.OFFERED and offer is not None:
        return clocks.Deadline(max(offer.expires_at, now), clocks.EXPIRY_WHY + "; it stood still on the way")
    if to == State.ACCEPTED and offer is not None:
        return clocks.determination_due(now, load_calendar(offer.partner))
    if to in (State.DELIVERING, State.FEE_BASED, State.WITH_FTC):
        return clocks.progress_due(now)
    if to == State.IN_REVIEW:
        return clocks.team_due(now)
    return clocks.customer_due(now) if to == State.AWAITING_CUSTOMER else None
