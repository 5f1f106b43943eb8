"""Take back an answer within its minutes, as long as nobody has relied on it."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from partners.choices import CorrectionState
from partners.models import Partner, ProfileCorrection
from partners.services.availability import availability_of, restore_availability
from referrals.choices import Actor, EventKind, OfferState, ReviewState, State
from referrals.email.writing import remind_partner
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.capacity import use_capacity
from referrals.lifecycle.determining import determine_referral
from referrals.lifecycle.locking import lock_offer, lock_partners, lock_referral
from referrals.lifecycle.moving import end_offer, move, reopen
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.returning import give_back_time
from referrals.models import Event, Notification, Offer, Referral


class UndoRefused(Exception):
    """The answer stands; the message says why."""


def undo_until(offer: Offer) -> dt.datetime | None:
    """Until when an answer may be taken back; ``None`` where there is none of the partner's to take back."""
    if offer.state not in (OfferState.DECLINED, OfferState.ACCEPTED) or offer.answered_at is None:
        return None
    return offer.answered_at + dt.timedelta(minutes=settings.UNDO_MINUTES)


def why_not_undo(offer: Offer, referral: Referral, now: dt.datetime) -> str:
    """Why an answer can no longer be taken back; empty when it can. Page and service ask the same."""
    until = undo_until(offer)
    if until is None:
        return _("There’s nothing to undo.")
    if now >= until:
        return _("You can undo for %(undo_minutes)s minutes.") % {"undo_minutes": settings.UNDO_MINUTES}
    if offer.state == OfferState.ACCEPTED:
        return _why_keep_accepting(offer, referral)
    return _why_keep_declining(offer, referral)


def _why_keep_accepting(offer: Offer, referral: Referral) -> str:
    if offer.contacts_shown_at is not None:
        return _("You’ve seen the contact details. Decline it instead.")
    return "" if referral.state == State.ACCEPTED else _("Work has started and can’t be undone.")


def _why_keep_declining(offer: Offer, referral: Referral) -> str:
    if offer.ended_by != Actor.PARTNER:
        return _("The team has already decided this.")
    if referral.state not in (State.AWAITING_PARTNER, State.OFFERED, State.IN_REVIEW, State.ON_HOLD):
        return _("Someone has already acted on it.")
    later = list(Offer.objects.filter(referral=referral, pk__gt=offer.pk, was_unseen=False))
    if any(is_seen(row) for row in later):
        return _("Someone has already acted on it.")
    if Event.objects.filter(referral=referral, actor=Actor.TEAM, at__gte=offer.answered_at).exists():
        return _("The team is already working on it.")
    parts = Referral.objects.filter(engagement=referral.engagement, split_from=referral)
    if referral.engagement and parts.filter(created_at__gte=offer.answered_at).exists():
        return _("Someone has already acted on it.")
    review = getattr(offer, "review", None)
    return _("The team has already reviewed it.") if review and review.state == ReviewState.ACKNOWLEDGED else ""


def is_seen(offer: Offer) -> bool:
    """Has its partner looked at it, or done anything with it? Whoever only reads does not count."""
    own = Event.objects.filter(offer=offer, actor=Actor.PARTNER).exclude(kind=EventKind.READ)
    return offer.opened_at is not None or offer.state != OfferState.PENDING or own.exists()


@transaction.atomic
def undo_answer(pk: int, *, by: By, now: dt.datetime) -> Offer:
    """Take back a decline or an acceptance: the same offer is open again with the time that was left.

    Locks the referral, both partners in ascending id, then the offers.

    Raises:
        UndoRefused: too late, or somebody has relied on it.
    """
    referral = lock_referral(Offer.objects.values_list("referral_id", flat=True).get(pk=pk))
    concerned = Offer.objects.filter(referral=referral, pk__gte=pk)
    partners = lock_partners(concerned.values_list("partner_id", flat=True))
    list(concerned.select_for_update(no_key=True).order_by("pk"))  # nobody opens one of them meanwhile
    offer = lock_offer(pk)
    refused = why_not_undo(offer, referral, now)
    if refused:
        raise UndoRefused(refused)
    if offer.state == OfferState.ACCEPTED:
        _reopen(referral, offer, by, now)
    else:
        _take_back_decline(referral, offer, partners[offer.partner_id], by, now)
    return offer


