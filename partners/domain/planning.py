"""Plan a whole batch in memory: bit masks over the profiles, and places and turns that move with every choice. Pure.

By due order the result equals choosing for one referral after the other. By scarcity see ``scarcity``.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .board import Board
from .demand import Demand
from .matching import Moving, Need
from .places import Places
from .plans import Choice, Plan, Task
from .policy import Policy
from .scarcity import Scarcest, find_order
from .splitting import Share, Split, split_need
from .standing import Pressure

RUNNERS_UP = 2


def plan_batch(
    needs: Iterable[Need],
    board: Board,
    moving: Mapping[int, Moving],
    at: dt.datetime,
    policy: Policy,
    first_turn: int | None = None,
    wanted: Mapping[int, int] | None = None,
) -> Plan:
    """Choose for every need. ``moving`` must know every partner that passes the profile filters of a need.

    ``wanted`` counts, by partner, the open needs outside of the batch that it passes for.
    """
    planner = Planner(board, moving, at, policy, first_turn, wanted)
    choices = planner.plan(list(needs))
    return Plan(tuple(choices), planner.places.moved, tuple(planner.order), planner.positions)


class Planner:
    """One pass over one batch, or several: what was chosen so far counts for what comes next."""

    def __init__(
        self,
        board: Board,
        moving: Mapping[int, Moving],
        at: dt.datetime,
        policy: Policy,
        first_turn: int | None = None,
        wanted: Mapping[int, int] | None = None,
    ) -> None:
        self.board, self.policy = board, policy
        self.places = Places(board, moving, at, policy, first_turn)
        self.paused = board.paused(at)
        self.demand = Demand(board, policy, wanted or {}) if policy.weighs_demand else None
        self.tasks: list[Task] = []
        self.choices: list[Choice] = []
        self.order: list[int] = []

    @property
    def positions(self) -> dict[int, int]:
        """Place of a need → its position in the order of planning."""
        return {place: position for position, place in enumerate(self.order)}

    def choose(self, need: Need) -> Choice:
        """The best single partner, else the fewest that share it, else nobody."""
        return self.plan([need])[0]

    def plan(self, needs: Sequence[Need]) -> list[Choice]:
        """A choice for every need."""
        for _place in self.walk(needs):
            pass
        return self.choices

    def walk(self, needs: Sequence[Need]) -> Iterator[int]:
        """Plan, and give the place of each need just before it is looked at: the last time for good."""
        self.tasks = [self._task(place, need) for place, need in enumerate(needs)]
        if self.demand:
            for task in self.tasks:
                self.demand.add(task.open_to)
        self.choices = [Choice(order=task.order) for task in self.tasks]
        self.order = [task.place for task in self.tasks]
        yield from Scarcest(self).walk() if self.policy.is_scarcest_first else self._walk_due()

    def _task(self, place: int, need: Need) -> Task:
        open_to = self.open_to(need)
        if not self.policy.is_scarcest_first:
            return Task(place, need, open_to)
        return Task(place, need, open_to, find_order(need, open_to & self.places.free[need.type], self.places))

    def _walk_due(self) -> Iterator[int]:
        for task in self.tasks:
            yield task.place
            if not self.give(task):
                self.share(task, self.find_split(task))

    def open_to(self, need: Need) -> int:
        """Who passes, full ones included."""
        return self.board.passing(need, self.policy) & ~self.paused & ~self.board.refused(need)

    def give(self, task: Task) -> bool:
        """To the best of those that are free, if any is."""
        able = task.open_to & self.places.free[task.need.type]
        if not able:
            return False
        pressure = self._pressure(task, task.open_to)
        ranked = self.places.best(task.need, able, 1 + RUNNERS_UP, pressure)
        standings = tuple(self.places.moving[partner] for partner in ranked)
        turns = (self.places.spend_turn(ranked[0], task.need.type),)
        share = Share(ranked[0], task.need.workloads)
        shown = {partner: pressure[partner] for partner in ranked} if pressure else {}
        self.settle(task, Choice((share,), (), ranked, able.bit_count(), standings, turns, task.order, (), shown))
        return True

    def can_be_split(self, need: Need) -> bool:
        return self.policy.most_partners > 1 and len(need.workloads) > 1

    def able_for_part(self, task: Task) -> int:
        """Who passes for some of its workloads, full ones included."""
        need = task.need
        passing = self.board.passing(need, self.policy, whatever_endorsed=True) & ~self.paused
        return passing & ~self.board.refused(need) & self.board.endorsed_for_any(need.workloads)

    def find_split(self, task: Task, more: int = 0) -> Split | None:
        """The fewest that share it, of those that are free and ``more``."""
        if not self.can_be_split(task.need):
            return None
        able = self.able_for_part(task) & (self.places.free[task.need.type] | more)
        pressure = self._pressure(task, self.able_for_part(task))
        return split_need(task.need, able, self.board, self.places.moving, self.policy, pressure)

    def share(self, task: Task, split: Split | None) -> bool:
        """Among those of the split, if there is one."""
        if split is None:
            return False
        turns = tuple(self.places.spend_turn(share.partner, task.need.type) for share in split.shares)
        self.settle(task, Choice(split.shares, split.left_over, turns=turns, order=task.order))
        return True

    def settle(self, task: Task, choice: Choice) -> None:
        """Keep a choice: the need is wanted from nobody any more."""
        self.choices[task.place] = choice
        if self.demand:
            self.demand.drop(task.open_to)

    def pressure_on(self, place: int) -> Pressure:
        """Demand elsewhere on everybody who passes for the need at a place, as it is at this moment of the walk.

        Where no single partner is free, on those who pass for a part of it.
        """
        task = self.tasks[place]
        is_single = task.open_to & self.places.free[task.need.type] or not self.can_be_split(task.need)
        return self._pressure(task, task.open_to if is_single else self.able_for_part(task))

    def _pressure(self, task: Task, pool: int) -> Pressure:
        return self.demand.pressure(task.need, task.open_to, pool, self.places) if self.demand else {}
