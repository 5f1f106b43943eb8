"""The most that any way of routing could place in a scenario on average: a linear program, solved by HiGHS. Pure.

Needs with the same candidates are one class. Per class, partner and step of some days it says how many are placed:
no more than arrived until then, and what is placed and not yet delivered stays below each partner's capacity.
Every simplification makes the bound higher, never lower:

- A need that several may share takes one place, at a partner that covers its scarcest workload.
- What is declined or lapses takes no place and no time. As many of a class are placed at most as would be accepted if
  all of its candidates were asked.
- Only the capacity in total counts. A place is free again after the mean time of delivery, exponentially.
- Where even one step has too many columns, capacity does not count at all.
- What is placed within a step is counted from its beginning, and the largest capacity of a step holds in all of it.

It bounds the mean over many seeds (the fluid bound of routing that does not see durations and answers before they
happen); by luck a single seed may do better.
"""

import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from partners.domain.board import Board
from partners.domain.matching import Moving, Need
from partners.domain.policy import Policy

from .hours import DAY
from .scenario import Answer, Scenario

if TYPE_CHECKING:
    import numpy as np

STEPS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 61, 122, 366)  # days
PRECISION = 10**6  # what is behind it may differ from machine to machine
MOST_COLUMNS = 200_000  # of class, partner and step: keeps the program within half a gigabyte and a minute


@dataclass(frozen=True, slots=True)
class Bound:
    """``placed``: share of the referrals, from 0 to 1. ``days``: length of a step."""

    placed: float
    days: int


def find_bound(scenario: Scenario, policy: Policy, factor: float = 1.0) -> Bound:
    """``factor``: partners decline so many times as often. Only the filters and splits of a policy count.

    Raises:
        ValueError: the scenario has no end.
        ArithmeticError: the solver found no optimum.
    """
    program = _Program(scenario, policy, factor)
    if not program.pools:
        return Bound(0.0, program.days)
    placed = program.solve() if program.fits else float(program.arrived.sum())
    share = math.ceil(placed / len(scenario.arrivals) * PRECISION) / PRECISION
    return Bound(min(1.0, max(0.0, share)), program.days)


