"""What a person has just done and may undo: kept in the session, on every page until it is dismissed or too late."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.answering.undoing import why_not_undo
from referrals.choices import OfferState
from referrals.models import DeclineReview, Offer
from referrals.reviewing.reopening import why_not_reopen

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEPT = "undoable"  # in the session: [kind, number, until]
OFFER, REVIEW = "offer", "review"
MOST = 200


@dataclass(frozen=True, slots=True)
class Undoable:
    """One thing done: what, about whom, and where a post undoes it."""

    name: str
    reference: str
    done: "StrOrPromise"
    address: str


def remember(request: HttpRequest, kind: str, pk: int) -> None:
    """Something was done just now that may be undone; the newest is shown first."""
    until = timezone.now() + dt.timedelta(minutes=settings.UNDO_MINUTES)
    others = [row for row in request.session.get(KEPT, []) if row[:2] != [kind, pk]]
    request.session[KEPT] = [[kind, pk, until.timestamp()], *others][:MOST]


def forget(request: HttpRequest, kind: str = "", pk: int = 0) -> None:
    """It was undone; without a kind, everything was dismissed."""
    rest = [row for row in request.session.get(KEPT, []) if kind and row[:2] != [kind, pk]]
    if KEPT in request.session:
        request.session[KEPT] = rest


def undoable(request: HttpRequest) -> list[Undoable]:
    """What may still be undone, the newest first. No query where nothing was done."""
    person: Any = getattr(request, "user", None)
    if not isinstance(person, User) or not person.is_authenticated:
        return []
    now, kept = timezone.now(), getattr(request, "session", {}).get(KEPT, [])
    rows = [(kind, pk) for kind, pk, until in kept if until > now.timestamp()]
    return list(_still(rows, person, now)) if rows else []


def _still(rows: list[tuple[str, int]], person: User, now: dt.datetime) -> Iterator[Undoable]:
    offers = _by_number(Offer.objects.read_by(person).select_related("referral__customer"), rows, OFFER)
    reviews = _by_number(DeclineReview.objects.select_related("offer__referral__customer"), rows, REVIEW)
    for kind, pk in rows:
        offer, review = (offers.get(pk), None) if kind == OFFER else (None, reviews.get(pk))
        if offer and not why_not_undo(offer, offer.referral, now):
            done = _("Declined") if offer.state == OfferState.DECLINED else _("Accepted")
            yield _undoable(offer, done, reverse("pages:offer-undo", args=[offer.number]))
        elif review and not why_not_reopen(review, person, now):
            address = reverse("pages:review-undo", args=[review.offer.public_id])
            yield _undoable(review.offer, _("Decline acknowledged"), address)


def _by_number(found: Any, rows: list[tuple[str, int]], kind: str) -> dict[int, Any]:
    wanted = [pk for one, pk in rows if one == kind]
    return found.in_bulk(wanted) if wanted else {}


def _undoable(offer: Offer, done: "StrOrPromise", address: str) -> Undoable:
    return Undoable(offer.referral.customer.name, offer.referral.public_id, done, address)
