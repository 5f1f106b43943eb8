"""What planning gives: a choice for each need, and what it rests on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .matching import Moving, Need
from .places import Turn
from .splitting import Share
from .standing import Pressure


@dataclass(frozen=True, slots=True)
class Order:
    """Why a need was planned when it was, and how many partners could take it when the batch began."""

    precedence: str
    candidates: int


@dataclass(frozen=True, slots=True)
class Task:
    """One need of a batch; ``open_to`` is the mask of those that pass for it, full ones included."""

    place: int
    need: Need
    open_to: int
    order: Order | None = None  # none by due order


@dataclass(frozen=True, slots=True)
class Move:
    """A need of the same batch, by its place, that went to another partner to make room; none took it: it was split."""

    place: int
    giver: int
    taker: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One planned routing. ``shares`` are who gets what: one covering all, the parts of a split, or nobody."""

    shares: tuple[Share, ...] = ()
    left_over: tuple[str, ...] = ()  # workloads of a split that no partner covers
    ranked: tuple[int, ...] = ()  # the first few that passed every filter, best first
    passing: int = 0  # how many passed every filter
    standings: tuple[Moving, ...] = ()  # of those ranked, when they were
    turns: tuple[Turn, ...] = ()  # of each share
    order: Order | None = None  # none by due order
    moves: tuple[Move, ...] = ()  # what made room for it
    pressure: Pressure = field(default_factory=dict)  # of those ranked

    @property
    def chosen(self) -> int | None:
        """The partner that goes first; ``None`` when there is nobody."""
        return self.shares[0].partner if self.shares else None


@dataclass(frozen=True, slots=True)
class Plan:
    """Choices by the places of their needs, every partner that moved, and the order of planning.

    ``positions``: place of a need → its position in that order.
    """

    choices: tuple[Choice, ...]
    moved: Mapping[int, Moving]
    order: tuple[int, ...]
    positions: Mapping[int, int]
