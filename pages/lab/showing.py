"""A run's results in words: what its page shows beside its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lab.figures import BY_KEY, GINI, METRICS, OF_BOUND, PLACED, Metric
from lab.results import LEAST_SEEDS, USUAL, Cell, Line, Results
from lab.starting import PERCENTAGES
from partners.choices import Filter
from referrals.models import DeclineReason

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SENSITIVE = (OF_BOUND, PLACED, BY_KEY["offers"], BY_KEY["hours"], GINI)
SAYS: dict[int, "StrOrPromise"] = {
    50: _("50% fewer declines"),
    100: _("Declines as expected"),
    150: _("50% more declines"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A cell in words: its value, and how it differs from the current policy's."""

    value: str
    difference: str = ""
    is_none: bool = False


def show(results: Results) -> dict[str, Any]:
    """What the template needs."""
    places = range(1, len(results.names))
    moved = [(results.names[place], *results.moved(place)) for place in places]
    return {
        "names": results.names,
        "lines": [_say_line(line) for line in results.lines(metrics=METRICS)],
        "most": [say_number(100 * results.most(place), 1, "%") for place in range(len(results.names))],
        "sensitivity": [
            (SAYS[percent], [_say_line(line) for line in results.lines(percent, SENSITIVE)])
            for percent in sorted(PERCENTAGES)
        ],
        "frontier": results.frontier(),
        "waiting": results.weeks("waiting"),
        "evenness": results.weeks("gini"),
        "moved": [(name, more, less) for name, more, less in moved if more or less],
        "declines": _say_declines(results),
        "saved": [(Filter(name).label, _rounded(row)) for name, row in results.saved().items() if any(row)],
        "steps": results.steps,
        "has_ranges": results.run.seeds >= LEAST_SEEDS,
        "usual": USUAL,
    }


def _say_line(line: Line) -> tuple["StrOrPromise", list[Said]]:
    return line.metric.label, [_say(line.metric, cell) for cell in line.cells]


def _say(metric: Metric, cell: Cell) -> Said:
    if cell.value is None:
        return Said("–")
    value = say_number(metric.scale * cell.value, metric.digits, metric.unit)
    if cell.difference is None:
        return Said(value)
    if cell.difference.is_none:
        return Said(value, gettext("no difference"), is_none=True)
    edges = cell.difference.mean, cell.difference.low, cell.difference.high
    mean, low, high = (_signed(metric.scale * edge, metric.digits) for edge in edges)
    return Said(value, gettext("%(mean)s (%(low)s to %(high)s)") % {"mean": mean, "low": low, "high": high})


def say_number(value: float, digits: int, unit: str = "") -> str:
    number = number_format(value, digits, force_grouping=True)
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number


def _signed(value: float, digits: int) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{say_number(abs(value), digits)}"


def _say_declines(results: Results) -> list[tuple[str, list[str]]]:
    labels = dict(DeclineReason.objects.values_list("code", "label"))
    rows = results.declines().items()
    return [(str(labels.get(code, code) or gettext("No reason known")), _rounded(row)) for code, row in rows]


def _rounded(row: Sequence[float]) -> list[str]:
    return [say_number(value, 0) for value in row]
