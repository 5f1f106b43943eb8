"""How a partner's own people share its work: who looks after an offer, and the partner's own tags."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from partners.choices import ACTING_ROLES
from partners.models import Partner
from referrals.choices import EventKind
from referrals.models import Offer, Referral

from .delivering import OfferNotHeld
from .moving import By, lock_offer, lock_referral, record_event

MOST_TAGS = 10
LONGEST_TAG = 30


class NotAColleague(Exception):
    """The person cannot act for the partner."""


def colleagues_of(partner: Partner) -> list[User]:
    """Who may be given an offer of a partner: its members who act, by name."""
    members = User.objects.filter(
        is_active=True,
        memberships__partner=partner,
        memberships__is_active=True,
        memberships__role__in=ACTING_ROLES,
    )
    return list(members.order_by("name", "email"))


@transaction.atomic
def give_to_colleague(pk: int, *, to: User | None, by: By, now: dt.datetime) -> Offer:
    """Say which colleague looks after an offer; None for nobody. Again the same changes nothing.

    Raises:
        NotAColleague: the person does not act for the offer's partner.
        OfferNotHeld: the offer has ended.
    """
    referral, offer = _lock_live(pk)
    if to is not None and to not in colleagues_of(offer.partner):
        raise NotAColleague("This person does not act for your partner.")
    if offer.assigned_to != to:
        offer.assigned_to = to
        offer.save(update_fields=["assigned_to"])
        note = f"Given to {to}." if to else "Given to nobody in particular."
        record_event(referral, EventKind.COLLEAGUE, by, now, offer=offer, note=note)
    return offer


@transaction.atomic
def tag_offer(pk: int, *, add: Iterable[str], remove: Iterable[str] = (), by: By, now: dt.datetime) -> Offer:
    """Change the partner's own tags of an offer, ended ones too. Raises ValueError when there would be too many."""
    referral, offer = _lock(pk)
    tags = sorted((set(offer.tags) | set(add)) - set(remove))
    if len(tags) > MOST_TAGS:
        raise ValueError(f"An offer has at most {MOST_TAGS} tags.")
    if tags != offer.tags:
        offer.tags = tags
        offer.save(update_fields=["tags"])
        record_event(referral, EventKind.TAGGED, by, now, offer=offer, note=", ".join(tags) or "No tags.")
    return offer


def _lock(pk: int) -> tuple[Referral, Offer]:
    referral = lock_referral(Offer.objects.values_list("referral_id", flat=True).get(pk=pk))
    return referral, lock_offer(pk)


def _lock_live(pk: int) -> tuple[Referral, Offer]:
    referral, offer = _lock(pk)
    if not offer.is_live:
        raise OfferNotHeld("It has ended; the record is there to be read.")
    return referral, offer
