"""Try referrals that wait for a partner again, as soon as one may be free: at once, the longest waiting first."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Q

from partners.domain.planning import Planner
from partners.domain.scarcity import TWICE
from partners.models import Opening, RoutingPolicy
from partners.services.snapshots import load_desk, read_moving, read_version
from referrals.choices import EventKind, State
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.moving import move
from referrals.models import Referral
from referrals.routing.choosing import BATCH
from referrals.routing.needs import Asking, load_needs, read_asking


@transaction.atomic
def retry_waiting(*, now: dt.datetime) -> int:
    """Send to routing those waiting referrals for which a partner passes now; gives how many.

    Idempotent. Openings go once they are old enough that no router can have missed them.
    """
    passed = list(Opening.objects.select_related("partner").order_by("id"))
    found = dict(_look_for_partners(now)) if Referral.objects.waiting().exists() else {}
    able = [pk for pk, is_able in found.items() if is_able]
    if able:  # a pass that found somebody for others
        left = [pk for pk, is_able in found.items() if not is_able]
        Referral.objects.filter(pk__in=left, times_left__lt=TWICE).update(times_left=F("times_left") + 1)
    for referral in Referral.objects.filter(pk__in=able).order_by("waiting_since", "id"):
        _send_to_routing(referral, _say_openings(passed), now)
    looked_at = Opening.objects.filter(pk__in=[row.pk for row in passed])
    looked_at.settled(now).delete()
    looked_at.update(was_tried=True)
    return len(able)


def _look_for_partners(now: dt.datetime) -> Iterator[tuple[int, bool]]:
    """Waiting referrals, and whether routing would place them: what is planned for one counts for those behind it.

    Locks them, and nothing else.
    """
    desk, policy = load_desk(now, read_version()), RoutingPolicy.objects.in_force(now).as_policy()
    known = {partner: state for partner, state in read_moving().items() if desk.board.knows(partner)}
    planner = Planner(desk.board, known, now, policy)
    last: tuple[dt.datetime, int] | None = None
    while waiting := _lock_waiting(last):
        for row, choice in zip(waiting, planner.plan(load_needs(waiting)), strict=True):
            yield row.pk, bool(choice.shares)
        newest = Referral.objects.only("waiting_since").get(pk=waiting[-1].pk)
        assert newest.waiting_since is not None  # noqa: S101 (it is locked, and waits)
        last = newest.waiting_since, newest.pk


def _lock_waiting(last: tuple[dt.datetime, int] | None) -> list[Asking]:
    rows = Referral.objects.waiting().filter(state=State.IN_REVIEW)
    if last is not None:
        since, pk = last
        rows = rows.filter(Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=pk))
    return read_asking(rows.select_for_update(no_key=True, skip_locked=True, of=("self",))[:BATCH])


def _send_to_routing(referral: Referral, why: str, now: dt.datetime) -> None:
    since = referral.waiting_since or now
    move(referral, State.AWAITING_PARTNER, By(SYSTEM.actor), now, note=why, kind=EventKind.TRIED_AGAIN)
    referral.next_action_at = min(since, now)  # the longest waiting is routed first
    referral.save(update_fields=["next_action_at"])


def _say_openings(rows: list[Opening]) -> str:
    said = dict.fromkeys(f"{row.partner.name}: {row.why}" for row in rows)
    return "; ".join(list(said)[:3]) if said else "A partner passes now."
