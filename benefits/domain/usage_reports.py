"""Read Microsoft Graph's usage reports (CSV) into usage figures, and propose statuses that a person confirms.

A figure is evidence and decides nothing: no source gives a threshold. A blank cell means that the service is not
provisioned. Rows about single people are only counted; no name leaves this module.
Source: https://learn.microsoft.com/en-us/graph/api/resources/report
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benefits.choices import Status

from .json_input import MAX_BYTES, InputError

ACTIVE_WITHIN_DAYS = 30
ISO_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
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


Figures = Iterator[tuple[dt.date, Figure]]  # each with the day on which the report was refreshed


class UsageReport(NamedTuple):
    """One report: its name at Graph, how many rows were read, and one figure a workload."""

    name: str
    rows: int
    figures: tuple[Figure, ...]


class Table(NamedTuple):
    """The rows of a file: the line of each, and its cells by column name."""

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


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
    lines = [(number, line) for number, line in _read_lines(raw) if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise InputError("holds no row below its header")
    columns = tuple(_name_column(cell) for cell in lines[0][1])
    if len(columns) == 1 and ";" in columns[0]:
        raise InputError("its cells are separated by semicolons; commas are read", line=1)
    if len(set(columns)) < len(columns):
        raise InputError("a column stands twice", line=1)
    for number, line in lines[1:]:
        if len(line) != len(columns):
            raise InputError(f"has {len(line)} cells; the header has {len(columns)}", line=number)
    rows = [(number, dict(zip(columns, (cell.strip() for cell in line), strict=True))) for number, line in lines[1:]]
    return Table(columns, rows)


def _name_column(cell: str) -> str:
    """A header in lower case, without stray blanks, under the name that is used here."""
    name = " ".join(cell.split()).casefold()
    for other, known in OTHER_NAMES.items():
        name = name.replace(other, known)
    return name


def _read_lines(raw: bytes) -> list[tuple[int, list[str]]]:
    """Rows of cells with the line on which each ends."""
    if len(raw) > MAX_BYTES:
        raise InputError(f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        text = raw.decode("utf-8-sig")
        if "\x00" in text:
            raise InputError("holds a NUL character")
        reader = csv.reader(io.StringIO(text, newline=""))
        return [(reader.line_num, line) for line in reader]
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text (byte {error.start})") from None
    except csv.Error as error:
        raise InputError(f"not CSV: {error}") from None


def _number(row: dict[str, str], column: str, line: int) -> int | None:
    """A count; blank is ``None``."""
    text = row[column].replace(",", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise InputError(f"“{row[column]}” is not a count", f"column “{column}”", line)
    return int(text)


def _date(row: dict[str, str], column: str, line: int) -> dt.date:
    text, refused = row[column], f"“{row[column]}” is not a date such as 2026-11-22"
    try:
        found = dt.date.fromisoformat(text) if ISO_DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise InputError(refused, f"column “{column}”", line)
    return found


def _best(figures: Figures) -> list[Figure]:
    """One figure a workload: of the newest refresh; in that the highest, and of equals the newest."""
    best: dict[str, tuple[dt.date, Figure]] = {}
    for found in figures:
        workload = found[1].workload
        if workload not in best or _rank(*found) > _rank(*best[workload]):
            best[workload] = found
    return [figure for _refreshed, figure in best.values()]


def _rank(refreshed: dt.date, figure: Figure) -> tuple[dt.date, int, int, dt.date]:
    return refreshed, -1 if figure.active is None else figure.active, figure.total or 0, figure.on


def _per_day(columns: dict[str, str], what: str) -> Callable[[Table], Figures]:
    """Reports with a row a day; the highest day of the period is the figure."""

    def read(table: Table) -> Figures:
        known = [(column, columns[column]) for column in table.columns if column in columns]
        for line, row in table.rows:
            day, refreshed = _date(row, REPORTED, line), _date(row, REFRESHED, line)
            for column, workload in known:
                yield (
                    refreshed,
                    Figure(workload, _number(row, column, line), None, day, f"{what}, the highest day of the period"),
                )

    return read


def _services(table: Table) -> Figures:
    for line, row in table.rows:
        day = _date(row, REFRESHED, line)
        for service, workload in SERVICES.items():
            if f"{service} active" in row and f"{service} inactive" in row:
                active = _number(row, f"{service} active", line)
                idle = _number(row, f"{service} inactive", line)
                total = None if active is None else active + (idle or 0)
                yield day, Figure(workload, active, total, day, "active of licensed people in the period")


def _copilot(table: Table) -> Figures:
    enabled, active = "any app enabled users", "any app active users"
    for line, row in table.rows:
        figures = _number(row, active, line), _number(row, enabled, line)
        day = _date(row, REFRESHED, line)
        yield day, Figure("M365_COPILOT", *figures, day, "active of enabled people in the period")


def _people(table: Table) -> Figures:
    """One row a person: count who has a licence and who was active in the last 30 days."""
    for service, workload in SERVICES.items():
        licensed, last = f"has {service} license", f"{service} last activity date"
        if licensed in table.columns and last in table.columns:
            figure = _count_people(table, workload, licensed, last)
            yield figure.on, figure


def _count_people(table: Table, workload: str, licensed: str, last: str) -> Figure:
    total = active = 0
    newest = dt.date.min
    for line, row in table.rows:
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


REPORTS: tuple[tuple[str, Callable[[set[str]], bool], Callable[[Table], Figures]], ...] = (
    ("getOffice365ActiveUserDetail", _has_all(REFRESHED, "user principal name"), _people),
    (
        "getMicrosoft365CopilotUserCountSummary",
        _has_all(REFRESHED, "any app enabled users", "any app active users"),
        _copilot,
    ),
    ("getOffice365ServicesUserCounts", _has_all(REFRESHED, "exchange active", "exchange inactive"), _services),
    ("getM365AppUserCounts", _has_all(REFRESHED, REPORTED, "word", "excel"), _per_day(APPS, "people who used the app")),
    ("getOffice365ActiveUserCounts", _has_all(REFRESHED, REPORTED, "exchange"), _per_day(SERVICES, "active people")),
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
