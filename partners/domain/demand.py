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

    def add(self, passing: int) -> None:
        self.counts.update(self.board.ids(passing))

    def drop(self, passing: int) -> None:
        self.counts.subtract(self.board.ids(passing))

    def pressure(self, need: Need, passing: int, pool: int, places: Places) -> Pressure:
        """Open needs elsewhere and free places of each partner of a pool; empty while enough places are free.

        ``passing`` are those for whom the need itself is counted.
        """
        free, total = dict[int, int](), 0
        for partner in places.board.ids(pool):
            profile = places.board.profile(partner)
            limit = profile.capacity_for(need.type)
            free[partner] = profile.free_places(places.moving[partner], need.type)
            total += profile.capacity if limit is None else min(limit, profile.capacity)
        below = self.policy.pressure_below
        if below < ALWAYS and sum(free.values()) * 100 >= below * total:
            return {}
        own = places.board.has
        return {one: (self.counts[one] - own(passing, one), places_left) for one, places_left in free.items()}
