"""Plan a whole batch in memory: bit masks over the profiles, one pass in due order.

The result equals choosing for one referral after the other: each choice moves the chosen partner's
open offers and its turn before the next referral is looked at.
"""

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import nsmallest

from partners.choices import ReferralType

from .board import Board
from .matching import Moving, Need, Standing, has_room, preference, standing
from .policy import Policy
from .splitting import Share, Split, split_need

RUNNERS_UP = 2
FEW = 48  # up to so many candidates are sorted; more are found by walking the rotation
STEP = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What an offer changes with its partner."""

    before: Moving
    after: Moving


@dataclass(frozen=True, slots=True)
class Choice:
    """One planned routing. ``shares`` are who gets what: one covering all, the parts of a split, or nobody."""

    shares: tuple[Share, ...] = ()
    left_over: tuple[str, ...] = ()  # workloads of a split that no partner covers
    ranked: tuple[int, ...] = ()  # the first few that pass every filter, best first
    passing: int = 0  # how many pass every filter
    standings: tuple[Moving, ...] = ()  # of those ranked, when they were
    turns: tuple[Turn, ...] = ()  # of each share

    @property
    def chosen(self) -> int | None:
        """The partner that goes first; ``None`` when there is nobody."""
        return self.shares[0].partner if self.shares else None


NOBODY = Choice()


@dataclass(frozen=True, slots=True)
class Plan:
    """Choices in the order of the needs, and the moving part of every partner that moved."""

    choices: tuple[Choice, ...]
    moved: Mapping[int, Moving]


def plan_batch(
    needs: Iterable[Need], board: Board, moving: Mapping[int, Moving], at: dt.datetime, policy: Policy
) -> Plan:
    """Choose for every need in order. ``moving`` must know every partner that passes the profile filters of a need."""
    planner = Planner(board, moving, at, policy)
    return Plan(tuple(planner.choose(need) for need in needs), planner.moved)


class Planner:
    """One pass over a batch: what was chosen so far counts for what comes next."""

    def __init__(self, board: Board, moving: Mapping[int, Moving], at: dt.datetime, policy: Policy) -> None:
        self.board, self.at, self.policy = board, at, policy
        self.moving = dict(moving)
        self.moved: dict[int, Moving] = {}
        self.free = {
            kind.value: board.mask_of(one for one in moving if has_room(board.profile(one), moving[one], kind))
            for kind in ReferralType
        }
        self.paused = board.paused(at)
        self._standings = {partner: standing(partner, state, policy) for partner, state in moving.items()}
        self._rotation: list[tuple[Standing, int, int]] | None = None

    def choose(self, need: Need) -> Choice:
        """The best single partner, else the fewest that share it, else nobody."""
        offerable = self.free[need.type] & ~self.paused & ~self.board.refused(need)
        able = self.board.passing(need, self.policy) & offerable
        ranked = self._best(need, able)
        if not ranked:
            return self._split(need, offerable)
        standings = tuple(self.moving[partner] for partner in ranked)
        turns = (self._spend_turn(ranked[0], need.type),)
        return Choice((Share(ranked[0], need.workloads),), (), ranked, able.bit_count(), standings, turns)

    def _split(self, need: Need, offerable: int) -> Choice:
        if self.policy.most_partners < 2 or len(need.workloads) < 2:
            return NOBODY
        able = self.board.passing(replace(need, workloads=()), self.policy) & offerable
        split: Split | None = split_need(need, able, self.board, self.moving, self.policy)
        if split is None:
            return NOBODY
        turns = tuple(self._spend_turn(share.partner, need.type) for share in split.shares)
        return Choice(split.shares, split.left_over, turns=turns)

    def _best(self, need: Need, able: int) -> tuple[int, ...]:
        """The first few of those able, by preference: who goes before all others, then by standing."""
        if not able:
            return ()
        found = self._ahead(need, able)
        others = self._walk(able) if able.bit_count() > FEW else self._sorted(able, RUNNERS_UP + 1 + len(found))
        for partner in others:
            if len(found) > RUNNERS_UP:
                break
            if partner not in found:
                found.append(partner)
        return tuple(found)

    def _ahead(self, need: Need, able: int) -> list[int]:
        """Those able that are asked again or incumbents, best first."""
        named = [need.retry_partner, *(need.incumbents if self.policy.incumbent_first else ())]
        first = {partner for partner in named if partner is not None and self.board.has(able, partner)}
        if len(first) < 2:
            return list(first)
        board, moving, policy = self.board, self.moving, self.policy
        return sorted(first, key=lambda one: preference(need, board.profile(one), moving[one], policy))

    def _sorted(self, able: int, number: int) -> Iterator[int]:
        standings = self._standings
        return (one for _stands, one in nsmallest(number, [(standings[one], one) for one in self.board.ids(able)]))

    def _walk(self, able: int) -> Iterator[int]:
        """Those able, in the order of their standing: the rotation is kept sorted while turns are spent."""
        if self._rotation is None:
            places = self.board.places
            self._rotation = sorted((stands, one, places[one]) for one, stands in self._standings.items())
        bits = able.to_bytes(self.board.width, "little")
        for _stands, one, place in self._rotation:
            if bits[place >> 3] >> (place & 7) & 1:
                yield one

    def _spend_turn(self, partner: int, referral_type: str) -> Turn:
        before = self.moving[partner]
        turn = max(self.at, before.last_offered_at or self.at) + STEP
        after = before.with_one_more(referral_type, turn)
        stood, stands = self._standings[partner], standing(partner, after, self.policy)
        self._standings[partner] = stands
        if self._rotation is not None:
            place = self.board.places[partner]
            del self._rotation[bisect_left(self._rotation, (stood, partner, place))]
            insort(self._rotation, (stands, partner, place))
        self.moving[partner] = self.moved[partner] = after
        profile = self.board.profile(partner)
        for kind, free in self.free.items():
            if not has_room(profile, after, kind):
                self.free[kind] = free & ~self.board.bit(partner)
        return Turn(before, after)


def find_starting_turn(turns: Iterable[dt.datetime]) -> dt.datetime | None:
    """Where a newcomer stands: the median last turn of its peers; ``None`` when none of them was ever offered."""
    known = sorted(turns)
    return known[len(known) // 2] if known else None
