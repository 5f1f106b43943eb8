"""Read Microsoft Graph's usage reports (CSV) into usage figures, and propose statuses that a person confirms.

A figure is evidence and decides nothing: no source gives a threshold. A blank cell means that the service is not
provisioned. Rows about single people are only counted; no name leaves this module.
Source: https://learn.microsoft.com/en-us/graph/api/resources/report
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benefits.choices import Status

from .json_input import MAX_BYTES, InputError

ACTIVE_WITHIN_DAYS = 30
REFRESHED, REPORTED, PERIOD = "report refresh date", "report date", "report period"

# Service or app, as a column names it (lower case) → workload. Reports keep some former names and drop others.
SERVICES = {
    "exchange": "EXCHANGE_ONLINE",
    "onedrive": "ONEDRIVE",
    "sharepoint": "SHAREPOINT_ONLINE",
    "yammer": "VIVA_ENGAGE",
    "teams": "TEAMS",
}
APPS = {
    "word": "M365_APPS",
    "excel": "M365_APPS",
    "powerpoint": "M365_APPS",
    "onenote": "M365_APPS",
    "teams": "TEAMS",
    "outlook": "EXCHANGE_ONLINE",
}
OTHER_NAMES = {
    "exchange online": "exchange",
    "onedrive for business": "onedrive",
    "sharepoint online": "sharepoint",
    "viva engage": "yammer",
    "microsoft teams": "teams",
}


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
    """One report: its name at Graph, how many rows were read, and one figure a workload."""

    name: str
    rows: int
    figures: tuple[Figure, ...]


class Table(NamedTuple):
    """The rows of a file by column name; ``start`` is the line of the first row."""

    columns: tuple[str, ...]
    rows: list[dict[str, str]]


def read_usage_report(raw: bytes) -> UsageReport:
    """Parse a report of at most 2 MB, with or without a byte-order mark.

    Raises:
        InputError: not UTF-8, no known report, or a cell that cannot be read, with its row and column.
    """
    table = _read_table(raw)
    for name, fits, read in REPORTS:
        if fits(set(table.columns)):
            return UsageReport(name, len(table.rows), tuple(sorted(_best(read(table)))))
    raise InputError(
        "these are not the columns of a usage report that is known here: " + ", ".join(table.columns[:6]), line=1
    )


def _read_table(raw: bytes) -> Table:
    lines = [line for line in _read_lines(raw) if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise InputError("holds no row below its header")
    columns = tuple(_name_column(cell) for cell in lines[0])
    if len(set(columns)) < len(columns):
        raise InputError("a column stands twice", line=1)
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(columns):
            raise InputError(f"has {len(line)} cells; the header has {len(columns)}", line=number)
    return Table(columns, [dict(zip(columns, (cell.strip() for cell in line), strict=True)) for line in lines[1:]])


def _name_column(cell: str) -> str:
    """A header in lower case, without stray blanks, under the name that is used here."""
    name = " ".join(cell.split()).casefold()
    for other, known in OTHER_NAMES.items():
        name = name.replace(other, known)
    return name


def _read_lines(raw: bytes) -> list[list[str]]:
    if len(raw) > MAX_BYTES:
        raise InputError(f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        text = raw.decode("utf-8-sig")
        if "\x00" in text:
            raise InputError("holds a NUL character")
        return list(csv.reader(io.StringIO(text, newline="")))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text (byte {error.start})") from None
    except csv.Error as error:
        raise InputError(f"not CSV: {error}") from None


def _number(row: dict[str, str], column: str, line: int) -> int | None:
    """A count; blank is ``None``."""
    text = row[column].replace(",", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise InputError(f"“{row[column]}” is not a count", f"column “{column}”", line)
    return int(text)


def _date(row: dict[str, str], column: str, line: int) -> dt.date:
    try:
        return dt.date.fromisoformat(row[column])
    except ValueError:
        raise InputError(f"“{row[column]}” is not a date such as 2026-11-22", f"column “{column}”", line) from None


def _best(figures: Iterator[Figure]) -> list[Figure]:
    """One figure a workload: the highest, and of equals the newest."""
    best: dict[str, Figure] = {}
    for figure in figures:
        known = best.get(figure.workload)
        if known is None or _rank(figure) > _rank(known):
            best[figure.workload] = figure
    return list(best.values())


def _rank(figure: Figure) -> tuple[int, int, dt.date]:
    return -1 if figure.active is None else figure.active, figure.total or 0, figure.on


def _per_day(columns: dict[str, str], what: str) -> Callable[[Table], Iterator[Figure]]:
    """Reports with a row a day; the highest day of the period is the figure."""

    def read(table: Table) -> Iterator[Figure]:
        known = [(column, columns[column]) for column in table.columns if column in columns]
        for line, row in enumerate(table.rows, 2):
            day = _date(row, REPORTED, line)
            for column, workload in known:
                yield Figure(workload, _number(row, column, line), None, day, f"{what}, the highest day of the period")

    return read


def _services(table: Table) -> Iterator[Figure]:
    for line, row in enumerate(table.rows, 2):
        day = _date(row, REFRESHED, line)
        for service, workload in SERVICES.items():
            if f"{service} active" in row and f"{service} inactive" in row:
                active = _number(row, f"{service} active", line)
                idle = _number(row, f"{service} inactive", line)
                total = None if active is None else active + (idle or 0)
                yield Figure(workload, active, total, day, "active of licensed people in the period")


def _copilot(table: Table) -> Iterator[Figure]:
    enabled, active = "any app enabled users", "any app active users"
    for line, row in enumerate(table.rows, 2):
        figures = _number(row, active, line), _number(row, enabled, line)
        yield Figure("M365_COPILOT", *figures, _date(row, REFRESHED, line), "active of enabled people in the period")


def _people(table: Table) -> Iterator[Figure]:
    """One row a person: count who has a licence and who was active in the last 30 days."""
    for service, workload in SERVICES.items():
        licensed, last = f"has {service} license", f"{service} last activity date"
        if licensed in table.columns and last in table.columns:
            yield _count_people(table, workload, licensed, last)


def _count_people(table: Table, workload: str, licensed: str, last: str) -> Figure:
    total = active = 0
    newest = dt.date.min
    for line, row in enumerate(table.rows, 2):
        day = _date(row, REFRESHED, line)
        newest = max(newest, day)
        if row[licensed].casefold() != "true" or row.get("is deleted", "").casefold() == "true":
            continue
        total += 1
        if row[last] and day - _date(row, last, line) <= dt.timedelta(days=ACTIVE_WITHIN_DAYS):
            active += 1
    what = f"active in {ACTIVE_WITHIN_DAYS} days, of licensed people"
    return Figure(workload, active if total else None, total or None, newest, what)


def _has_all(*wanted: str) -> Callable[[set[str]], bool]:
    return lambda columns: columns >= set(wanted)


REPORTS: tuple[tuple[str, Callable[[set[str]], bool], Callable[[Table], Iterator[Figure]]], ...] = (
    ("getOffice365ActiveUserDetail", _has_all(REFRESHED, "user principal name"), _people),
    (
        "getMicrosoft365CopilotUserCountSummary",
        _has_all(REFRESHED, "any app enabled users", "any app active users"),
        _copilot,
    ),
    ("getOffice365ServicesUserCounts", _has_all(REFRESHED, "exchange active", "exchange inactive"), _services),
    ("getM365AppUserCounts", _has_all(REPORTED, "word", "excel"), _per_day(APPS, "people who used the app")),
    ("getOffice365ActiveUserCounts", _has_all(REPORTED, "exchange"), _per_day(SERVICES, "active people")),
)


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
        return Proposal(Status.NOT_STARTED.value, "", "Nobody used it.")
    if not total:
        return Proposal(Status.IN_PROGRESS.value, "", f"{figure.active:,} people used it; how many could is not known.")
    if figure.active >= total:
        return Proposal(Status.ENABLED.value, "", f"{figure.active:,} of {total:,} people used it.")
    return Proposal(
        Status.PARTLY.value, f"{figure.active} of {total}", f"{figure.active:,} of {total:,} people used it."
    )
