"""What the partner that has a referral knows of its customer, and what others recorded that it has not looked at.

Sides that work on the same customer learn of each other's facts at the start of the next day (UTC), as value and day.
A standing determination rests on what its partner has looked at; what has come since waits until it looks.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from benefits.domain.sight import EVERYTHING, Sight, start_of_day
from benefits.models import Customer
from benefits.services.changes import FactChange, list_changes
from benefits.services.customers import Author
from benefits.services.editions import edition_in_force
from benefits.services.situations import Facts, load_facts
from referrals.lifecycle.acting import By
from referrals.models import Offer, Referral


class LookFirst(Exception):
    """Others have recorded facts that the partner has not looked at: it has to, before what it does rests on them."""

    def __init__(self, changes: tuple[FactChange, ...]) -> None:
        self.changes = changes
        super().__init__(_("Facts on record have changed. Review them first."))


PARTNER = "partner:"


def party_of(partner_pk: int) -> str:
    """A partner as the author of facts."""
    return f"{PARTNER}{partner_pk}"


def author_of(by: By) -> Author:
    """The side a fact is recorded for: a partner's own, the team's, or the requester's."""
    return Author(party_of(by.partner.pk) if by.partner else str(by.actor), by.user)


def sight_of(offer: Offer | None) -> Sight:
    """What the determination of a referral rests on: what its partner has looked at, or all where nobody has it."""
    if offer is None or not offer.is_live:
        return EVERYTHING
    return Sight(party_of(offer.partner_id), offer.facts_until or offer.offered_at)


def horizon_of(offer: Offer | None, now: dt.datetime) -> Sight:
    """What the partner may know by now, whether it has looked or not."""
    sight = sight_of(offer)
    return sight if sight.until is None else Sight(sight.party, max(sight.until, start_of_day(now)))


def find_holders(referrals: Iterable[Referral]) -> dict[int, Offer]:
    """Referral → the live offer of the partner that has it. One query."""
    return {offer.referral_id: offer for offer in Offer.objects.live().filter(referral__in=list(referrals))}


def find_changes(
    customer: Customer, offer: Offer, now: dt.datetime, known: Facts | None = None
) -> tuple[FactChange, ...]:
    """What others have recorded that the partner may know and has not looked at.

    Three queries where there may be something; none beside those of ``known``, what it has looked at, where not.
    """
    known = known or load_facts(customer, sight_of(offer))
    horizon = horizon_of(offer, now)
    if not known.is_partial or horizon == sight_of(offer):
        return ()
    _edition_id, edition = edition_in_force(now.date())
    return list_changes(known, load_facts(customer, horizon), edition)


def mark_of(changes: tuple[FactChange, ...]) -> str:
    """What a form carries to say which changes its reader has looked at; empty for none."""
    said = "\n".join("|".join((row.tenant, row.about, row.was, row.now, str(row.on))) for row in changes)
    return salted_hmac("facts reviewed", said).hexdigest()[:32] if changes else ""


def take_into_account(offer: Offer, now: dt.datetime) -> None:
    """From now on what the partner may know by now counts for its (locked) offer; the caller determines again."""
    offer.facts_until = horizon_of(offer, now).until
    offer.save(update_fields=["facts_until"])


def check_looked(referral: Referral, offer: Offer, looked: str, now: dt.datetime) -> None:
    """Let the partner of a locked offer go on when nothing waits to be looked at, or when it has looked at just that.

    Raises:
        LookFirst: with what there is to look at.
    """
    changes = find_changes(referral.customer, offer, now)
    if changes and looked != mark_of(changes):
        raise LookFirst(changes)
    if changes:
        take_into_account(offer, now)
