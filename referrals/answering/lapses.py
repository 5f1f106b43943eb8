"""A FastTrack Ready Partner that let a referral lapse owes an explanation before it gets offers again."""

import datetime as dt

from django.db import transaction

from referrals.answering.responding import open_review
from referrals.choices import EventKind, OfferState
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import lock_partner, lock_referral
from referrals.lifecycle.recording import record_event
from referrals.models import Offer


def ask_for_explanation(offer: Offer, partner_id: int, now: dt.datetime) -> None:
    """A FastTrack Ready Partner let it lapse while available: a review, and no new offers until it has answered."""
    partner = lock_partner(partner_id)
    partner.must_answer_review = True
    partner.save(update_fields=["must_answer_review"])
    open_review(offer, now)


@transaction.atomic
def answer_lapse(partner_id: int, *, note: str, by: By, now: dt.datetime) -> None:
    """A partner explains why it let a referral lapse; it gets offers again."""
    lapsed = Offer.objects.filter(partner_id=partner_id, state=OfferState.EXPIRED).order_by("-answered_at").first()
    if lapsed is not None:
        referral = lock_referral(lapsed.referral_id)
        record_event(referral, EventKind.NOTE, by, now, offer=lapsed, note=f"About the missed response: {note}")
    partner = lock_partner(partner_id)
    partner.must_answer_review = False
    partner.save(update_fields=["must_answer_review"])
