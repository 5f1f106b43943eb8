"""Figures of what became of a simulation. Pure."""

import math
from dataclasses import dataclass
from statistics import mean

from partners.domain.board import Board

from .simulating import Outcome

LEAST_EVEN_SHARE = 1.0  # offers that a partner would have had by an even share, to be compared at all


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1, times in hours. ``gini`` and ``most_uneven`` are of offers received beside an even share."""

    referrals: int
    placed: float
    waited: float  # no partner was free at some time
    lapsed: int  # offers without an answer
    offers: float  # mean until a partner accepted
    offers_p90: float
    hours: float  # mean from the arrival until all of it was accepted
    hours_p90: float
    gini: float  # 0: everybody had an even share
    least: float
    most: float


def measure(outcome: Outcome, arrived: list[int], board: Board) -> Figures:
    """``arrived``: the minute of every referral, in the order of the outcome's places."""
    placed = outcome.placed()
    hours = sorted((outcome.accepted[one] - arrived[one]) / 60 for one in placed)
    offers = sorted(float(outcome.offers[one]) for one in placed)
    ratios = _beside_even(outcome, board)
    return Figures(
        referrals=len(arrived),
        placed=len(placed) / len(arrived),
        waited=len(outcome.waited) / len(arrived),
        lapsed=outcome.lapsed,
        offers=mean(offers) if offers else 0.0,
        offers_p90=_quantile(offers, 0.9),
        hours=mean(hours) if hours else 0.0,
        hours_p90=_quantile(hours, 0.9),
        gini=gini(ratios),
        least=min(ratios, default=0.0),
        most=max(ratios, default=0.0),
    )


def _beside_even(outcome: Outcome, board: Board) -> list[float]:
    """Offers of each partner divided by an even share: one part of each offer for all that could have had it."""
    even: dict[int, float] = {}
    for pool, number in outcome.pools.items():
        partners = board.ids(pool)
        for partner in partners:
            even[partner] = even.get(partner, 0.0) + number / len(partners)
    return sorted(outcome.received[one] / share for one, share in even.items() if share >= LEAST_EVEN_SHARE)


def gini(values: list[float]) -> float:
    """Of ascending values: 0 when all are equal, towards 1 when one has everything (Gini 1912)."""
    total, number = sum(values), len(values)
    if not total:
        return 0.0
    return sum((2 * place - number + 1) * value for place, value in enumerate(values)) / (number * total)


def _quantile(values: list[float], share: float) -> float:
    """The smallest value that so many of them do not exceed."""
    return values[math.ceil(share * len(values)) - 1] if values else 0.0
