"""What a person has to do by when, as its calendar shows it; and the calendar's address, which can be revoked."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.choices import OfferState, ReleaseState, ReviewState, State
from referrals.models import CalendarFeed, DeclineReview, Offer, ReleaseRequest
from referrals.models.offer import assigned_to

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 200  # of each kind, the next due first


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline. ``key`` is the same as long as it is the same deadline, whenever it is due."""

    key: tuple[str, int]
    at: dt.datetime
    words: "StrOrPromise"
    reference: str
    customer: str
    by_team: bool = False


@transaction.atomic
def make_feed(person: User, *, names_customers: bool, now: dt.datetime) -> CalendarFeed:
    """A calendar under a new address; the address before leads nowhere from then on."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    CalendarFeed.objects.filter(user=person).delete()
    return CalendarFeed.objects.create(user=person, names_customers=names_customers, created_at=now)


def feed_at(pk: int) -> CalendarFeed | None:
    """The calendar of an address; nothing where it was revoked, or its person has left."""
    return CalendarFeed.objects.select_related("user").filter(pk=pk, user__is_active=True).first()


def revoke_feed(person: User) -> None:
    CalendarFeed.objects.filter(user=person).delete()


def find_due(person: User) -> Iterator[Due]:
    """What waits for the person: of its partners, what nobody else is assigned to; of the team, all. Three queries."""
    if person.is_processing_team:
        yield from _of_team()
    own = Offer.objects.read_by(person).live().filter(Q(colleague=None) | assigned_to(person))
    for offer in own.order_by("respond_by", "pk")[:MOST]:
        if offer.may_act:
            yield from _of_offer(offer)


def _of_offer(offer: Offer) -> Iterator[Due]:
    referral = offer.referral
    if offer.state == OfferState.PENDING and referral.state not in (State.ON_HOLD, State.IN_REVIEW):
        yield Due(("answer", offer.pk), offer.respond_by, _("Respond"), *_about(offer))
    elif offer.state == OfferState.ACCEPTED and referral.next_action_at:
        kind = referral.next_action
        yield Due((kind, offer.pk), referral.next_action_at, referral.get_next_action_display(), *_about(offer))


def _of_team() -> Iterator[Due]:
    reviews = DeclineReview.objects.filter(state=ReviewState.OPEN).select_related("offer__referral__customer")
    for review in reviews.order_by("due_at", "pk")[:MOST]:
        yield Due(("review", review.pk), review.due_at, _("Review decline"), *_about(review.offer), by_team=True)
    releases = ReleaseRequest.objects.filter(state=ReleaseState.OPEN).select_related("offer__referral__customer")
    for release in releases.order_by("due_at", "pk")[:MOST]:
        said = _("Decide release request")
        yield Due(("release", release.pk), release.due_at, said, *_about(release.offer), by_team=True)


def _about(offer: Offer) -> tuple[str, str]:
    return offer.referral.public_id, offer.referral.customer.name
