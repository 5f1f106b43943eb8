"""Turns: every offer takes one that is later than all turns taken before it. Pure.

A turn is a number. What is routed together takes a block of numbers from a sequence of the database, after its partners
are locked; the turns inside are ``STEP`` apart, so that a newcomer's fits between two.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from .matching import Moving

STEP = 2**20
BLOCK = 2**32  # what the sequence grows by: 4,096 turns
MICROSECOND = dt.timedelta(microseconds=1)
BY_CLOCK = 0  # instead of a first number: as before turns were numbered


class Turns(Protocol):
    """Gives the turns of one batch."""

    def take(self, before: Moving) -> tuple[int, dt.datetime]:
        """Number and instant of the next turn, for a partner that stood at ``before``."""


class _Numbered:
    def __init__(self, number: int, instant: dt.datetime) -> None:
        self.number, self.instant = number, instant

    def take(self, before: Moving) -> tuple[int, dt.datetime]:
        taken = self.number, self.instant + MICROSECOND
        self.number, self.instant = self.number + STEP, taken[1]
        return taken


class _ByClock:
    """Partners that were chosen in one batch got the same instant: kept to replay what was routed so."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def take(self, before: Moving) -> tuple[int, dt.datetime]:
        return 0, max(self.at, before.last_offered_at or self.at) + MICROSECOND


def begin_turns(first: int | None, at: dt.datetime, moving: Mapping[int, Moving]) -> Turns:
    """Turns from the number ``first`` on; without one, later than every turn in ``moving``."""
    if first == BY_CLOCK:
        return _ByClock(at)
    if first is not None:
        return _Numbered(first, at)
    latest = max((state.last_turn for state in moving.values()), default=0)
    known = [state.last_offered_at for state in moving.values() if state.last_offered_at]
    return _Numbered(latest + STEP, max([at, *known]))


def start_newcomer(newcomer: Moving, peers: Iterable[Moving], now: dt.datetime) -> Moving:
    """A newcomer with its first turn: behind the median of its peers and before the next.

    Before a single peer, which had its turn; now, where nobody had one.
    """
    known = sorted(_place(peer) for peer in peers if peer.last_offered_at is not None)
    if not known:
        return replace(newcomer, last_offered_at=now)
    middle = (len(known) - 1) // 2
    number, instant = known[middle]
    if len(known) == 1:
        return replace(newcomer, last_turn=number - STEP // 2, last_offered_at=instant)
    next_number, next_instant = known[middle + 1]
    between = instant + max(next_instant - instant, dt.timedelta()) / 2
    return replace(newcomer, last_turn=(number + next_number) // 2, last_offered_at=between)


def _place(state: Moving) -> tuple[int, dt.datetime]:
    assert state.last_offered_at is not None  # noqa: S101 (only those that had a turn are asked)
    return state.last_turn, state.last_offered_at
