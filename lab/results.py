"""What a finished run says: each figure of each policy beside the current one, and the tables behind the pictures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from lab.chance.comparing import Difference, compare
from lab.choices import Kind, PartKind
from lab.figures import GINI, METRICS, OF_BOUND, UNSTABLE, Metric
from lab.models import LabRun
from lab.starting import bound_places

Result = Mapping[str, Any]
USUAL = 100  # percent of the expected declines
LEAST_SEEDS = 5  # for a range: of fewer, chance alone gives differences
MOST_PARTNERS = 10  # of those that are offered most more, and most less


@dataclass(frozen=True, slots=True)
class Cell:
    """A mean over the seeds, and how it differs from the first variant's: with nothing to compare, ``None``."""

    value: float | None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Line:
    metric: Metric
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Offers that one partner gets: under the first variant, and under another."""

    partner: str
    before: int
    after: int

    @property
    def more(self) -> int:
        return self.after - self.before


class Results:
    """Of a finished run."""

    def __init__(self, run: LabRun) -> None:
        self.run = run
        self.names = [variant["name"] for variant in run.variants]
        self.parts = {
            (part.kind, part.variant, part.seed, part.percent): part.result
            for part in run.parts.all()
            if part.result is not None
        }
        self.bounds = bound_places(run.variants)
        self.steps = max((row["days"] for key, row in self.parts.items() if key[0] == PartKind.BOUND), default=0)

    def lines(self, percent: int = USUAL, metrics: Sequence[Metric] = METRICS) -> list[Line]:
        """Every figure that any variant has."""
        found = [Line(metric, tuple(self._cells(metric, percent))) for metric in metrics]
        return [line for line in found if any(cell.value is not None for cell in line.cells)]

    def most(self, variant: int, percent: int = USUAL) -> float:
        """The upper bound: a share of the referrals, mean over the seeds."""
        return fmean(self._bound(variant, seed, percent) for seed in range(self.run.seeds))

    def frontier(self) -> list[tuple[str, float, float]]:
        """Name, placed of the bound and unevenness of each variant."""
        found = []
        for variant, name in enumerate(self.names):
            each = (self._values(metric.key, variant, USUAL) for metric in (OF_BOUND, GINI))
            placed, uneven = (fmean(values) if values else 0.0 for values in each)
            found.append((name, placed, uneven))
        return found

    def weeks(self, key: str) -> list[list[float]]:
        """Of each variant a figure week by week, mean over the seeds."""
        found = []
        for variant in range(len(self.names)):
            rows = [self._simulation(variant, seed)["weeks"] for seed in range(self.run.seeds)]
            found.append([fmean(row[key] for row in week) for week in zip(*rows, strict=False)])
        return found

    def declines(self) -> dict[str, list[float]]:
        """Declines by the code of the reason: a mean for each variant."""
        return self._by_name(lambda figures: figures["declines"])

    def saved(self) -> dict[str, list[float]]:
        """Referrals without a partner that one would pass for, were a filter waived: by filter, for each variant."""
        return self._by_name(lambda figures: figures["saved"])

    def moved(self, variant: int) -> tuple[list[Moved], list[Moved]]:
        """Partners that are offered most more and most less than under the first variant, on one seed."""
        before, after = (self._simulation(one, 0).get("received", ()) for one in (0, variant))
        names = {one: name for one, name, _number in (*before, *after)}
        counts = [{one: number for one, _name, number in rows} for rows in (before, after)]
        rows = [Moved(name, *(count.get(one, 0) for count in counts)) for one, name in sorted(names.items())]
        more = sorted((row for row in rows if row.more > 0), key=lambda row: -row.more)
        less = sorted((row for row in rows if row.more < 0), key=lambda row: row.more)
        return more[:MOST_PARTNERS], less[:MOST_PARTNERS]

    def table(self) -> Iterator[list[Any]]:
        """Every figure of every simulation, a line each, below a head."""
        yield ["policy", "seed", "declines_percent", "upper_bound", *(metric.key for metric in METRICS)]
        for (kind, variant, seed, percent), result in sorted(self.parts.items()):
            if kind == PartKind.SIMULATION:
                values = [self._value(result, metric.key, variant, seed, percent) for metric in METRICS]
                yield [self.names[variant], seed, percent, self._bound(variant, seed, percent), *values]

    def week_table(self) -> Iterator[list[Any]]:
        """Every week of every simulation, a line each, below a head."""
        yield ["policy", "seed", "declines_percent", "week", "arrived", "placed", "waiting", "offers", "gini"]
        for (kind, variant, seed, percent), result in sorted(self.parts.items()):
            for place, week in enumerate(result["weeks"] if kind == PartKind.SIMULATION else (), 1):
                values = (week[name] for name in ("arrived", "placed", "waiting", "offers", "gini"))
                yield [self.names[variant], seed, percent, place, *values]

    # --- of parts

    def _simulation(self, variant: int, seed: int, percent: int = USUAL) -> Result:
        found: Result = self.parts[PartKind.SIMULATION, variant, seed, percent]
        return found

    def _bound(self, variant: int, seed: int, percent: int) -> float:
        drawn = seed if self.run.kind == Kind.WORLD else 0
        return float(self.parts[PartKind.BOUND, self.bounds[variant], drawn, percent]["placed"])

    def _value(self, result: Result, key: str, variant: int, seed: int, percent: int) -> float | None:
        if key == OF_BOUND.key:
            bound = self._bound(variant, seed, percent)
            return result["figures"]["placed"] / bound if bound else None
        value: float | None = (result if key == UNSTABLE.key else result["figures"]).get(key)
        return value

    def _cells(self, metric: Metric, percent: int) -> Iterator[Cell]:
        first = self._values(metric.key, 0, percent)
        for variant in range(len(self.names)):
            values = self._values(metric.key, variant, percent)
            is_pair = variant > 0 and len(values) == len(first) >= LEAST_SEEDS
            yield Cell(fmean(values) if values else None, compare(values, first) if is_pair else None)

    def _values(self, key: str, variant: int, percent: int) -> list[float]:
        """One for each seed that has it."""
        seeds = range(self.run.seeds)
        found = (self._value(self._simulation(variant, one, percent), key, variant, one, percent) for one in seeds)
        return [value for value in found if value is not None]

    def _by_name(self, read: Callable[[Result], Mapping[str, int]]) -> dict[str, list[float]]:
        each = [
            [read(self._simulation(variant, seed)["figures"]) for seed in range(self.run.seeds)]
            for variant in range(len(self.names))
        ]
        every = sorted({name for rows in each for row in rows for name in row})
        return {name: [fmean(row.get(name, 0) for row in rows) for rows in each] for name in every}
