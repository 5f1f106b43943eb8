"""Numbers by which old email and documents name a referral: those of its offers and determinations."""

import re
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from benefits.models import Determination
from referrals.choices import LIVE_OFFER_STATES
from referrals.models import Event, Offer, Referral

from .searching import Sought

NUMBER = re.compile("(OFR|DET)-[A-Z0-9]{4}-[A-Z0-9]{4}")
KINDS = {"OFR": "offer", "DET": "determination"}


def number_in(text: str) -> list[tuple[str, str]]:
    """The kind of such a number, and the number; nothing for other texts."""
    kind = NUMBER.fullmatch(text.strip().upper())
    return [(KINDS[kind[1]], kind[0])] if kind else []


def named_by(sought: Sought) -> list[Q]:
    """Referrals with that number."""
    if "offer" in sought:
        return [Q(pk__in=Offer.objects.filter(public_id=sought["offer"]).values("referral"))]
    if "determination" not in sought:
        return []
    number = sought["determination"]
    told = _told_of(number, Event.objects.all())
    return [Q(pk__in=_of_its_customer(number).filter(Q(determination__public_id=number) | told).values("pk"))]


def named_to(partners: Sequence[int], sought: Sought) -> list[Q]:
    """Offers of referrals with that number, if it is one that these partners were told."""
    if "offer" in sought:
        offers = Offer.objects.filter(public_id=sought["offer"], partner__in=partners)
        return [Q(referral__in=offers.values("referral"))]
    if "determination" not in sought:
        return []
    number = sought["determination"]
    own = Q(determination__public_id=number) | Q(referral__determination__public_id=number, state__in=LIVE_OFFER_STATES)
    told = _told_of(number, Event.objects.filter(partner__in=partners))
    return [own | Q(referral__in=_of_its_customer(number).filter(told).values("pk"))]


def _of_its_customer(number: str) -> QuerySet[Referral]:
    """Referrals of the customer that was determined: few, of which the rest is asked."""
    return Referral.objects.filter(customer__in=Determination.objects.filter(public_id=number).values("customer"))


def _told_of(number: str, events: QuerySet[Event]) -> Exists:
    """Of a referral: does one of the events tell that determination?"""
    return Exists(events.filter(referral=OuterRef("pk"), determination__public_id=number))
