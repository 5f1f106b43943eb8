"""Write the receipts of a batch: what it started from, and a run for each referral. Two statements."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from partners.domain.matching import Moving, Need
from partners.domain.plans import Choice, Plan
from partners.domain.policy import Policy
from partners.domain.receipts import (
    ENGINE_VERSION,
    Start,
    pack_counts,
    pack_moving,
    receipt_hash,
    write_moves,
    write_need,
    write_order,
    write_shares,
)
from partners.domain.standing import say_score
from partners.models import RoutingPolicy
from partners.services.snapshots import Desk, keep_base, keep_revision
from referrals.models import RoutingBatch, RoutingRun
from referrals.routing.inserting import insert_rows
from referrals.routing.needs import Asking


@dataclass(frozen=True, slots=True)
class Taken:
    """What one batch works on, locked until the end of the transaction."""

    desk: Desk
    moving: dict[int, Moving]
    started: dict[int, Moving]  # newcomers with the turn they start from
    policy: RoutingPolicy
    first_turn: int
    wanted: dict[int, int] | None  # by partner, where the policy weighs demand


class Planned(NamedTuple):
    """One referral of a batch with its planned choice. ``moves``: by places in the order of planning."""

    asking: Asking
    need: Need
    choice: Choice
    moves: list[list[int | None]]


def in_order(due: list[Asking], needs: list[Need], plan: Plan) -> list[Planned]:
    """What was planned, in the order of planning."""
    rows = list(zip(due, needs, plan.choices, strict=True))
    return [Planned(*rows[place], write_moves(rows[place][2], plan.positions)) for place in plan.order]


def write_receipts(plan: list[Planned], taken: Taken, now: dt.datetime) -> dict[int, int]:
    """Referral → its run."""
    policy = taken.policy.as_policy()
    return _write_runs(plan, _write_batch(taken, policy, now), taken.desk, policy)


def _write_batch(taken: Taken, policy: Policy, now: dt.datetime) -> RoutingBatch:
    base, base_hash, differing = keep_base(taken.moving)
    changes, wanted = pack_moving(differing), None if taken.wanted is None else pack_counts(taken.wanted)
    start = Start(
        engine=ENGINE_VERSION,
        policy=policy,
        revision=taken.desk.content_hash,
        base=base_hash,
        changes=changes,
        at=now,
        first_turn=taken.first_turn,
        wanted=wanted,
    )
    return RoutingBatch.objects.create(
        at=now,
        engine_version=ENGINE_VERSION,
        policy=taken.policy,
        profiles_id=keep_revision(taken.desk),
        base_id=base,
        changes=changes,
        first_turn=taken.first_turn,
        wanted=wanted,
        start_hash=start.hash(),
    )


def _write_runs(plan: list[Planned], batch: RoutingBatch, desk: Desk, policy: Policy) -> dict[int, int]:
    before, rows = batch.start_hash, []
    for position, (asking, wanted, choice, moves) in enumerate(plan):
        need = write_need(wanted)
        before = receipt_hash(before, need, choice, moves)
        rows.append(
            {
                "referral_id": asking.pk,
                "position": position,
                "need": need,
                "chosen_id": choice.chosen,
                "shares": write_shares(choice),
                "left_over": choice.left_over,
                "passing": choice.passing,
                "ranked": choice.ranked,
                "order": write_order(choice) or None,
                "moves": moves or None,
                "words": _words(wanted, choice, desk, policy),
                "receipt_hash": before,
            }
        )
    return insert_rows(RoutingRun, rows, {"batch_id": batch.pk}, key="referral_id")


def _words(need: Need, choice: Choice, desk: Desk, policy: Policy) -> list[dict[str, str]]:
    rows = zip(map(desk.board.profile, choice.ranked), choice.standings, strict=True)
    said = ((profile.name, say_score(need, profile, moving, policy, choice.pressure)) for profile, moving in rows)
    return [{"name": name, "why": why} for name, why in said]