def _take_back_decline(referral: Referral, offer: Offer, partner: Partner, by: By, now: dt.datetime) -> None:
    _restore_availability(referral, offer, partner, now)
    if not partner.has_room(offer.referral_type):
        raise UndoRefused(_("You have no capacity left for it."))
    following = Offer.objects.filter(referral=referral, pk__gt=offer.pk, state=OfferState.PENDING).first()
    if following is not None:
        withdraw_unseen(referral, lock_offer(following.pk), now)
    _undo_consequences(referral, offer, now)
    use_capacity(offer)
    _reopen(referral, offer, by, now)
    determine_referral(referral, SYSTEM, now, occasion="undone", holder=offer)  # on what its partner knows, again


def _answered_at(offer: Offer) -> dt.datetime:
    assert offer.answered_at is not None  # noqa: S101 (an answer is what is taken back)
    return offer.answered_at


def _restore_availability(referral: Referral, offer: Offer, partner: Partner, now: dt.datetime) -> None:
    """The availability that was corrected with the decline is as it was, unless it was changed again since."""
    corrected = Event.objects.filter(referral=referral, kind=EventKind.AVAILABILITY, at=_answered_at(offer))
    event = corrected.filter(partner=partner).first()
    if event is None or availability_of(partner) != event.data.get("after"):
        return
    restore_availability(partner, event.data["before"])
    record_event(referral, EventKind.AVAILABILITY, By(Actor.SYSTEM, partner=partner), now, data={"restored": True})


def withdraw_unseen(referral: Referral, offer: Offer, now: dt.datetime) -> None:
    """The next partner has not looked: its offer goes, and its turn is given back when it was the last it spent."""
    end_offer(offer, OfferState.WITHDRAWN, SYSTEM, now)
    offer.was_unseen = True
    offer.save()
    spent = Partner.objects.filter(pk=offer.partner_id, last_turn=offer.turn, last_offered_at=offer.turn_at)
    spent.update(last_turn=offer.last_turn_before, last_offered_at=offer.turn_before)
    record_event(referral, EventKind.WITHDRAWN, SYSTEM, now, offer=offer, note="Withdrawn unseen.")
    offer.notices.filter(sent_at=None).delete()
    if offer.notices.exists():  # it was told of the offer: it is told that it is gone
        remind_partner(offer, "withdrawn", [_("It was withdrawn before you opened it. No action needed.")], now)


def _undo_consequences(referral: Referral, offer: Offer, now: dt.datetime) -> None:
    """What the decline set off: its review, a changed type, a new round, a link to another referral."""
    review = getattr(offer, "review", None)
    if review is not None:
        review.state, review.decided_at = ReviewState.TAKEN_BACK, now
        review.save()
    if referral.retry_partner_id == offer.partner_id and referral.round > offer.round:
        referral.round, referral.retry_partner_id = offer.round, None
    if referral.assigned_type != offer.referral_type:
        data = {"from": referral.assigned_type, "to": offer.referral_type, "requested": referral.requested_type}
        referral.assigned_type = offer.referral_type
        record_event(referral, EventKind.RETYPED, SYSTEM, now, note="Decline undone.", data=data)
    referral.duplicate_of = None
    proposed = ProfileCorrection.objects.filter(source=offer.public_id, state=CorrectionState.OPEN)
    proposed.update(state=CorrectionState.DISMISSED, decided_at=now)
    Notification.objects.filter(
        referral=referral, kind="retyped", created_at=_answered_at(offer), sent_at=None
    ).delete()


def _time_left(offer: Offer, now: dt.datetime) -> clocks.Deadline:
    """The seven days, without the minutes until the answer was taken back: nobody gains by it, and nobody lapses."""
    offer.expires_at += now - _answered_at(offer)
    return clocks.Deadline(
        offer.expires_at,
        f"{clocks.EXPIRY_WHY}, plus the minutes until the response was undone",
    )


def _reopen(referral: Referral, offer: Offer, by: By, now: dt.datetime) -> None:
    was = EventKind.ACCEPTED if offer.state == OfferState.ACCEPTED else EventKind.DECLINED
    give_back_time(offer, now)
    due = _time_left(offer, now)
    data = {"what": was.value, "reason": offer.reason.code if offer.reason else "", "notes": offer.notes}
    reopen(offer)
    offer.reason, offer.notes, offer.handover, offer.determination = None, "", "", None
    offer.save()
    record_event(referral, EventKind.UNDONE, by, now, offer=offer, data=data)
    if referral.state == State.OFFERED:
        move(referral, State.AWAITING_PARTNER, SYSTEM, now, note="Decline undone.")
    mover = by if referral.state == State.ACCEPTED else SYSTEM
    move(referral, State.OFFERED, mover, now, due=due, note="Response undone.", offer=offer)
