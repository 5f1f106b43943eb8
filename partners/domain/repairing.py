"""Make room within a batch: what was given to a partner moves on to another that passes for it as well. Pure.

The search is for a shortest chain of such moves: of needs with one partner each, no order of planning leaves one over
for which another order would have had a place. What goes back to a partner as agreed stays there, and so does what an
incumbent got, where incumbents go first.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from partners.choices import ReferralType

from .places import Places
from .plans import Task
from .splitting import Split
from .standing import not_its_own

TYPES = tuple(kind.value for kind in ReferralType)
Node = tuple[int, str]  # a partner that is to have room for one more of a type


@dataclass(frozen=True, slots=True)
class Step:
    """One need of the batch goes to another partner; at the end of a chain it may be split among several."""

    task: Task
    giver: int
    takers: tuple[int, ...]
    split: Split | None = None


Chain = tuple[Step, ...]  # the first makes room where it is wanted, the last ends at free places
Sharing = Callable[[Task], Split | None]  # finds how free partners could cover a need whole


class Repair:
    """Who holds what of this batch, and from where no chain leads to a free place."""

    def __init__(self, places: Places) -> None:
        self.places, self.board = places, places.board
        self.given: list[tuple[Task, int]] = []  # since the last search
        self.held: dict[Node, list[Task]] = defaultdict(list)  # what may move, by who has it
        self.holders = 0  # mask of those that were given anything of this batch: nobody else can make room
        self.closed = dict.fromkeys(TYPES, 0)  # to moves; stays so, since a batch frees no place
        self.closed_to_sharing = dict.fromkeys(TYPES, 0)
        self.passed = 0  # mask of partners on the chain whose end is being made room for: nothing moves there meanwhile
        self.unable = 0  # mask of partners that are not to make room for now

    def note(self, task: Task, partner: int) -> None:
        """Who was given a need."""
        self.given.append((task, partner))
        self.holders |= self.board.bit(partner)

    def _sort_out(self) -> None:
        for task, partner in self.given:
            if all(not_its_own(task.need, partner, self.places.policy)):
                self.held[partner, task.need.type].append(task)
        self.given.clear()

    def save(self, places: Places) -> "Repair":
        """A copy to go back to, together with the places that it belongs to."""
        saved = Repair(places)
        saved.given, saved.closed = list(self.given), dict(self.closed)
        saved.closed_to_sharing = dict(self.closed_to_sharing)
        saved.passed, saved.unable, saved.holders = self.passed, self.unable, self.holders
        saved.held.update({node: list(tasks) for node, tasks in self.held.items()})
        return saved

    @contextmanager
    def passing_by(self, chain: Chain) -> Iterator[None]:
        """Nothing moves at the givers of a chain meanwhile, neither its needs nor others of another type."""
        before, self.passed = self.passed, self.passed | self.board.mask_of(step.giver for step in chain)
        yield
        self.passed = before

    def move(self, step: Step) -> None:
        """What was split stays as it is."""
        self.held[step.giver, step.task.need.type].remove(step.task)
        if step.split is None:
            self.held[step.takers[0], step.task.need.type].append(step.task)
            self.holders |= self.board.bit(step.takers[0])

    def find(self, wanted: int, kind: str, sharing: Sharing | None = None) -> Chain | None:
        """A shortest chain that makes room for one more of a type at one of the partners wanted, all of them full.

        With ``sharing`` the last need may be split among partners that are free.
        """
        if not wanted & self.holders:
            return None
        self._sort_out()
        closed = self.closed_to_sharing if sharing else self.closed
        seen = {one: mask | self.passed for one, mask in closed.items()}
        queue, came = deque[Node](), dict[Node, tuple[Task, Node]]()
        queue.extend((one, kind) for one in self.places.by_standing(wanted & ~seen[kind]))
        seen[kind] |= wanted
        while queue:
            node = queue.popleft()
            for task in self._movable(node, seen):
                last = self._end(task, node[0], sharing)
                if last:
                    return _trace(last, node, came)
                type_of = task.need.type
                reached = task.open_to & ~seen[type_of]
                seen[type_of] |= reached
                for one in self.board.ids(reached):
                    came[one, type_of] = task, node
                    queue.append((one, type_of))
        self._close(closed, seen)
        return None

    def _close(self, closed: dict[str, int], seen: dict[str, int]) -> None:
        if not self.passed and not self.unable:
            closed.update(seen)

    def _end(self, task: Task, giver: int, sharing: Sharing | None) -> Step | None:
        """A step to where there is room."""
        free = task.open_to & self.places.free[task.need.type]
        if free:
            return Step(task, giver, (self.places.by_standing(free)[0],))
        split = sharing(task) if sharing else None
        return Step(task, giver, tuple(share.partner for share in split.shares), split) if split else None

    def _movable(self, node: Node, seen: dict[str, int]) -> Iterator[Task]:
        """Needs whose leaving would make room: of the same type; of any, where only the capacity in total is spent."""
        partner, kind = node
        yield from self.held[node]
        profile, state = self.board.profile(partner), self.places.moving[partner]
        limit = profile.capacity_for(kind)
        if limit is not None and state.open_of(kind) >= limit:
            return
        for other in TYPES:
            if not self.board.has(seen[other], partner):
                seen[other] |= self.board.bit(partner)
                yield from self.held[partner, other]


def _trace(last: Step, node: Node, came: dict[Node, tuple[Task, Node]]) -> Chain:
    steps = [last]
    while node in came:
        task, giver = came[node]
        steps.append(Step(task, giver[0], (node[0],)))
        node = giver
    return tuple(reversed(steps))
