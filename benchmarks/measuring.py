"""What a benchmark gives, and how time and memory are taken."""

import gc
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

LEAST_SECONDS = 1.0
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its control. ``bar`` is what the figure has to reach, in words; ``ok`` whether it does."""

    name: str
    value: float
    unit: str
    bar: str
    control: str
    ok: bool

    def as_data(self) -> dict[str, object]:
        return asdict(self)


Group = tuple[tuple[str, ...], Callable[[Any], Iterator[Row]]]  # names of rows, and what measures them together
Groups = Sequence[Group]


@dataclass(slots=True)
class Taken:
    """Seconds of a block, by the clock and on the processor."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def taking() -> Iterator[Taken]:
    taken, clock, cpu = Taken(), time.perf_counter(), time.process_time()
    yield taken
    taken.seconds, taken.cpu = time.perf_counter() - clock, time.process_time() - cpu


def rate(work: Callable[[], int]) -> float:
    """Pieces of work a second of processor time: the best of three rounds of at least a second each.

    ``work`` does some pieces and says how many.
    """
    return max(_round(work) for _ in range(ROUNDS))


def _round(work: Callable[[], int]) -> float:
    gc.collect()
    pieces, started = 0, time.process_time()
    while (spent := time.process_time() - started) < LEAST_SECONDS:
        pieces += work()
    return pieces / spent


def peak_megabytes() -> float:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
