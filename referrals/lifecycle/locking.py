"""Lock what is about to change: referrals (by id) first, then partners (by id); an offer under its referral."""

from collections.abc import Iterable

from partners.models import Partner
from referrals.models import Offer, Referral


def lock_referral(pk: int) -> Referral:
    """Lock a referral first, before partner and offer rows; read after."""
    return Referral.objects.select_for_update(no_key=True).get(pk=pk)


def lock_partner(pk: int) -> Partner:
    return Partner.objects.select_for_update(no_key=True).get(pk=pk)


def lock_partners(ids: Iterable[int]) -> dict[int, Partner]:
    """Several partners by their ids, locked in ascending order."""
    rows = Partner.objects.filter(pk__in=set(ids)).select_for_update(no_key=True).order_by("id")
    return {row.pk: row for row in rows}


def lock_offer(pk: int) -> Offer:
    return Offer.objects.select_for_update(no_key=True).get(pk=pk)


def live_offer(referral: Referral) -> Offer | None:
    """The locked live offer of a locked referral."""
    return Offer.objects.select_for_update(no_key=True, of=("self",)).live().filter(referral=referral).first()
