"""How many open offers a partner has: each takes a place, and gives it back once."""

from partners.choices import ReferralType
from referrals.lifecycle.locking import lock_partner
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
    partner = lock_partner(offer.partner_id)
    if offer.referral_type == ReferralType.BENEFIT:
        partner.open_benefit = max(partner.open_benefit + step, 0)
    partner.open_offers = max(partner.open_offers + step, partner.open_benefit)
    partner.save(update_fields=["open_offers", "open_benefit"])
