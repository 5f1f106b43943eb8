"""A person's own rows of a list."""

from collections.abc import Sequence

from accounts.models import User
from benefits.domain.catalogue import Edition
from partners.models import Partner
from referrals.models import ListName

from .listing import Listing
from .offers import list_offers
from .referrals import list_referrals


def list_of(person: User, name: ListName, edition: Edition, partners: Sequence[Partner] | None = None) -> Listing:
    """What a person may see of a list; ``partners`` are its own, when they are known already."""
    if name == ListName.REFERRALS:
        return list_referrals(person, edition)
    own = Partner.objects.of_member(person) if partners is None else partners
    return list_offers(person, [partner.pk for partner in own], edition)
