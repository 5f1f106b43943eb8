"""Numbers by which old email and documents name a referral: those of its offers and determinations."""

import re

from django.db.models import Exists, OuterRef, Q

from benefits.models import Determination
from referrals.models import Event, Offer, Referral

from .searching import Sought

NUMBER = re.compile("(OFR|DET)-[A-Z0-9]{4}-[A-Z0-9]{4}")
KINDS = {"OFR": "offer", "DET": "determination"}


def number_in(text: str) -> list[tuple[str, str]]:
    """The kind of such a number, and the number; nothing for other texts."""
    kind = NUMBER.fullmatch(text.strip().upper())
    return [(KINDS[kind[1]], kind[0])] if kind else []


def named_by(sought: Sought, referral: str) -> list[Q]:
    """Rows of the referral with that number; ``referral`` is the path to it."""
    if "offer" in sought:
        return [Q(**{f"{referral}__in": Offer.objects.filter(public_id=sought["offer"]).values("referral")})]
    if "determination" not in sought:
        return []
    number = {"determination__public_id": sought["determination"]}
    customers = Determination.objects.filter(public_id=sought["determination"]).values("customer")
    told = Event.objects.filter(referral=OuterRef("pk"), **number)
    rows = Referral.objects.filter(Q(**number) | Exists(told), customer__in=customers)
    return [Q(**{f"{referral}__in": rows.values("pk")})]