class _Program:
    """Columns: placed by pair (class and partner) and step; waiting by class and step; open by partner and step.

    Rows: each partner's open ones, then each class's arrivals, step by step.
    """

    def __init__(self, scenario: Scenario, policy: Policy, factor: float) -> None:
        self.scenario, self.board, self.factor = scenario, Board(scenario.profiles), factor
        if scenario.until is None:
            raise ValueError("a bound needs the end of the scenario")
        every = [_candidates(arrival.need, self.board, policy) for arrival in scenario.arrivals]
        self.pools = {pool: place for place, pool in enumerate(sorted({pool for pool in every if pool}))}
        pairs = sum(pool.bit_count() for pool in self.pools)
        all_days = math.ceil(scenario.until / DAY)
        self.fits = pairs <= MOST_COLUMNS
        self.days = next((days for days in STEPS if pairs * math.ceil(all_days / days) <= MOST_COLUMNS), all_days)
        self.steps = math.ceil(all_days / self.days)
        self.kept = math.exp(-self.days * DAY / scenario.answers.minutes_of_delivery)
        self.arrived = self._count(every)

    def _count(self, every: list[int]) -> "np.ndarray[Any, Any]":
        """Arrivals by class and step, as far as somebody would accept them."""
        import numpy as np

        expected: np.ndarray[Any, Any] = np.zeros((len(self.pools), self.steps))
        usual = {pool: self._accepted(pool, {}) for pool in self.pools}
        for arrival, pool in zip(self.scenario.arrivals, every, strict=True):
            step = arrival.minute // DAY // self.days
            if pool and step < self.steps:
                chance = self._accepted(pool, arrival.known) if arrival.known else usual[pool]
                expected[self.pools[pool], step] += chance
        return expected

    def _accepted(self, pool: int, known: Mapping[int, Answer]) -> float:
        """How likely one of a pool at least would accept: certain where somebody did."""
        answers, nobody = self.scenario.answers, 1.0
        for partner in self.board.ids(pool):
            said = known.get(partner)
            if said is None:
                nobody *= answers.share_not_accepted(partner, self.factor)
            elif said.what == "accepted":
                return 1.0
        return 1 - nobody

    def solve(self) -> float:
        """How many are placed."""
        import highspy

        with _mute():
            solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1), ("solver", "ipm"), ("run_crossover", "off")):
            solver.setOptionValue(name, value)
        solver.passModel(self._model())
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            solver.setOptionValue("solver", "simplex")
            solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"HiGHS: {solver.modelStatusToString(solver.getModelStatus())}")
        return -float(solver.getInfo().objective_function_value)

    def _model(self) -> Any:
        import highspy
        import numpy as np

        partners = sorted({partner for pool in self.pools for partner in self.board.ids(pool)})
        open_from, limit = self._capacity(partners)
        rows, number = {partner: place for place, partner in enumerate(partners)}, len(partners) * self.steps
        pairs = np.array([(rows[one], place) for pool, place in self.pools.items() for one in self.board.ids(pool)])
        step = np.tile(np.arange(self.steps), len(pairs))
        partner, group = (np.repeat(column, self.steps) for column in pairs.T)
        is_there = limit.there[partner, step]
        placed = np.column_stack([partner * self.steps + step, number + group * self.steps + step])[is_there]
        values = np.tile([-self.kept, 1.0], (len(placed), 1))
        waiting = self._carried(number, self.arrived.size, -1.0)
        still_open = self._carried(0, number, -self.kept)
        index = np.concatenate([placed.ravel(), waiting[0], still_open[0]])
        lengths = np.concatenate([np.full(len(placed), 2), waiting[2], still_open[2]])
        right = np.concatenate([open_from.ravel(), self.arrived.ravel()])

        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(lengths), len(right)
        model.col_cost_ = np.concatenate([np.full(len(placed), -1.0), np.zeros(len(lengths) - len(placed))])
        model.col_lower_ = np.zeros(len(lengths))
        free = np.full(len(placed) + self.arrived.size, highspy.kHighsInf)
        model.col_upper_ = np.concatenate([free, limit.places.ravel()])
        model.row_lower_ = model.row_upper_ = right
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        model.a_matrix_.index_ = index.astype(np.int32)
        model.a_matrix_.value_ = np.concatenate([values.ravel(), waiting[1], still_open[1]])
        return model

    def _carried(self, first: int, number: int, on: float) -> tuple[Any, Any, Any]:
        """Rows, values and lengths of columns that count in their own row, and in that of the next step."""
        import numpy as np

        row = np.arange(first, first + number)
        is_last = np.arange(number) % self.steps == self.steps - 1
        index, values = np.column_stack([row, row + 1]), np.tile([1.0, on], (number, 1))
        kept = np.column_stack([np.full(number, fill_value=True), ~is_last])
        return index[kept], values[kept], np.where(is_last, 1, 2)

    def _capacity(self, partners: list[int]) -> tuple[Any, "_Limit"]:
        """What is open of the start when the first step ends, and the most that each has open at the end of each."""
        import numpy as np

        places, there = np.zeros((len(partners), self.steps)), np.zeros((len(partners), self.steps), dtype=bool)
        open_from = np.zeros((len(partners), self.steps))
        for row, partner in enumerate(partners):
            before = self.scenario.standing.get(partner, Moving()).open_offers
            open_from[row, 0] = before * self.kept
            steps = list(self._by_step(partner))
            filled = np.zeros(max(before, *(capacity for capacity, _there in steps)))
            filled[:before] = 1
            for step, (capacity, is_there) in enumerate(steps):
                filled *= self.kept  # what is above the capacity now may be open still
                filled[:capacity] = 1
                places[row, step], there[row, step] = filled.sum(), is_there
        return open_from, _Limit(places, there)

    def _by_step(self, partner: int) -> Iterator[tuple[int, bool]]:
        """The largest capacity of each step, and whether the partner was there for some of it."""
        changes = [change for change in self.scenario.changes if change.partner == partner]
        capacity, is_away = self.board.profile(partner).capacity, False
        for step in range(self.steps):
            begin, end = step * self.days * DAY, (step + 1) * self.days * DAY
            while changes and changes[0].minute <= begin:
                change = changes.pop(0)
                is_away, capacity = change.is_away, capacity if change.capacity is None else change.capacity
            most, is_there = capacity, not is_away
            for change in changes:
                if change.minute < end:
                    most, is_there = max(most, change.capacity or 0), is_there or not change.is_away
            yield most, is_there


@dataclass(frozen=True, slots=True)
class _Limit:
    """By partner and step: places, and whether it is there at all."""

    places: "np.ndarray[Any, Any]"
    there: "np.ndarray[Any, Any]"


@contextmanager
def _mute() -> Iterator[None]:
    """HiGHS writes a banner to standard output as soon as there is a solver, whatever its settings."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _candidates(need: Need, board: Board, policy: Policy) -> int:
    """Who could have a need; where several may share it, who covers its scarcest workload."""
    alone = (need.workloads,)
    each = [(code,) for code in need.workloads] if policy.most_partners > 1 and len(need.workloads) > 1 else alone
    refused = board.refused(need)
    pools = (board.passing(replace(need, workloads=codes), policy) & ~refused for codes in each)
    return min(pools, key=int.bit_count)
