"""How near to the optimum a batch is planned, and what planning by scarcity costs. Needs no database."""

import datetime as dt
import gc
from collections.abc import Iterator
from random import Random
from statistics import mean

from benchmarks.measuring import Groups, Row, taking
from lab.chance.drawing import World
from partners.choices import BatchOrder
from partners.domain.board import Board
from partners.domain.matching import Moving, Need
from partners.domain.planning import plan_batch
from partners.domain.policy import Policy

AT = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
NEEDS = 1_000
Batch = tuple[Board, list[Need]]
MAKING = "Drawing worlds of partners and needs …"
LOADS = (0.5, 0.8, 1.0, 1.2)
SIZES = (100, 1_000)
SEEDS = range(20)
TURNS = 12
DUE, SCARCITY = (Policy(most_partners=1, batch_order=order) for order in (BatchOrder.DUE, BatchOrder.SCARCITY))


def draw_batch(partners: int, load: float, seed: int) -> Batch:
    """``load`` is needs divided by places. Everybody starts empty."""
    world = World(Random(f"optimum {partners} {load} {seed}"))
    profiles = world.draw_partners(partners, NEEDS / load)
    return Board(profiles), [world.draw_need() for _ in range(NEEDS)]


def _empty(board: Board) -> dict[int, Moving]:
    return {profile.id: Moving() for profile in board.profiles}


def placed(batch: Batch, policy: Policy) -> int:
    board, needs = batch
    choices = plan_batch(needs, board, _empty(board), AT, policy).choices
    return sum(choice.chosen is not None for choice in choices)


def find_optimum(batch: Batch) -> int:
    """The most needs that one partner each can take: augmenting paths, and nothing of the planner."""
    board, needs = batch
    open_to = [board.ids(board.passing(need, SCARCITY)) for need in needs]
    held: dict[int, list[int]] = {profile.id: [] for profile in board.profiles}
    return sum(_place(need, open_to, held, board) for need in range(len(needs)))


def _place(first: int, open_to: list[list[int]], held: dict[int, list[int]], board: Board) -> bool:
    """Breadth first: whoever is reached gives one of its needs away until somebody has a place."""
    came: dict[int, tuple[int, int | None]] = {}
    queue: list[tuple[int, int | None]] = [(first, None)]
    for need, holder in queue:
        for partner in open_to[need]:
            if partner in came:
                continue
            came[partner] = need, holder
            if len(held[partner]) < board.profile(partner).capacity:
                _shift(partner, came, held)
                return True
            queue += [(other, partner) for other in held[partner]]
    return False


def _shift(last: int, came: dict[int, tuple[int, int | None]], held: dict[int, list[int]]) -> None:
    partner: int | None = last
    while partner is not None:
        need, holder = came[partner]
        held[partner].append(need)
        if holder is not None:
            held[holder].remove(need)
        partner = holder


def measure_optimum(_nothing: None) -> Iterator[Row]:
    """Needs placed, in percent of the most that can be; by due order beside it. The worst of some seeds counts."""
    for partners in SIZES:
        for load in LOADS:
            batches = [draw_batch(partners, load, seed) for seed in SEEDS]
            most = [find_optimum(batch) for batch in batches]
            scarcity, due = (
                [100 * placed(batch, policy) / best for batch, best in zip(batches, most, strict=True)]
                for policy in (SCARCITY, DUE)
            )
            bar = 99.0 if (partners, load) == (100, 1.2) else 99.5
            beside = f"{partners:,} partners, load {load}: due order {mean(due):.1f} %, worst {min(due):.1f} %"
            name, value = f"routing-optimum-{partners}-{load}", min(scarcity)
            yield Row(name, value, "%", f"≥ {bar} % of the optimum", beside, value >= bar)


def measure_scarcity(_nothing: None) -> Iterator[Row]:
    """Planning a thousand needs for a thousand partners beside the same by due order: in turn, the best of each."""
    batches = [draw_batch(1_000, load, 0) for load in LOADS]
    seconds: dict[Policy, list[float]] = {DUE: [], SCARCITY: []}
    for _ in range(TURNS):
        for policy, taken in seconds.items():
            taken.append(_plan_all(batches, policy))
    due, scarcity = (min(seconds[policy]) for policy in (DUE, SCARCITY))
    beside = f"ms CPU a batch: due order {due * 1000:.1f}, scarcity {scarcity * 1000:.1f}"
    yield Row("routing-scarcity", scarcity / due, "× CPU", "≤ 1.15 ×", beside, scarcity / due <= 1.15)


def _plan_all(batches: list[Batch], policy: Policy) -> float:
    """Seconds of processor time a batch. Nothing is known of any need beforehand."""
    fresh = [(Board(board.profiles), needs) for board, needs in batches]
    gc.collect()
    with taking() as taken:
        for board, needs in fresh:
            plan_batch(needs, board, _empty(board), AT, policy)
    return taken.cpu / len(batches)


def prepare() -> None:
    """Nothing is kept: worlds are drawn where they are measured."""


GROUPS: Groups = (
    (tuple(f"routing-optimum-{partners}-{load}" for partners in SIZES for load in LOADS), measure_optimum),
    (("routing-scarcity",), measure_scarcity),
)
