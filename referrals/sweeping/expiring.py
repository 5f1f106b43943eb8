"""What time alone ends: an offer that nobody answered in seven days, and a hold."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from referrals.answering.lapses import ask_for_explanation
from referrals.answering.reaching import close_unreachable
from referrals.choices import EventKind, OfferState, State
from referrals.domain.policies import has_duty_to_deliver
from referrals.email.writing import remind_partner
from referrals.lifecycle.acting import SYSTEM
from referrals.lifecycle.locking import lock_offer, lock_partner, lock_referral
from referrals.lifecycle.moving import end_offer, move
from referrals.lifecycle.returning import return_to
from referrals.models import Offer
from referrals.routing.screening import retype_undelivered


@transaction.atomic
def wake_referral(pk: int, *, now: dt.datetime) -> None:
    """Take a held referral up where it was. Does nothing when it is no longer due (idempotent)."""
    referral = lock_referral(pk)
    if referral.state != State.ON_HOLD or referral.next_action_at is None or referral.next_action_at > now:
        return
    if referral.unreachable_since is not None:
        close_unreachable(referral, now)
        return
    back = State(referral.state_before)
    return_to(referral, back, SYSTEM, now, note="The hold is over.")


@transaction.atomic
def expire_offer(pk: int, *, now: dt.datetime) -> bool:
    """Expire one offer and route its referral on. Does nothing when it was answered meanwhile (idempotent)."""
    referral_id, partner_id = Offer.objects.values_list("referral_id", "partner_id").get(pk=pk)
    referral, partner, offer = lock_referral(referral_id), lock_partner(partner_id), lock_offer(pk)
    if referral.state != State.OFFERED or offer.state != OfferState.PENDING or offer.expires_at > now:
        return False
    was_available = partner.has_availability(now, offer.referral_type, without=1)
    offer.determination = referral.determination
    end_offer(offer, OfferState.EXPIRED, SYSTEM, now)
    outcome = referral.determination.outcome if referral.determination else ""
    if has_duty_to_deliver(
        referral_type=offer.referral_type,
        is_fasttrack_ready=partner.is_fasttrack_ready,
        has_availability=was_available,
        outcome=outcome,
        reason_act="",
    ):
        ask_for_explanation(offer, partner.pk, now)
    words = [_("There was no response in 7 days. It’s now offered to the next partner; you keep a read-only record.")]
    remind_partner(offer, "expired", words, now)
    retype_undelivered(referral, SYSTEM, now)
    move(
        referral,
        State.AWAITING_PARTNER,
        SYSTEM,
        now,
        note="No answer in seven days.",
        offer=offer,
        kind=EventKind.EXPIRED,
    )
    return True
