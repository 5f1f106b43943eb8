"""A simulation week by week: what arrived, was placed and waited, and how even the shares were so far. Pure."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass

from partners.domain.board import Board

from .measuring import even_shares, gini, ratios_of
from .outcome import Outcome
from .scenario import Scenario

WEEK = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Week:
    """Numbers of one week; ``waiting`` at its end, ``gini`` of all offers until then (balance over time)."""

    arrived: int
    placed: int
    waiting: int
    offers: int
    gini: float


def by_week(outcome: Outcome, scenario: Scenario) -> list[Week]:
    """Until the last arrival or the end of the scenario, whichever is later."""
    board = Board(scenario.profiles)
    arrived = [arrival.minute for arrival in scenario.arrivals]
    accepted = sorted(outcome.accepted[one] for one in outcome.placed())
    begun, ended = (sorted(span[end] for span in outcome.spans) for end in (0, 1))
    asked = [one.minute for one in outcome.asked]
    received, even, weeks = Counter[int](), Counter[int](), list[Week]()
    end = max(scenario.until or 0, arrived[-1] + 1 if arrived else 1)
    for since in range(0, end, WEEK):
        until = since + WEEK
        offers = outcome.asked[bisect_left(asked, since) : bisect_left(asked, until)]
        received.update(one.partner for one in offers)
        even.update(even_shares(Counter(one.pool for one in offers), board))
        weeks.append(
            Week(
                arrived=bisect_left(arrived, until) - bisect_left(arrived, since),
                placed=bisect_left(accepted, until) - bisect_left(accepted, since),
                waiting=bisect_right(begun, min(until, end) - 1) - bisect_right(ended, min(until, end) - 1),
                offers=len(offers),
                gini=gini(ratios_of(received, even)),
            )
        )
    return weeks
