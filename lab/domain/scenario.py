"""What a simulation starts from: partners, arrivals, how partners answer, and what changes meanwhile. Pure.

Time is whole minutes since the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from partners.domain.matching import Moving, Need, Profile


@dataclass(frozen=True, slots=True)
class Arrival:
    """One referral that is to be routed from a minute on."""

    minute: int
    need: Need


@dataclass(frozen=True, slots=True)
class Change:
    """A partner from a minute on: away (paused, left or not there yet) or not, with another capacity or the same."""

    minute: int
    partner: int
    is_away: bool
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """How partners answer: shares of offers from 0 to 1, and means of exponential times in minutes.

    ``of_partner``: the share that one partner declines, where it is known.
    """

    declined: float
    lapsed: float
    minutes_to_answer: float
    minutes_of_delivery: float
    of_partner: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Arrivals and changes are in order of time; what is open after the last arrival goes on to its end.

    ``standing``: open offers and turns at the start; whoever is not named starts empty and was never offered anything.
    """

    profiles: tuple[Profile, ...]
    arrivals: tuple[Arrival, ...]
    changes: tuple[Change, ...]
    answers: Answers
    standing: Mapping[int, Moving] = field(default_factory=dict)
