"""What a usage report counted, and the status that it suggests for a person to confirm. No source gives a threshold."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from benefits.choices import Status


class Figure(NamedTuple):
    """How many people used a workload. ``active`` is ``None`` where it is not provisioned.

    ``total``: those who could have, where the report says so. ``what`` says what was counted, in words.
    """

    workload: str
    active: int | None
    total: int | None
    on: dt.date
    what: str


class UsageReport(NamedTuple):
    """One report: its name at Graph, how many rows were read, and one figure a workload. ``header``: its columns."""

    name: str
    rows: int
    figures: tuple[Figure, ...]
    header: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data, which ``read_written_report`` reads back."""
        figures = [{**row._asdict(), "on": row.on.isoformat()} for row in self.figures]
        return {"name": self.name, "rows": self.rows, "figures": figures, "header": list(self.header)}


def read_written_report(data: Mapping[str, Any]) -> UsageReport:
    """The report that ``UsageReport.as_data`` wrote."""
    figures = tuple(Figure(**{**row, "on": dt.date.fromisoformat(row["on"])}) for row in data["figures"])
    return UsageReport(data["name"], data["rows"], figures, tuple(data["header"]))


class Counted(NamedTuple):
    """A figure with the day on which its report was refreshed."""

    refreshed: dt.date
    figure: Figure


def choose_figures(found: Iterable[Counted]) -> tuple[Figure, ...]:
    """One figure a workload: of the newest refresh; in that the highest, and of equals the newest."""
    best: dict[str, Counted] = {}
    for counted in found:
        known = best.get(counted.figure.workload)
        if known is None or _rank(counted) > _rank(known):
            best[counted.figure.workload] = counted
    return tuple(sorted(counted.figure for counted in best.values()))


def _rank(counted: Counted) -> tuple[dt.date, int, int, dt.date]:
    figure = counted.figure
    return counted.refreshed, -1 if figure.active is None else figure.active, figure.total or 0, figure.on


class Proposal(NamedTuple):
    """A status that a figure suggests; ``part``: for how many of how many."""

    status: str
    part: str
    why: str


def propose_status(figure: Figure, paid_seats: int | None) -> Proposal:
    """What a figure suggests, for a person to confirm or not."""
    total = figure.total or paid_seats
    if figure.active is None:
        return Proposal(Status.NOT_STARTED.value, "", "Not provisioned in the report.")
    if figure.active == 0:
        return Proposal(Status.NOT_STARTED.value, "", "No usage reported.")
    if not total:
        return Proposal(Status.IN_PROGRESS.value, "", f"{figure.active:,} people used it; how many could is not known.")
    if figure.active >= total:
        return Proposal(Status.ENABLED.value, "", f"{figure.active:,} of {total:,} people used it.")
    return Proposal(
        Status.PARTLY.value, f"{figure.active} of {total}", f"{figure.active:,} of {total:,} people used it."
    )
