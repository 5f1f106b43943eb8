"""Figures of what became of a simulation. Pure."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from partners.choices import WAIVABLE
from partners.domain.board import Board
from partners.domain.policy import Policy

from .hours import DAY
from .outcome import Outcome, Piece
from .scenario import Scenario

LEAST_EVEN_SHARE = 1.0  # offers that a partner would have had by an even share, to be compared at all
NEWCOMER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1, times in hours. ``gini``, ``least`` and ``most`` are of offers received beside an even share.

    A drought is counted in offers that others got, each of which the partner could have had.
    """

    referrals: int
    placed: float
    without_candidates: float  # no partner passes for it at all
    exhausted: float  # every partner that passes did not accept it
    saved: Mapping[str, int]  # of those two: how many some partner would pass for if one filter were waived
    partly: float  # accepted but for workloads that no partner covers
    waited: float  # no matching partner was free at some time
    unheld: float  # mean time in nobody's hands
    lapsed: int  # offers without an answer
    in_time: float  # offers answered within the business days that partners have
    offers: float  # mean until a partner accepted
    offers_p90: float
    hours: float  # mean from the arrival until all of it was accepted
    hours_p90: float
    business_hours: float  # the same in working time of the partner that accepted
    business_hours_p90: float
    gini: float  # 0: everybody had an even share
    least: float
    most: float
    longest_drought: int
    newcomers: float | None  # offers of partners that joined beside an even share, in their first thirty days
    envied: float  # offers for which somebody free had waited longer
    regretted: float  # of offers that were not accepted: the second choice would have accepted
    declines: Mapping[str, int]  # by reason


def measure(outcome: Outcome, scenario: Scenario, policy: Policy) -> Figures:
    board = Board(scenario.profiles)
    arrived = [arrival.minute for arrival in scenario.arrivals]
    placed, number = outcome.placed(), len(arrived) or 1
    hours = sorted((outcome.accepted[one] - arrived[one]) / 60 for one in placed)
    worked = sorted(outcome.worked[one] / 60 for one in placed)
    offers = sorted(float(outcome.offers[one]) for one in placed)
    ratios = ratios_of(outcome.received, even_shares(outcome.pools, board))
    total = sum(outcome.received.values())
    refused = outcome.lapsed + sum(outcome.declines.values())
    without, exhausted = _stranded(outcome.open)
    return Figures(
        referrals=len(arrived),
        placed=len(placed) / number,
        without_candidates=len({piece.referral for piece in without}) / number,
        exhausted=len({piece.referral for piece in exhausted}) / number,
        saved=_count_saved([*without, *exhausted], board, policy),
        partly=sum(not outcome.open_parts[one] for one in outcome.left_over) / number,
        waited=len(outcome.waited) / number,
        unheld=sum(outcome.unheld.values()) / number / 60,
        lapsed=outcome.lapsed,
        in_time=1 - outcome.answered_late / total if total else 0.0,
        offers=fmean(offers) if offers else 0.0,
        offers_p90=_quantile(offers, 0.9),
        hours=fmean(hours) if hours else 0.0,
        hours_p90=_quantile(hours, 0.9),
        business_hours=fmean(worked) if worked else 0.0,
        business_hours_p90=_quantile(worked, 0.9),
        gini=gini(ratios),
        least=min(ratios, default=0.0),
        most=max(ratios, default=0.0),
        longest_drought=max(_droughts(outcome, board).values(), default=0),
        newcomers=_newcomers(outcome, scenario, board),
        envied=outcome.envied / total if total else 0.0,
        regretted=outcome.regretted / refused if refused else 0.0,
        declines=dict(sorted(outcome.declines.items())),
    )


# --- fairness


def even_shares(pools: Mapping[int, int], board: Board) -> dict[int, float]:
    """Offers of each partner by an even share: one part of each offer for all that could have had it."""
    even = defaultdict[int, float](float)
    for pool, number in pools.items():
        partners = board.ids(pool)
        for partner in partners:
            even[partner] += number / len(partners)
    return even


def ratios_of(received: Mapping[int, int], even: Mapping[int, float]) -> list[float]:
    """Ascending: what each partner got divided by an even share, where that is an offer at least."""
    return sorted(received.get(one, 0) / share for one, share in even.items() if share >= LEAST_EVEN_SHARE)


def gini(values: Sequence[float]) -> float:
    """Of ascending values: 0 when all are equal, towards 1 when one has everything (Gini 1912)."""
    total, number = sum(values), len(values)
    if not total:
        return 0.0
    return sum((2 * place - number + 1) * value for place, value in enumerate(values)) / (number * total)


def _droughts(outcome: Outcome, board: Board) -> dict[int, int]:
    """By partner: the most offers in a row that it could have had and that others got."""
    members = {pool: board.ids(pool) for pool in outcome.pools}
    since, longest = Counter[int](), Counter[int]()
    for asked in outcome.asked:
        since.update(members[asked.pool])
        longest[asked.partner] = max(longest[asked.partner], since[asked.partner] - 1)
        since[asked.partner] = 0
    return {one: max(longest[one], since[one]) for one in since}


def _newcomers(outcome: Outcome, scenario: Scenario, board: Board) -> float | None:
    """What partners that joined got in their first days, beside an even share of that."""
    minutes = [asked.minute for asked in outcome.asked]
    received, even = 0, 0.0
    for change in scenario.changes:
        if change.is_new:
            bit, until = board.bit(change.partner), change.minute + NEWCOMER_DAYS * DAY
            for asked in outcome.asked[bisect_left(minutes, change.minute) : bisect_left(minutes, until)]:
                if asked.pool & bit:
                    received += asked.partner == change.partner
                    even += 1 / asked.pool.bit_count()
    return received / even if even >= LEAST_EVEN_SHARE else None


# --- what nobody could have


def _stranded(pieces: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Pieces that no partner passes for: from the beginning, and after all that did were asked."""
    left = [piece for piece in pieces if not piece.pool]
    return [one for one in left if not one.need.offered_organisations], [
        one for one in left if one.need.offered_organisations
    ]


def _count_saved(pieces: Sequence[Piece], board: Board, policy: Policy) -> dict[str, int]:
    """How many some partner would pass for if one more filter were waived, by that filter."""
    found = {}
    for name in WAIVABLE:
        if policy.applies(name):
            without = replace(policy, waived=tuple(sorted({*policy.waived, name.value})))
            number = sum(bool(board.of_interest(one.need, without) & ~board.refused(one.need)) for one in pieces)
            found[name.value] = number
    return found


def _quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of them do not exceed."""
    return values[math.ceil(share * len(values)) - 1] if values else 0.0
