"""How many open offers a partner has: each takes a place, and gives it back once."""

from django.db.models import F
from django.db.models.functions import Greatest

from partners.choices import ReferralType
from partners.models import Partner
from referrals.models import Offer


def free_capacity(offer: Offer) -> None:
    """The offer uses its partner's capacity no more; the caller saves the offer."""
    if offer.uses_capacity:
        _count(offer, -1)
    offer.uses_capacity = False


def use_capacity(offer: Offer) -> None:
    """The offer uses its partner's capacity again; the caller saves the offer."""
    if not offer.uses_capacity:
        _count(offer, 1)
    offer.uses_capacity = True


def _count(offer: Offer, step: int) -> None:
    """One statement, which locks the partner."""
    is_benefit = offer.referral_type == ReferralType.BENEFIT
    benefit = Greatest(F("open_benefit") + step, 0) if is_benefit else F("open_benefit")
    offers = Greatest(F("open_offers") + step, benefit)
    Partner.objects.filter(pk=offer.partner_id).update(open_offers=offers, open_benefit=benefit)
