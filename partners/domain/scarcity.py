"""Plan a batch by scarcity: the need with the fewest candidates goes first, and once placed it stays placed. Pure.

When nobody is free for a need, one planned earlier moves to another partner that passes for it, or several share it.
Before all goes what two passes left over, then what has a partner of its own that can take it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from partners.choices import Precedence

from .matching import Need
from .places import Places, Turn
from .plans import Choice, Move, Order, Task
from .repairing import Chain, Repair, Sharing
from .splitting import Share, Split

Way = TypeVar("Way")

if TYPE_CHECKING:
    from .planning import Planner

TWICE = 2
MOST_TRIES = 8  # ways a need, of those that may end half way
MOST_FAILURES = 100  # such ends a batch: then only ways that cannot fail are tried
LEFT_OVER, OWN_PARTNER, CANDIDATES = Precedence.values


def find_order(need: Need, able: int, places: Places) -> Order:
    """Why a need is planned when it is. ``able`` is the mask of those that could take it now."""
    if need.times_left >= TWICE:
        return Order(LEFT_OVER, able.bit_count())
    if need.retry_partner is None and not need.incumbents:
        return Order(CANDIDATES, able.bit_count())
    own = [need.retry_partner, *(need.incumbents if places.policy.incumbent_first else ())]
    is_its_own = any(places.board.has(able, partner) for partner in own)
    return Order(OWN_PARTNER if is_its_own else CANDIDATES, able.bit_count())


def _precedence(task: Task) -> tuple[bool, bool, int, int]:
    """Place in the order of planning: by candidates only where nothing else goes first, then as given."""
    order = task.order
    assert order is not None  # noqa: S101 (every task has one where the order is scarcity)
    why = order.precedence
    return why != LEFT_OVER, why != OWN_PARTNER, order.candidates if why == CANDIDATES else 0, task.place


class Scarcest:
    """One batch of a planner."""

    def __init__(self, planner: "Planner") -> None:
        self.planner = planner
        self.repair = Repair(planner.places)
        self.failures = 0
        self.moves: list[Move] = []  # of the need that is planned

    def walk(self) -> Iterator[int]:
        """Whoever one partner can take alone; then what several cover whole; last, what they cover in part."""
        queue = sorted(self.planner.tasks, key=_precedence)
        self.planner.order = [task.place for task in queue]
        attempts: tuple[Callable[[Task], bool], ...] = (
            *(self._give, self._share_whole, self._make_others_share),
            *(self._share_and_make_others_share, self._share_in_part),
        )
        for attempt in attempts:
            left = []
            for task in queue:
                yield task.place
                self.moves = []
                if not attempt(task):
                    left.append(task)
            queue = left

    # --- one partner

    def _give(self, task: Task) -> bool:
        if self.planner.give(task):
            self.repair.note(task, self.planner.choices[task.place].shares[0].partner)
            return True
        chain = self.repair.find(task.open_to, task.need.type)
        return chain is not None and self._take_place(task, chain)

    def _make_others_share(self, task: Task) -> bool:
        """One planned earlier for one partner is shared by several, so that there is a place for this one."""
        if self.planner.policy.most_partners < 2:
            return False
        return self._try_each(
            lambda: self.repair.find(task.open_to, task.need.type, self._find_split),
            lambda chain: self._take_place(task, chain),
        )

    def _take_place(self, task: Task, chain: Chain) -> bool:
        """The place that a chain of moves leaves."""
        turn, partner = self._make_room(chain, task.need.type), chain[0].giver
        if turn is None:
            return False
        share = Share(partner, task.need.workloads)
        self.planner.settle(task, Choice((share,), turns=(turn,), order=task.order, moves=tuple(self.moves)))
        self.repair.note(task, partner)
        return True

    # --- shared among several

    def _share_in_part(self, task: Task) -> bool:
        return self.planner.share(task, self.planner.find_split(task))

    def _share_and_make_others_share(self, task: Task) -> bool:
        return self._share_whole(task, self._find_split)

    def _share_whole(self, task: Task, sharing: Sharing | None = None) -> bool:
        """Among those that are free, else with those that may make room."""
        split = self.planner.find_split(task)
        if split is not None and not split.left_over:
            return self.planner.share(task, split)
        return self._try_each(lambda: self._find_split(task), lambda split: self._take_shares(task, split, sharing))

    def _take_shares(self, task: Task, split: Split, sharing: Sharing | None) -> bool:
        turns = self._places_of(split, task.need.type, sharing)
        if turns is None:
            return False
        self.planner.settle(task, Choice(split.shares, turns=turns, order=task.order, moves=tuple(self.moves)))
        return True

    def _find_split(self, task: Task) -> Split | None:
        """That covers it whole, among those that are free or from where a chain may lead to a free place."""
        kind, planner = task.need.type, self.planner
        if not planner.can_be_split(task.need):
            return None
        holders = (share.partner for share in planner.choices[task.place].shares)
        more = self.repair.holders & ~self.repair.closed[kind] & ~self.repair.unable & ~planner.board.mask_of(holders)
        able = planner.able_for_part(task) & (planner.places.free[kind] | more)
        if not all(able & planner.board.endorsed_for_any([code]) for code in task.need.workloads):
            return None
        split = planner.find_split(task, more)
        return split if split is not None and not split.left_over else None

    # --- room

    def _try_each(self, find: Callable[[], Way | None], take: Callable[[Way], bool]) -> bool:
        """Ways that may end half way; then everything is as it was, and whoever was unable is not asked again."""
        planner, is_taken = self.planner, False
        for _ in range(min(MOST_TRIES, MOST_FAILURES - self.failures)):
            way = find()
            if way is None:
                break
            saved, choices = planner.places.save(), list(planner.choices)
            repair = self.repair.save(saved)
            is_taken = take(way)
            if is_taken:
                break
            unable, self.failures = self.repair.unable, self.failures + 1
            planner.places, planner.choices, self.repair, self.moves = saved, choices, repair, []
            repair.unable |= unable
        self.repair.unable = 0
        return is_taken

    def _places_of(self, split: Split, kind: str, sharing: Sharing | None = None) -> tuple[Turn, ...] | None:
        """A turn at each partner of a split, the free ones first; none when one of them cannot make room as well."""
        free, turns = self.planner.places.free[kind], dict[int, Turn]()
        for share in sorted(split.shares, key=lambda share: not self.planner.board.has(free, share.partner)):
            turn = self._place_at(share.partner, kind, sharing)
            if turn is None:
                return None
            turns[share.partner] = turn
        return tuple(turns[share.partner] for share in split.shares)

    def _place_at(self, partner: int, kind: str, sharing: Sharing | None) -> Turn | None:
        if self.planner.board.has(self.planner.places.free[kind], partner):
            return self.planner.places.spend_turn(partner, kind)
        bit = self.planner.board.bit(partner)
        chain = self.repair.find(bit, kind, sharing)
        turn = self._make_room(chain, kind) if chain else None
        if turn is None:
            self.repair.unable |= bit
        return turn

    def _make_room(self, chain: Chain, kind: str) -> Turn | None:
        """Move every need of a chain. Each partner keeps the turn that it spent: gives the first one's."""
        turn: Turn | None = None
        for step in reversed(chain):
            type_of, held = step.task.need.type, self.planner.choices[step.task.place]
            shares = step.split.shares if step.split else (Share(step.takers[0], held.shares[0].workloads),)
            turns = (turn,) if turn else self._places_at_the_end(chain, type_of)
            if turns is None:
                return None
            self.planner.choices[step.task.place] = replace(held, shares=shares, turns=turns)
            self.repair.move(step)
            turn = held.turns[0]
        for step in chain:
            self.planner.places.exchange(step.giver, step.task.need.type, kind)
            kind = step.task.need.type
        self.moves += [Move(step.task.place, step.giver, None if step.split else step.takers[0]) for step in chain]
        return turn

    def _places_at_the_end(self, chain: Chain, kind: str) -> tuple[Turn, ...] | None:
        """What a chain moves is not moved by the chains that make room at its end."""
        end = chain[-1]
        if end.split is None:
            return (self.planner.places.spend_turn(end.takers[0], kind),)
        with self.repair.passing_by(chain):
            return self._places_of(end.split, kind)
