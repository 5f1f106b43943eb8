"""What the team does with a decline besides reading it: a word to the partner, giving it back, a profile put right."""

import datetime as dt

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Partner, ProfileCorrection
from referrals.answering.undoing import is_seen, withdraw_unseen
from referrals.choices import Actor, EventKind, OfferState, ReviewState, State
from referrals.domain.lifecycle import MoveRefused, WrongState
from referrals.email.writing import remind_partner
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import live_offer, lock_offer, lock_partners, lock_referral
from referrals.lifecycle.moving import move
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.returning import check_routable
from referrals.models import DeclineReview, Event, Offer, Referral
from referrals.reviewing.acts import close_as_duplicate

NEAR = 0.7  # of all trigrams: the same words with a name changed
OVERTURNED = "Your decline was overturned."  # how the note of its event begins
UNHEARD = (State.OFFERED, State.AWAITING_PARTNER, State.IN_REVIEW)


class NoteMissing(MoveRefused):
    """What was asked for needs words."""


def find_near_notes(offer: Offer) -> list[Offer]:
    """Earlier declines of the same partner with nearly the same notes, the nearest first. One query."""
    if not offer.notes:
        return []
    others = Offer.objects.filter(partner=offer.partner_id, pk__lt=offer.pk).exclude(notes="")
    near = others.annotate(likeness=TrigramSimilarity("notes", offer.notes)).filter(likeness__gte=NEAR)
    return list(near.select_related("referral__customer").order_by("-likeness", "-id")[:5])


@transaction.atomic
def acknowledge_decline(pk: int, *, note: str, about: str = "", by: By, now: dt.datetime) -> DeclineReview:
    """Note that a decline was read. ``about`` proposes besides that the profile says what the note says.

    Raises:
        MoveRefused: somebody has decided it already, or a proposal lacks its words.
    """
    referral, review = _lock_open(pk)
    _propose(referral, review, about, note, by, now)
    _close(review, note, by, now)
    record_event(referral, EventKind.REVIEWED, by, now, offer=review.offer, note=note)
    return review


@transaction.atomic
def coach_partner(pk: int, *, note: str, about: str = "", by: By, now: dt.datetime) -> DeclineReview:
    """Write to the partner about its decline; the review is done with it. Raises MoveRefused without words."""
    if not note.strip():
        raise NoteMissing(_("Enter a message for the partner."))
    referral, review = _lock_open(pk)
    _propose(referral, review, about, note, by, now)
    _close(review, note, by, now)
    record_event(referral, EventKind.COACHED, by, now, offer=review.offer, note=note)
    review.offer.referral = referral
    remind_partner(review.offer, "coached", [_("The referral processing team writes:"), note], now)
    return review


@transaction.atomic
def overturn_decline(pk: int, *, note: str, about: str = "", by: By, now: dt.datetime) -> DeclineReview:
    """Ask the partner again, in a new round; an offer that nobody has opened is withdrawn and its turn given back.

    Raises:
        MoveRefused: it was not declined, the partner takes no offers now, the next one has opened its own, or a
            reason is missing.
    """
    if not note.strip():
        raise NoteMissing(_("Explain why you’re overturning (visible to the partner)."))
    referral, review = _lock_open(pk)
    partners = _lock_concerned(referral, review)
    _check_may_go_back(referral, review.offer, partners[review.offer.partner_id], now)
    _withdraw_following(referral, now)
    _propose(referral, review, about, note, by, now)
    referral.round += 1
    referral.round_by, referral.round_reason = Actor.TEAM, note
    referral.retry_partner = review.offer.partner
    if referral.state != State.AWAITING_PARTNER:
        move(referral, State.AWAITING_PARTNER, by, now, note=note)
    referral.save()
    _close(review, note, by, now)
    record_event(referral, EventKind.COACHED, by, now, offer=review.offer, note=f"{OVERTURNED} {note}")
    return review


@transaction.atomic
def screen_again(pk: int, *, note: str, about: str = "", by: By, now: dt.datetime) -> DeclineReview:
    """Send the referral back to screening: its type, its workloads or its facts look wrong.

    The workloads to cover are found anew, unless it is a part of a split request.

    Raises:
        MoveRefused: the next partner has opened its offer, or a reason is missing.
    """
    if not note.strip():
        raise NoteMissing(_("Explain the problem (kept in the history)."))
    referral, review = _lock_open(pk)
    _take_into_review(referral, review, note, by, now)
    if not referral.engagement:
        referral.cover = []
    move(referral, State.SCREENING, by, now, note=note)
    _propose(referral, review, about, note, by, now)
    _close(review, note, by, now)
    record_event(referral, EventKind.REVIEWED, by, now, offer=review.offer, note=note)
    return review


@transaction.atomic
def link_duplicate(
    pk: int, *, duplicate_of: str, note: str, about: str = "", by: By, now: dt.datetime
) -> DeclineReview:
    """Close the referral as one that repeats another, named by its reference.

    Raises:
        MoveRefused: the next partner has opened its offer, or there is no such referral.
    """
    referral, review = _lock_open(pk)
    words = note.strip() or f"It repeats {duplicate_of}."
    _take_into_review(referral, review, words, by, now)
    close_as_duplicate(referral.pk, duplicate_of=duplicate_of, reason=words, by=by, now=now)
    _propose(referral, review, about, note, by, now)
    _close(review, words, by, now)
    record_event(referral, EventKind.REVIEWED, by, now, offer=review.offer, note=words)
    return review


