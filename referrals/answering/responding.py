"""A partner answers its offer: accept, decline."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from benefits.models import Determination
from partners.models import Partner, ProfileCorrection
from partners.services.availability import (
    AvailabilityRefused,
    availability_of,
    lower_capacity,
    pause_partner,
)
from partners.services.working_hours import load_calendar
from referrals.choices import Actor, DeclineAct, DeclineEffect, EventKind, OfferState, ReviewState, State
from referrals.domain.lifecycle import WrongState
from referrals.domain.policies import (
    TOO_LITTLE_SUBSTANCE,
    act_after_decline,
    has_duty_to_deliver,
    has_substance,
    type_after_decline,
)
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import determine_referral
from referrals.lifecycle.locking import lock_offer, lock_partner, lock_referral
from referrals.lifecycle.moving import accept, end_offer, move
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.sights import check_looked
from referrals.models import DeclineReason, DeclineReview, Offer, Referral
from referrals.routing.screening import retype


class OfferAlreadyAnswered(Exception):
    """Somebody, or the clock, was faster; the message says who and when."""

    def __init__(self, offer: Offer, *, is_over: bool = False) -> None:
        """``is_over``: its seven days are, and the clock has yet to say so."""
        self.offer = offer
        state = OfferState.EXPIRED if is_over else OfferState(offer.state)
        at = offer.expires_at if is_over else offer.answered_at
        by = Actor.SYSTEM if is_over else Actor(offer.ended_by or Actor.SYSTEM)
        by_team = _("This offer has been “%(state)s” since %(when)s UTC, changed by the referral processing team.")
        said = {
            Actor.PARTNER: _("This offer has been “%(state)s” since %(when)s UTC, changed by %(person)s."),
            Actor.SYSTEM: _("This offer has been “%(state)s” since %(when)s UTC (expired automatically)."),
        }.get(by, by_team)
        when = date_format(at, "DATETIME_FORMAT") if at else "–"
        super().__init__(said % {"state": state.label, "when": when, "person": offer.answered_by})


class NotesTooShort(Exception):
    """The team cannot work with these notes."""


class DutyToDeliver(Exception):
    """A FastTrack Ready Partner with availability must deliver, correct its availability, or ask for release."""


@dataclass(frozen=True, slots=True)
class Availability:
    """A corrected availability: a pause, or a lower capacity, until an instant."""

    until: dt.datetime
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a partner says is wrong in its profile."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Decline:
    """What a partner says when it declines: reason, notes, hand-over, and what its reason asks for besides."""

    reason: DeclineReason
    notes: str
    handover: str = ""
    correction: Availability | None = None
    proposal: Proposal | None = None
    duplicate_of: Referral | None = None
    looked: str = ""  # mark of the changed facts that the partner has looked at


def lock_answerable(pk: int, *states: OfferState) -> tuple[Referral, Offer]:
    """Lock a referral and its offer; refuse what is answered already.

    Its partner, whom everybody else's answers wait for, is locked by whoever needs it, as late as that is.
    """
    referral, offer = lock_referral(Offer.objects.values_list("referral_id", flat=True).get(pk=pk)), lock_offer(pk)
    if offer.state not in states:
        raise OfferAlreadyAnswered(offer)
    return referral, offer


@transaction.atomic
def accept_offer(pk: int, *, by: By, now: dt.datetime) -> Offer:
    """Accept: due diligence begins. Accepting again as the same person changes nothing.

    Raises:
        OfferAlreadyAnswered: it was answered, withdrawn, or its seven days are over.
    """
    try:
        referral, offer = lock_answerable(pk, OfferState.PENDING)
    except OfferAlreadyAnswered as answered:
        if answered.offer.state == OfferState.ACCEPTED and answered.offer.answered_by_id == getattr(
            by.user, "pk", None
        ):
            return answered.offer
        raise
    if offer.expires_at <= now:
        raise OfferAlreadyAnswered(offer, is_over=True)
    accept(offer, by, now)
    determine_referral(referral, by, now, occasion="accept", holder=offer)
    due = clocks.determination_due(now, load_calendar(offer.partner))
    move(referral, State.ACCEPTED, by, now, due=due, offer=offer, kind=EventKind.ACCEPTED)
    return offer


def duty_applies(
    offer: Offer, partner: Partner, determination: Determination, reason: DeclineReason, now: dt.datetime
) -> bool:
    """Would declining for this reason be met with the duty to deliver? Page and service ask the same."""
    return has_duty_to_deliver(
        referral_type=offer.referral_type,
        is_fasttrack_ready=partner.is_fasttrack_ready,
        has_availability=partner.has_availability(now, offer.referral_type, without=1),
        outcome=determination.outcome,
        reason_act=reason.next_act,
    )


def owes_delivery(offer: Offer, now: dt.datetime) -> bool:
    """Would declining for an ordinary reason be met with the duty to deliver, as things stand?"""
    determination = offer.referral.determination
    ordinary = DeclineReason(next_act=DeclineAct.ROUTE_ON)
    return determination is not None and duty_applies(offer, offer.partner, determination, ordinary, now)


@transaction.atomic
def decline_offer(pk: int, said: Decline, *, by: By, now: dt.datetime) -> Offer:
    """Decline or hand back, with reason and notes; the referral goes where the reason says.

    Raises:
        OfferAlreadyAnswered: answered before, or delivery has begun.
        NotesTooShort: fewer than 20 letters and digits of substance.
        LookFirst: it says that the Benefit is realized or does not apply, and has not looked at changed facts.
        DutyToDeliver: the partner must deliver, and gives no corrected availability.
        AvailabilityRefused: the correction cannot be made.
    """
    referral, offer = lock_answerable(pk, OfferState.PENDING, OfferState.ACCEPTED)
    check_declinable(referral, offer, said.notes, now)
    if said.reason.claimed_outcomes:
        check_looked(referral, offer, said.looked, now)
    determination = determine_referral(referral, by, now, occasion="decline", holder=offer)
    partner = lock_partner(offer.partner_id)
    _check_availability(offer, partner, determination, said, now)
    if said.correction is not None:
        _correct_availability(referral, partner, said.correction, by, now)
    offer.reason, offer.notes, offer.handover = said.reason, said.notes.strip(), said.handover.strip()
    offer.determination = determination
    end_offer(offer, OfferState.DECLINED, by, now)
    propose(referral, offer, said, by, now)
    pass_on(referral, offer, determination, by, now)
    return offer


def _check_availability(
    offer: Offer, partner: Partner, determination: Determination, said: Decline, now: dt.datetime
) -> None:
    """A reason about capacity needs the availability it speaks of; so does letting go of a duty.

    A lower number that leaves room for this referral is no correction of it.
    """
    if said.correction is not None and not _leaves_room(partner, offer, said.correction):
        return
    if said.correction is not None and said.reason.effect == DeclineEffect.AVAILABILITY:
        raise AvailabilityRefused(_("That number leaves room for this referral. Enter a lower number."))
    is_free = partner.has_availability(now, offer.referral_type, without=1)
    if said.reason.effect == DeclineEffect.AVAILABILITY and is_free:
        raise AvailabilityRefused(_("Enter when your capacity returns. You’ll get fewer or no new offers until then."))
    if duty_applies(offer, partner, determination, said.reason, now):
        raise DutyToDeliver


def _leaves_room(partner: Partner, offer: Offer, correction: Availability) -> bool:
    if correction.capacity is None or not partner.has_room(offer.referral_type, without=1):
        return False
    return partner.open_offers - 1 < correction.capacity


def propose(referral: Referral, offer: Offer, said: Decline, by: By, now: dt.datetime) -> None:
    """What the partner says about its profile goes to the admins; a duplicate that it names to the team."""
    if said.proposal is not None:
        ProfileCorrection.objects.create(
            partner_id=offer.partner_id,
            about=said.proposal.about,
            text=said.proposal.text,
            source=offer.public_id,
            proposed_at=now,
            proposed_by=by.user,
        )
        data = {"about": said.proposal.about}
        record_event(referral, EventKind.CORRECTION, by, now, offer=offer, note=said.proposal.text, data=data)
    if said.duplicate_of is not None:
        referral.duplicate_of = said.duplicate_of
        referral.save(update_fields=["duplicate_of"])
        record_event(referral, EventKind.LINKED, by, now, offer=offer, data={"to": said.duplicate_of.public_id})


def check_declinable(referral: Referral, offer: Offer, notes: str, now: dt.datetime) -> None:
    if offer.state == OfferState.PENDING and offer.expires_at <= now:
        raise OfferAlreadyAnswered(offer, is_over=True)
    if referral.state not in (State.OFFERED, State.ACCEPTED):
        raise WrongState(
            _("The referral is “%(state)s” and can’t be declined now.") % {"state": referral.get_state_display()}
        )
    check_notes(notes)


def check_notes(notes: str) -> None:
    if not has_substance(notes):
        raise NotesTooShort(TOO_LITTLE_SUBSTANCE)


def _correct_availability(
    referral: Referral, partner: Partner, correction: Availability, by: By, now: dt.datetime
) -> None:
    longest = settings.LONGEST_PAUSE_DAYS
    if correction.capacity is None:
        after = pause_partner(partner.pk, until=correction.until, now=now, longest_days=longest)
    else:
        words: dict[str, Any] = {"until": correction.until, "now": now, "longest_days": longest}
        after = lower_capacity(partner.pk, capacity=correction.capacity, **words)
    data: dict[str, Any] = {"until": correction.until.isoformat(), "capacity": correction.capacity}
    data |= {"before": availability_of(partner), "after": availability_of(after)}
    record_event(referral, EventKind.AVAILABILITY, by, now, data=data)


def pass_on(referral: Referral, offer: Offer, determination: Determination, by: By, now: dt.datetime) -> None:
    """Send a declined referral where its reason says, open the review, and re-type it where the decision says so."""
    reason = offer.reason
    assert reason is not None  # noqa: S101 (the database refuses a declined offer without one)
    claimed = tuple(reason.claimed_outcomes)
    act = act_after_decline(reason.next_act, claimed, determination.outcome)
    open_review(offer, now)
    to_type = type_after_decline(referral.assigned_type, claimed, determination.outcome)
    retype(referral, to_type, by, now, note=determination.reason)
    if act == DeclineAct.REVIEW_FIRST:
        _move_to_review(referral, offer, by, now)
        return
    move(referral, State.AWAITING_PARTNER, by, now, note=reason.label, offer=offer, kind=EventKind.DECLINED)
    if act == DeclineAct.RETRY_LATER:
        hold_for_retry(referral, offer, by, now)


def open_review(offer: Offer, now: dt.datetime) -> None:
    """Ask the team to look at how an offer ended; one review an offer, open again when it ends again."""
    fields = {"state": ReviewState.OPEN, "opened_at": now, "due_at": clocks.team_due(now).at}
    fields |= {"decided_at": None, "decided_by": None, "nudged_at": None}
    review = DeclineReview(offer=offer, **fields)
    DeclineReview.objects.bulk_create(
        [review], update_conflicts=True, unique_fields=["offer"], update_fields=list(fields)
    )


def _move_to_review(referral: Referral, offer: Offer, by: By, now: dt.datetime) -> None:
    reason = offer.reason.label if offer.reason else ""
    record_event(referral, EventKind.DECLINED, by, now, offer=offer, note=reason)
    note = f"Declined: {reason}. Look at it before it goes on."
    if referral.state != State.IN_REVIEW:
        move(referral, State.IN_REVIEW, By(Actor.SYSTEM), now, due=clocks.team_due(now), note=note, offer=offer)
    referral.state_note = note
    referral.state_before = State.AWAITING_PARTNER
    referral.save(update_fields=["state_before", "state_note"])


def hold_for_retry(referral: Referral, offer: Offer, by: By, now: dt.datetime) -> None:
    """Hold until it is offered to the same partner again, in a new round."""
    referral.round += 1
    referral.round_by = Actor.SYSTEM
    referral.round_reason = f"Retry later: {offer.reason.label if offer.reason else ''}"
    referral.retry_partner_id = offer.partner_id
    due = clocks.retry_due(now, offer.reason.retry_after_days if offer.reason else 0)
    note = f"To be offered again to the same partner on {due.at:%d %B %Y}."
    move(referral, State.ON_HOLD, by, now, due=due, note=note)
