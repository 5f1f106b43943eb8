"""What a benchmark gives, and how time and memory are taken: of this process, and of its PostgreSQL backends."""

import gc
import os
import resource
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection

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


PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds of so many pieces of work, by the clock and on the processor; ``backend`` is 0 where nobody can know."""

    pieces: int = 0
    seconds: float = 0.0
    own: float = 0.0
    backend: float = 0.0

    def __add__(self, more: "Spent") -> "Spent":
        seconds, own = self.seconds + more.seconds, self.own + more.own
        return Spent(self.pieces + more.pieces, seconds, own, self.backend + more.backend)


@dataclass(frozen=True, slots=True)
class Best:
    """The best of some rounds: pieces a second by the clock, and milliseconds of processor time a piece."""

    rate: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/s, {self.cpu:.2f} ms CPU"


def best_of(rounds: Iterable[Spent]) -> Best:
    known = [one for one in rounds if one.pieces]
    rate = max(one.pieces / one.seconds for one in known)
    return Best(rate, min((one.own + one.backend) / one.pieces for one in known) * 1000)


@contextmanager
def spending(backend: int) -> Iterator[Spent]:
    """Take what this process and one backend spend in the block."""
    spent, clock = Spent(), time.perf_counter()
    own, behind = time.process_time(), cpu_of([backend])
    yield spent
    spent.seconds, spent.own = time.perf_counter() - clock, time.process_time() - own
    spent.backend = cpu_of([backend]) - behind


def cpu_of(pids: Collection[int], is_wanted: Callable[[str], bool] = lambda name: "postgres" in name) -> float:
    """Seconds on the processor of the processes with these ids and, by name, of the right kind; 0 without /proc."""
    return sum(_seconds(pid, is_wanted) for pid in pids)


def _seconds(pid: int, is_wanted: Callable[[str], bool]) -> float:
    """A backend on another machine has an id that means something else here, so the name counts too."""
    try:
        name, _, rest = (PROC / str(pid) / "stat").read_text().rpartition(")")
    except OSError:
        return 0.0
    fields = rest.split()
    if not is_wanted(name):
        return 0.0
    return (_exact_seconds(pid) if fields[17] == "1" else 0.0) or (int(fields[11]) + int(fields[12])) / TICKS


def _exact_seconds(pid: int) -> float:
    """Of a process with one thread, to the nanosecond; 0 where the system does not count so finely."""
    try:
        return int((PROC / str(pid) / "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return 0.0


def tree_of(pid: int) -> list[int]:
    """A process and its children, theirs included."""
    parents: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            own, parent = int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(own)
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def own_backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return int(pid)


def backends_named(name: str) -> list[int]:
    """Backends that serve an application of this name in our database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", [name]
        )
        return [pid for (pid,) in cursor.fetchall()]
