"""Share one need among the fewest partners when nobody covers it alone. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from .board import Board
from .matching import Moving, Need
from .policy import Policy
from .standing import Preference, Pressure, preference

MOST_COVERAGES = 40  # different coverages that are combined; beyond, the widest of each workload and the widest
WIDEST_OF_EACH = 4


@dataclass(frozen=True, slots=True)
class Share:
    """What one partner gets."""

    partner: int
    workloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Shares, the most preferred partner first; ``left_over`` is what nobody covers."""

    shares: tuple[Share, ...]
    left_over: tuple[str, ...]


Member = tuple[Preference, int, frozenset[str]]  # place in the order, partner, what it covers


def split_need(
    need: Need, able: int, board: Board, moving: Mapping[int, Moving], policy: Policy, pressure: Pressure | None = None
) -> Split | None:
    """The fewest partners that cover all that can be covered, at most as many as the policy allows.

    Where not all can be covered by so many: the most workloads, then the fewest partners, then preference.
    ``able`` are partners that pass every filter but the endorsements. ``None`` when they cover nothing.
    """
    members = _best_of_each_coverage(need, able, board, moving, policy, pressure)
    if not members:
        return None
    chosen = min(_groups(members, policy.most_partners), key=_worth)
    shares, left = [], set(need.workloads)
    for _place, partner, covers in sorted(chosen):
        shares.append(Share(partner, tuple(sorted(left & covers))))
        left -= covers
    return Split(tuple(shares), tuple(sorted(left)))


def _best_of_each_coverage(
    need: Need, able: int, board: Board, moving: Mapping[int, Moving], policy: Policy, pressure: Pressure | None
) -> list[Member]:
    """Of all partners that cover the same workloads only the most preferred can be in the best group."""
    wanted, best = set(need.workloads), dict[frozenset[str], Member]()
    for partner in board.ids(able & board.endorsed_for_any(need.workloads)):
        profile = board.profile(partner)
        covers = frozenset(wanted.intersection(profile.endorsements))
        member = (preference(need, profile, moving[partner], policy, pressure), partner, covers)
        if covers not in best or member < best[covers]:
            best[covers] = member
    return _narrow_down(sorted(best.values(), key=lambda member: (-len(member[2]), member[0])), need)


def _narrow_down(members: list[Member], need: Need) -> list[Member]:
    """Few enough to try every group, with somebody for every workload."""
    if len(members) <= MOST_COVERAGES:
        return members
    each = [[one for one in members if code in one[2]][:WIDEST_OF_EACH] for code in need.workloads]
    kept = {one[1]: one for found in each for one in found}
    for one in members:
        if len(kept) >= MOST_COVERAGES:
            break
        kept.setdefault(one[1], one)
    return list(kept.values())


def _groups(members: list[Member], most: int) -> Iterable[tuple[Member, ...]]:
    for number in range(1, most + 1):
        yield from combinations(members, number)


def _worth(group: tuple[Member, ...]) -> tuple[int, int, list[Preference]]:
    """Best first: covers most, fewest partners, most preferred."""
    covered = frozenset[str]().union(*(covers for _place, _partner, covers in group))
    return -len(covered), len(group), sorted(place for place, _partner, _covers in group)
