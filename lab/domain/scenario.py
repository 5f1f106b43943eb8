"""What a simulation starts from: partners, arrivals, how partners answer, and what changes meanwhile. Pure.

Time is whole minutes since the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from partners.domain.matching import Moving, Need, Profile

from .hours import AROUND_THE_CLOCK, Hours

ANSWER_WITHIN = 2  # business days


@dataclass(frozen=True, slots=True)
class Answer:
    """How a partner answers an offer: ``accepted``, ``declined`` for a reason's code or ``lapsed``, after minutes."""

    what: str
    minutes: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One referral that is to be routed from a minute on, and how partners answered it where that is known."""

    minute: int
    need: Need
    known: Mapping[int, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A partner from a minute on: away (paused, left or not there yet) or not, with another capacity or the same.

    ``is_new``: it joins just then.
    """

    minute: int
    partner: int
    is_away: bool
    capacity: int | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """How partners answer: shares of offers from 0 to 1, and means of exponential times in minutes.

    Answers take working time of the partner, deliveries take time by the clock.

    ``of_partner``: the share that one partner declines, where it is known. ``reasons``: shares of all declines by the
    code of the reason; ``reasons_of``: of one partner's. An answer is late after ``answer_within`` business days.
    """

    declined: float
    lapsed: float
    minutes_to_answer: float
    minutes_of_delivery: float
    of_partner: Mapping[int, float] = field(default_factory=dict)
    reasons: Mapping[str, float] = field(default_factory=dict)
    reasons_of: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    answer_within: int = ANSWER_WITHIN

    def share_not_accepted(self, partner: int, factor: float) -> float:
        """Of a partner's offers, when partners decline so many times as often."""
        return self.share_declined(partner, factor) + self.lapsed

    def share_declined(self, partner: int, factor: float) -> float:
        return min(self.of_partner.get(partner, self.declined) * factor, 1 - self.lapsed)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Arrivals and changes are in order of time.

    ``standing``: open offers and turns at the start; whoever is not named starts empty and was never offered anything.
    ``until``: from this minute on nothing is offered any more; what was, goes on to its end. ``hours``: when partners
    work; whoever is not named works around the clock.
    """

    profiles: tuple[Profile, ...]
    arrivals: tuple[Arrival, ...]
    changes: tuple[Change, ...]
    answers: Answers
    standing: Mapping[int, Moving] = field(default_factory=dict)
    until: int | None = None
    hours: Mapping[int, Hours] = field(default_factory=dict)

    def hours_of(self, partner: int) -> Hours:
        return self.hours.get(partner, AROUND_THE_CLOCK)
