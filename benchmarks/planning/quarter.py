"""How long the lab takes for a quarter of a large installation, and in how much memory. Needs no database."""

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context

from benchmarks.measuring import Groups, Row
from lab.chance.worlds import Written, draw_scenario
from lab.domain.bound import find_bound
from lab.domain.measuring import measure
from lab.domain.simulating import simulate
from partners.choices import BatchOrder, TieBreak
from partners.domain.policy import Policy

MAKING = "Nothing is made: the world of the lab is drawn by its workers …"
DAYS, PARTNERS, ARRIVALS = 90, 1_000, 100_000
RATE = ARRIVALS / DAYS
WORLD = Written(days=DAYS, partners=PARTNERS, places=round(RATE * 45), referrals_a_day=RATE)
FACTORS = (1.0, 0.5, 1.5)
POLICIES = (
    Policy(),
    Policy(batch_order=BatchOrder.DUE),
    Policy(tie_breaks=(TieBreak.LEAST_WANTED_ELSEWHERE, TieBreak.LEAST_RECENTLY_OFFERED)),
)
WORKERS, MOST_SECONDS, MOST_MEGABYTES = 2, 300, 512
NAMES = ("lab-quarter", "lab-quarter-memory")
Part = tuple[int | None, float]  # which policy, or the bound; how often partners decline

_draw = lru_cache(maxsize=1)(draw_scenario)


def _work(part: Part) -> float:
    """One part of a run; gives the most memory that its worker took so far, in megabytes."""
    place, factor = part
    scenario = _draw(WORLD, 0)
    if place is None:
        find_bound(scenario, POLICIES[0], factor)
    else:
        outcome = simulate(scenario, POLICIES[place], 0, factor)
        measure(outcome, scenario, POLICIES[place])
        if factor == FACTORS[0]:
            simulate(scenario, POLICIES[place], 0, factor)  # as for stability
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_quarter(_nothing: None) -> Iterator[Row]:
    """Three policies, three strengths of declines, the bounds of each, with two workers."""
    parts: list[Part] = [(place, factor) for factor in FACTORS for place in (*range(len(POLICIES)), None)]
    begun = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        memory = max(pool.map(_work, parts))
    seconds = time.perf_counter() - begun
    beside = f"{ARRIVALS:,} referrals, {PARTNERS:,} partners, {len(parts)} parts, {WORKERS} workers"
    yield Row(NAMES[0], seconds, "s", f"≤ {MOST_SECONDS} s", beside, seconds <= MOST_SECONDS)
    yield Row(NAMES[1], memory, "MB", f"≤ {MOST_MEGABYTES} MB a worker", beside, memory <= MOST_MEGABYTES)


def prepare() -> None:
    """Nothing is kept."""


GROUPS: Groups = ((NAMES, measure_quarter),)
