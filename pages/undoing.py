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
from django.utils.translation import ngettext

from accounts.models import User
from referrals.answering.undoing import why_not_undo
from referrals.choices import OfferState
from referrals.diligence.restoring import saved_with, why_not_restore
from referrals.lifecycle.sights import sight_of
from referrals.models import DeclineReview, Offer
from referrals.reviewing.reopening import why_not_reopen

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEPT = "undoable"  # in the session: [kind, number, until, public id of where it was done]
OFFER, REVIEW, STATUSES = "offer", "review", "statuses"
MOST = 200
Row = tuple[Any, ...]  # kind, number, and where one is named


@dataclass(frozen=True, slots=True)
class Undoable:
    """One thing done: what, about whom, and where a post undoes it."""

    name: str
    reference: str
    done: "StrOrPromise"
    address: str


def remember(request: HttpRequest, kind: str, pk: int, place: str = "") -> None:
    """Something was done just now that may be undone; the newest is shown first."""
    until = timezone.now() + dt.timedelta(minutes=settings.UNDO_MINUTES)
    others = [row for row in request.session.get(KEPT, []) if row[:2] != [kind, pk]]
    if kind == STATUSES:  # each is asked for by itself on every page
        others = [row for row in others if row[0] != STATUSES]
    request.session[KEPT] = [[kind, pk, until.timestamp(), place], *others][:MOST]


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
    rows = [(kind, pk, *place) for kind, pk, until, *place in kept if until > now.timestamp()]
    return list(_still(rows, person, now)) if rows else []


def _still(rows: list[Row], person: User, now: dt.datetime) -> Iterator[Undoable]:
    offers = _by_number(Offer.objects.read_by(person).select_related("referral__customer"), rows, OFFER)
    reviews = _by_number(DeclineReview.objects.select_related("offer__referral__customer"), rows, REVIEW)
    for kind, pk, *place in rows:
        if kind == STATUSES:
            yield from _statuses(pk, place[0], person, now)
            continue
        offer, review = (offers.get(pk), None) if kind == OFFER else (None, reviews.get(pk))
        if offer and not why_not_undo(offer, offer.referral, now):
            done = _("Declined") if offer.state == OfferState.DECLINED else _("Accepted")
            yield _undoable(offer, done, reverse("pages:offer-undo", args=[offer.number]))
        elif review and not why_not_reopen(review, person, now):
            address = reverse("pages:review-undo", args=[review.offer.public_id])
            yield _undoable(review.offer, _("Decline acknowledged"), address)


def _by_number(found: Any, rows: list[Row], kind: str) -> dict[int, Any]:
    wanted = [pk for one, pk, *_place in rows if one == kind]
    return found.in_bulk(wanted) if wanted else {}


def _statuses(pk: int, place: str, person: User, now: dt.datetime) -> Iterator[Undoable]:
    """What was set for a whole area of workloads, where the person still works on it."""
    offer = Offer.objects.read_by(person).select_related("referral").with_number(place).first()
    saved = saved_with(pk, person)
    works_on_it = offer.may_act and offer.is_live if offer else person.is_processing_team
    customer = offer.referral.customer_id if offer else saved[0].tenant.customer_id if saved else 0
    if works_on_it and not why_not_restore(saved, customer, sight_of(offer), now):
        done = ngettext("%(number)d status set", "%(number)d statuses set", len(saved)) % {"number": len(saved)}
        address = reverse("pages:undo-statuses", args=[place, pk])
        reference = offer.referral.public_id if offer else place
        yield Undoable(saved[0].tenant.customer.name, reference, done, address)


def _undoable(offer: Offer, done: "StrOrPromise", address: str) -> Undoable:
    return Undoable(offer.referral.customer.name, offer.referral.public_id, done, address)
