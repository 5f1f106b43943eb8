"""Put right what must not be, and say so: the constraints should leave it nothing to do."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q

from partners.choices import ReferralType
from partners.models import Partner
from referrals.choices import HELD_STATES, LIVE_OFFER_STATES, EventKind, OfferState, State
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM
from referrals.lifecycle.locking import live_offer, lock_offer, lock_partner, lock_referral
from referrals.lifecycle.moving import end_offer, heal
from referrals.lifecycle.recording import record_event
from referrals.models import Offer, Referral
from referrals.sweeping.invariants import OPEN_OFFERS, QUERIES

logger = logging.getLogger(__name__)
UNHELD_STATES = (State.AWAITING_PARTNER, State.WITH_FTC, State.CLOSED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Healed:
    """One thing that was put right."""

    what: str
    public_id: str


def reconcile(*, now: dt.datetime) -> list[Healed]:
    """Heal every referral and partner that breaks a promise, each in a transaction of its own, and report it."""
    healed: list[Healed] = []
    for find, put_right in HEALERS:
        healed += [found for pk in find() if (found := put_right(pk, now)) is not None]
    return healed


def report(healed: list[Healed]) -> None:
    """Say in the log what was put right: each is a defect that should be looked for."""
    for one in healed:
        logger.error("repaired: %s: %s", one.public_id, one.what)


def _unheld() -> Iterable[int]:
    """Referrals that say a partner has them, while none has."""
    rows = Referral.objects.filter(state__in=HELD_STATES).exclude(offers__state__in=LIVE_OFFER_STATES)
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def _route_again(pk: int, now: dt.datetime) -> Healed | None:
    referral = lock_referral(pk)
    if referral.state not in HELD_STATES or live_offer(referral) is not None:
        return None
    note = f"It was “{referral.get_state_display()}” without a partner that holds it."
    if referral.assigned_type and referral.cover:
        heal(referral, State.AWAITING_PARTNER, clocks.Deadline(now, ""), note, now)
    else:
        heal(referral, State.IN_REVIEW, clocks.team_due(now), note, now)
    return Healed(note, referral.public_id)


def _stray() -> Iterable[int]:
    """Live offers of referrals that nobody is to hold."""
    live = Q(state__in=LIVE_OFFER_STATES, referral__state__in=UNHELD_STATES)
    return list(Offer.objects.filter(live).values_list("pk", flat=True))


@transaction.atomic
def _withdraw(pk: int, now: dt.datetime) -> Healed | None:
    referral_id, partner_id = Offer.objects.values_list("referral_id", "partner_id").get(pk=pk)
    referral, _partner, offer = lock_referral(referral_id), lock_partner(partner_id), lock_offer(pk)
    if referral.state not in UNHELD_STATES or not offer.is_live:
        return None
    end_offer(offer, OfferState.WITHDRAWN, SYSTEM, now)
    note = f"An offer was live although the referral is “{referral.get_state_display()}”."
    record_event(referral, EventKind.HEALED, SYSTEM, now, offer=offer, note=note)
    return Healed(note, offer.public_id)


def _miscounted() -> Iterable[int]:
    """Partners whose open offers are counted otherwise than they are."""
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[OPEN_OFFERS])
        found = [row[0] for row in cursor.fetchall()]
    return list(Partner.objects.filter(public_id__in=found).order_by("id").values_list("pk", flat=True))


@transaction.atomic
def _count_again(pk: int, _now: dt.datetime) -> Healed | None:
    partner = lock_partner(pk)
    counted = Offer.objects.live().filter(partner=partner, uses_capacity=True)
    right, benefit = counted.count(), counted.filter(referral_type=ReferralType.BENEFIT).count()
    if (partner.open_offers, partner.open_benefit) == (right, benefit):
        return None
    was = f"{partner.open_offers} open offers ({partner.open_benefit} of the Benefit) were counted"
    note = f"{was}; there are {right} ({benefit})."
    Partner.objects.filter(pk=pk).update(open_offers=right, open_benefit=benefit)
    return Healed(note, partner.public_id)


HEALERS: tuple[tuple[Callable[[], Iterable[int]], Callable[[int, dt.datetime], Healed | None]], ...] = (
    (_stray, _withdraw),
    (_unheld, _route_again),
    (_miscounted, _count_again),
)
