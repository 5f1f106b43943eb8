"""Try referrals that wait for a partner again, as soon as one may be free: at once, the longest waiting first."""

import datetime as dt

from django.db import transaction

from partners.domain.planning import Choice, plan_batch
from partners.models import Opening, RoutingPolicy
from partners.services.snapshots import load_desk, read_moving, read_version
from referrals.choices import EventKind, State
from referrals.models import Referral

from .moving import SYSTEM, By, move
from .needs import Asking, load_needs, read_asking
from .routing import BATCH


@transaction.atomic
def retry_waiting(*, now: dt.datetime) -> int:
    """Send to routing those waiting referrals for which a partner passes now; gives how many.

    Idempotent. Openings go once they are old enough that no router can have missed them.
    """
    passed = list(Opening.objects.select_related("partner").order_by("id"))
    waiting = _lock_waiting()
    choices = _plan(waiting, now) if waiting else ()
    able = [row.pk for row, choice in zip(waiting, choices, strict=True) if choice.shares]
    for referral in Referral.objects.filter(pk__in=able).order_by("waiting_since", "id"):
        _send_to_routing(referral, _say_openings(passed), now)
    looked_at = Opening.objects.filter(pk__in=[row.pk for row in passed])
    looked_at.settled(now).delete()
    looked_at.update(was_tried=True)
    return len(able)


def _lock_waiting() -> list[Asking]:
    rows = Referral.objects.waiting().filter(state=State.IN_REVIEW)
    return read_asking(rows.select_for_update(no_key=True, skip_locked=True, of=("self",))[:BATCH])


def _plan(waiting: list[Asking], now: dt.datetime) -> tuple[Choice, ...]:
    """What routing would choose for each, in turn; nothing is written, so nothing is locked."""
    desk, policy = load_desk(now, read_version()), RoutingPolicy.objects.in_force(now).as_policy()
    return plan_batch(load_needs(waiting), desk.board, read_moving(), now, policy).choices


def _send_to_routing(referral: Referral, why: str, now: dt.datetime) -> None:
    since = referral.waiting_since or now
    move(referral, State.AWAITING_PARTNER, By(SYSTEM.actor), now, note=why, kind=EventKind.TRIED_AGAIN)
    referral.next_action_at = min(since, now)  # the longest waiting is routed first
    referral.save(update_fields=["next_action_at"])


def _say_openings(rows: list[Opening]) -> str:
    said = dict.fromkeys(f"{row.partner.name}: {row.why}" for row in rows)
    return "; ".join(list(said)[:3]) if said else "A partner passes now."
