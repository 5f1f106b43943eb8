"""Numbers by which old email and documents name a referral: those of its offers and determinations."""

import re
from collections.abc import Sequence
from typing import Any

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
    number = {"determination__public_id": sought["determination"]}
    return [Q(pk__in=_told_of(sought, Event.objects.all(), Q(**number)))]


def named_to(partners: Sequence[int], sought: Sought) -> list[Q]:
    """Offers of referrals with that number, if it is one that these partners were told."""
    if "offer" in sought:
        offers = Offer.objects.filter(public_id=sought["offer"], partner__in=partners)
        return [Q(referral__in=offers.values("referral"))]
    if "determination" not in sought:
        return []
    number = sought["determination"]
    own = Q(determination__public_id=number) | Q(referral__determination__public_id=number, state__in=LIVE_OFFER_STATES)
    return [own | Q(referral__in=_told_of(sought, Event.objects.filter(partner__in=partners), Q()))]


def _told_of(sought: Sought, events: QuerySet[Event], besides: Q) -> QuerySet[Referral, Any]:
    """Referrals of which one of the events tells the determination; its customer's are few."""
    number = sought["determination"]
    customers = Determination.objects.filter(public_id=number).values("customer")
    told = Exists(events.filter(referral=OuterRef("pk"), determination__public_id=number))
    return Referral.objects.filter(besides | told if besides else told, customer__in=customers).values("pk")
