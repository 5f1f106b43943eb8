"""Choose partners for everything that is due: locked, planned in memory, written with few set-based statements."""

import datetime as dt

from django.db import transaction

from partners.domain.matching import Need
from partners.domain.planning import plan_batch
from partners.domain.policy import Policy
from partners.models import RoutingPolicy
from partners.services.snapshots import (
    Desk,
    begin_turns,
    load_desk,
    lock_moving,
    newest_desk,
    read_version,
    start_newcomers,
)
from referrals.choices import NextAct, State
from referrals.lifecycle.acting import SYSTEM
from referrals.lifecycle.determining import determine_referral
from referrals.models import Referral
from referrals.queue import ring
from referrals.routing.demand import count_wanted
from referrals.routing.needs import Asking, load_needs, read_asking
from referrals.routing.offering import write_plan
from referrals.routing.recording import Taken, in_order
from referrals.routing.screening import retype_undelivered

BATCH = 1000
MOST_TRIES = 8


class ProfilesChanged(Exception):
    """A profile changed while the batch was being locked: it is planned again on the new ones."""


class ProfilesNeverStill(Exception):
    """Profiles changed at every try; the work stays due and is tried at the next sweep."""


def route_due(*, now: dt.datetime, limit: int = BATCH, only: list[int] | None = None) -> int:
    """Route what awaits a partner, oldest first; gives how many were looked at.

    Locks the referrals (skipping those another router holds), then in ascending id the partners whose profiles pass.
    At most 15 statements, whatever the size of the batch; a split, new profiles or newcomers, and a policy that weighs
    demand add a few.
    Idempotent: what is not due is not touched.
    """
    desk = newest_desk(now)
    for _ in range(MOST_TRIES):
        try:
            return _route_once(desk, now, limit, only)
        except ProfilesChanged:
            desk = load_desk(now, read_version())
    raise ProfilesNeverStill


@transaction.atomic
def _route_once(desk: Desk, now: dt.datetime, limit: int, only: list[int] | None) -> int:
    due = [_on_all_facts(row, now) for row in _lock_due(now, limit, only)]
    if not due:
        return 0
    needs = load_needs(due)
    taken = _take(due, needs, desk, now)
    policy, wanted = taken.policy.as_policy(), taken.wanted
    plan = plan_batch(needs, taken.desk.board, taken.moving, now, policy, taken.first_turn, wanted)
    write_plan(in_order(due, needs, plan), taken, taken.started | dict(plan.moved), now)
    ring()
    return len(due)


def _take(due: list[Asking], needs: list[Need], desk: Desk, now: dt.datetime) -> Taken:
    """Lock the partners that can matter for these needs, and see that they still are what memory says."""
    in_force = RoutingPolicy.objects.in_force(now)
    policy = in_force.as_policy()
    moving = lock_moving(_partners_of_interest(needs, desk, policy))
    version, first_turn = begin_turns()
    if version is None or version != desk.version:
        raise ProfilesChanged
    started = start_newcomers(desk, moving, now)
    others = {row.pk for row in due}
    wanted = count_wanted(desk.board, policy, now, without=others) if policy.weighs_demand else None
    return Taken(desk, moving | started, started, in_force, first_turn, wanted)


def _partners_of_interest(needs: list[Need], desk: Desk, policy: Policy) -> list[int]:
    """Ids of the partners whose profile passes for one of the needs, alone or as part of a split; ascending."""
    mask = 0
    for need in needs:
        mask |= desk.board.of_interest(need, policy)
    return list(desk.board.ids(mask))


def _on_all_facts(row: Asking, now: dt.datetime) -> Asking:
    """A new offer starts from all that is known: what rests on its last partner's knowledge is determined again."""
    if not row.determined_for:
        return row
    referral = Referral.objects.get(pk=row.pk)
    decided = determine_referral(referral, SYSTEM, now, occasion="routing")
    if not referral.is_typed_by_team:
        retype_undelivered(referral, SYSTEM, now)
    return row._replace(determination=decided.pk, assigned_type=referral.assigned_type)


def _lock_due(now: dt.datetime, limit: int, only: list[int] | None) -> list[Asking]:
    due = Referral.objects.due(NextAct.ROUTE, now).filter(state=State.AWAITING_PARTNER)
    if only is not None:
        due = due.filter(pk__in=only)
    return read_asking(due.select_for_update(no_key=True, skip_locked=True, of=("self",))[:limit])
