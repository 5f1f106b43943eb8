"""Who is wanted elsewhere: open needs that each partner passes for, beside its free places. Pure."""

from collections import Counter
from collections.abc import Mapping

from .board import Board
from .matching import Need
from .places import Places
from .policy import Policy
from .standing import Pressure

ALWAYS = 100  # percent


class Demand:
    """Counted while a batch is planned: ``wanted`` besides it, and what of it is not placed yet."""

    def __init__(self, board: Board, policy: Policy, wanted: Mapping[int, int]) -> None:
        self.board, self.policy, self.counts = board, policy, Counter(wanted)
        self._most: dict[tuple[int, str], int] = {}  # places in all, by pool and type
        self._most_of = board  # what they were counted for

    def add(self, passing: int) -> None:
        self.counts.update(self.board.members(passing))

    def drop(self, passing: int) -> None:
        self.counts.subtract(self.board.members(passing))

    def pressure(self, need: Need, passing: int, pool: int, places: Places) -> Pressure:
        """Open needs elsewhere and free places of each partner of a pool; empty while enough places are free.

        ``passing`` are those for whom the need itself is counted.
        """
        members, left = self.board.members(pool), places.left[need.type]
        free = [left[one] for one in members]
        below = self.policy.pressure_below
        if below < ALWAYS and sum(free) * 100 >= below * self._count_places(members, pool, need.type, places.board):
            return {}
        own, counts = set(self.board.members(passing)), self.counts
        return {one: (counts[one] - (one in own), number) for one, number in zip(members, free, strict=True)}

    def _count_places(self, members: tuple[int, ...], pool: int, referral_type: str, board: Board) -> int:
        if board is not self._most_of:
            self._most, self._most_of = {}, board
        key = pool, referral_type
        if key not in self._most:
            self._most[key] = sum(board.profile(one).most_of(referral_type) for one in members)
        return self._most[key]
