"""Differences between policies on the same seeds, with the range that chance leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

RESAMPLES = 2_000
TAIL = 0.025  # on either side: a 95 % interval


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of paired differences, and its 95 % bootstrap interval (Efron 1979: percentiles of resampled means)."""

    mean: float
    low: float
    high: float

    @property
    def is_none(self) -> bool:
        """Chance alone explains it."""
        return self.low <= 0 <= self.high


def compare(values: Sequence[float], others: Sequence[float]) -> Difference | None:
    """Of ``values`` over ``others``, which belong together in pairs; nothing is known of a single pair."""
    pairs = [value - other for value, other in zip(values, others, strict=True)]
    if len(pairs) < 2:
        return None
    dice = Random("paired bootstrap")
    means = sorted(fmean(dice.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    edge = int(TAIL * RESAMPLES)
    return Difference(fmean(pairs), means[edge], means[-edge - 1])
