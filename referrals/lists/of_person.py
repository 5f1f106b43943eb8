"""A person's own rows of a list."""

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Exists, OuterRef

from accounts.models import User
from benefits.domain.catalogue import Edition
from partners.choices import ACTING_ROLES
from partners.models import Membership, Partner
from referrals.models import ListName, SavedView

from .listing import LISTINGS, Listing
from .offers import list_offers
from .referrals import list_referrals
from .statements import Reading, reading

OWN = ("id", "public_id", "name", "paused_until", "must_answer_review", "may_act")
VIEWS = ("id", "name", "name_key", "address", "is_default", "owner_id")


@lru_cache(maxsize=LISTINGS)
def own_partners(person: User) -> Reading:
    """A person's own partners, as the head of their list shows them, and whether the person acts for them."""
    acting = Membership.objects.filter(user=person, partner=OuterRef("pk"), is_active=True, role__in=ACTING_ROLES)
    return reading(Partner.objects.of_member(person).annotate(may_act=Exists(acting)), OWN)


@lru_cache(maxsize=LISTINGS)
def saved_views(person: User, name: ListName) -> Reading:
    """The views of a list that a person may open."""
    return reading(SavedView.objects.seen_by(person, name), VIEWS)


def list_of(person: User, name: ListName, edition: Edition, partners: Sequence[int] | None = None) -> Listing:
    """What a person may see of a list; ``partners`` are the ids of its own, when they are known already."""
    if name == ListName.REFERRALS:
        return list_referrals(person, edition)
    own = Partner.objects.of_member(person).values_list("pk", flat=True) if partners is None else partners
    return list_offers(person, list(own), edition)
