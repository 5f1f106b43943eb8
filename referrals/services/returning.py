"""Take a held or reviewed referral up again: with the next act, clock and owner that fit where it goes."""

import datetime as dt

from referrals.choices import Actor, NextAct, State
from referrals.domain.lifecycle import MoveRefused
from referrals.models import Offer, Referral, ReleaseRequest

from . import clocks
from .moving import By, move


def check_routable(referral: Referral) -> None:
    """Raises MoveRefused unless it has a type and workloads to cover: nobody could answer such an offer."""
    if not referral.assigned_type or not referral.cover:
        raise MoveRefused("It has no type or no workloads to cover yet: send it to screening first.")


def return_to(referral: Referral, to: State, by: By, now: dt.datetime, *, note: str) -> None:
    """Move a locked referral back, or to routing or screening. Raises MoveRefused."""
    if to == State.AWAITING_PARTNER:
        check_routable(referral)
    offer = referral.offers.live().first()
    move(referral, to, by, now, due=_due_when_back(offer, to, now), note=note)
    release = ReleaseRequest.objects.filter(offer=offer, state="open").first() if offer else None
    if release is not None and to == State.OFFERED:
        referral.next_action, referral.next_owner = NextAct.DECIDE_RELEASE, Actor.TEAM
        referral.next_action_at = release.due_at
        referral.save()


def _due_when_back(offer: Offer | None, to: State, now: dt.datetime) -> dt.datetime:
    """When the next act of a resumed state is due; the system's own acts are due at once."""
    if to == State.OFFERED and offer is not None:
        return max(offer.expires_at, now)
    if to in (State.ACCEPTED, State.DELIVERING, State.FEE_BASED, State.WITH_FTC):
        return clocks.progress_due(now)
    if to == State.IN_REVIEW:
        return clocks.team_due(now)
    return clocks.customer_due(now) if to == State.AWAITING_CUSTOMER else now