def has_settled(pk: int, way: str, *, note: str, duplicate_of: str = "", about: str = "", by: By) -> bool:
    """Whether this person has settled a decline in this very way, with these words: an answer that was sent twice.

    ``way`` is ``acknowledge``, ``coach``, ``overturn``, ``screen`` or ``duplicate``.
    """
    review = DeclineReview.objects.select_related("offer").get(pk=pk)
    words = note.strip() or (f"It repeats {duplicate_of}." if way == "duplicate" else "")
    at = review.decided_at
    if review.state != ReviewState.ACKNOWLEDGED or review.decided_by != by.user or at is None:
        return False
    proposed = ProfileCorrection.objects.filter(source=review.offer.public_id, about=about, proposed_by=by.user)
    return way_of(review, at) == way and review.verdict_note.strip() == words and (not about or proposed.exists())


def way_of(review: DeclineReview, at: dt.datetime) -> str:
    """How a decline was settled, as its history has it."""
    events = Event.objects.filter(referral=review.offer.referral_id, at=at)
    told = dict(events.filter(offer=review.offer).values_list("kind", "note"))
    if EventKind.COACHED in told:
        return "overturn" if told[EventKind.COACHED].startswith(OVERTURNED) else "coach"
    if events.filter(kind=EventKind.LINKED).exists():
        return "duplicate"
    return "screen" if events.filter(state_to=State.SCREENING).exists() else "acknowledge"


def _take_into_review(referral: Referral, review: DeclineReview, note: str, by: By, now: dt.datetime) -> None:
    if referral.state not in UNHEARD:
        words = {"state": referral.get_state_display()}
        raise WrongState(_("It’s now “%(state)s”. Use the referral’s actions instead.") % words)
    _lock_concerned(referral, review)
    _withdraw_following(referral, now)
    if referral.state != State.IN_REVIEW:
        move(referral, State.IN_REVIEW, by, now, note=note)


def _lock_concerned(referral: Referral, review: DeclineReview) -> dict[int, Partner]:
    """The partner that declined and the one that was asked next, locked in ascending id."""
    following = live_offer(referral)
    return lock_partners([review.offer.partner_id, *([following.partner_id] if following else [])])


def _withdraw_following(referral: Referral, now: dt.datetime) -> None:
    """Take back the offer that nobody has opened yet; its partner's row is locked. Raises MoveRefused."""
    following = live_offer(referral)
    if following is None:
        return
    following = lock_offer(following.pk)
    if is_seen(following):
        raise WrongState(_("The next partner has opened the offer. Reassign it instead."))
    withdraw_unseen(referral, following, now)


def _check_may_go_back(referral: Referral, offer: Offer, partner: Partner, now: dt.datetime) -> None:
    if offer.state != OfferState.DECLINED:
        raise MoveRefused(_("It wasn’t declined, so there’s nothing to overturn."))
    if referral.state not in UNHEARD:
        words = {"state": referral.get_state_display()}
        raise WrongState(_("It’s now “%(state)s”. Reassign it instead.") % words)
    if not partner.has_availability(now, referral.assigned_type) or partner.must_answer_review:
        said = _("%(partner)s can’t receive offers now: it’s paused, full, or has to explain an expired referral.")
        raise MoveRefused(said % {"partner": partner})
    if referral.excluded_partners.filter(pk=offer.organisation_id).exists():
        raise MoveRefused(_("The customer excluded %(partner)s.") % {"partner": partner})
    check_routable(referral)


def _propose(referral: Referral, review: DeclineReview, about: str, text: str, by: By, now: dt.datetime) -> None:
    """Propose to the admins what the partner's profile should say; nothing when it is about nothing."""
    if not about:
        return
    if not text.strip():
        raise NoteMissing(_("Enter what the profile should say."))
    offer = review.offer
    words = {"about": about, "text": text, "source": offer.public_id}
    ProfileCorrection.objects.create(partner=offer.partner, proposed_at=now, proposed_by=by.user, **words)
    record_event(referral, EventKind.CORRECTION, by, now, offer=offer, note=text, data={"about": about})


def _lock_open(pk: int) -> tuple[Referral, DeclineReview]:
    referral = lock_referral(DeclineReview.objects.values_list("offer__referral_id", flat=True).get(pk=pk))
    rows = DeclineReview.objects.select_for_update(of=("self",)).select_related("offer__partner")
    review = rows.get(pk=pk)
    if review.state != ReviewState.OPEN:
        words = {"state": review.get_state_display()}
        raise WrongState(_("Already “%(state)s”. No changes were made.") % words)
    return referral, review


def _close(review: DeclineReview, note: str, by: By, now: dt.datetime) -> None:
    review.state, review.verdict_note = ReviewState.ACKNOWLEDGED, note
    review.decided_at, review.decided_by = now, by.user
    review.save()
