"""Who has looked at an offer: its partner, for whom it then counts as seen, or somebody who only reads."""

import datetime as dt

from django.db import transaction

from referrals.choices import EventKind, OfferState
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import lock_offer
from referrals.lifecycle.recording import record_event


@transaction.atomic
def mark_opened(pk: int, *, by: By, now: dt.datetime, acts: bool = True) -> None:
    """Note that a member of the partner has looked at a pending offer. The first time counts.

    Whoever only reads (``acts`` false) ends nobody's time to take an answer back; the team can see that it was read.
    """
    offer = lock_offer(pk)
    if offer.state != OfferState.PENDING or offer.opened_at is not None:
        return
    if acts:
        offer.opened_at = now
        offer.save(update_fields=["opened_at"])
        record_event(offer.referral, EventKind.OFFER_OPENED, by, now, offer=offer)
    elif not offer.events.filter(kind=EventKind.READ, by=by.user).exists():
        record_event(offer.referral, EventKind.READ, by, now, offer=offer)
