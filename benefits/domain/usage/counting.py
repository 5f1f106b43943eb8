"""What each kind of report counts: people one by one, days of a period, or people by service."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .cells import Days, read_count, read_flag
from .figures import Counted, Figure
from .tables import Cells, Table, Tally

ACTIVE_WITHIN = dt.timedelta(days=30)
REFRESHED, REPORTED, DELETED = "report refresh date", "report date", "is deleted"
PERIOD, USUAL_PERIODS = "report period", ("30", "D30", "28", "D28")
HIGHEST = "the highest day of the period"

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

Read = Callable[[Table], list[Counted]]  # raises InputError with the row and column of a cell that cannot be read


class Only(NamedTuple):
    """The rows of a report that are meant: those whose cell in a column begins like this, whatever the case."""

    column: str
    beginning: re.Pattern[str]

    def fits(self, row: Mapping[str, str]) -> bool:
        return bool(self.beginning.match(row[self.column].strip()))


class People(NamedTuple):
    """One row a person: who was active in the last 30 days, of those who have a licence.

    ``licensed``: the column that says so. Without it everybody counts who stands in the report, and ``is_total`` says
    whether those are all who could have used it. ``ever``: a day at any time counts.
    """

    workload: str
    what: str
    last: str = "last activity date"
    licensed: str = ""
    is_total: bool = False
    ever: bool = False
    only: Only | None = None

    def columns(self, table: Table) -> Cells:
        optional = [name for name in (DELETED, PERIOD, self.licensed) if name in table.places]
        return (REFRESHED, self.last, *optional, *([self.only.column] if self.only else []))


def count_people(*kinds: People) -> Read:
    """A report with one row a person."""

    def read(table: Table) -> list[Counted]:
        wanted = [kind for kind in kinds if kind.last in table.places]
        groups = [kind.columns(table) for kind in wanted]
        tallies = table.tally(groups)
        days = _days(table, groups, tallies, {REFRESHED, *(kind.last for kind in wanted)})
        pairs = zip(wanted, groups, tallies, strict=True)
        return [_count(table, kind, group, _of_one_report(group, tally, days), days) for kind, group, tally in pairs]

    return read


def _of_one_report(group: Cells, tally: Tally, days: Days) -> Tally:
    """The rows of the newest refresh and of one period: a file may hold a person once for each of several."""
    place = group.index(PERIOD) if PERIOD in group else None
    periods = {cells[place].strip() for cells in tally} if place is not None else {""}
    period = next((usual for usual in USUAL_PERIODS if usual in periods), max(periods, default=""))
    newest = max((day for cells in tally if (day := days.get(cells[0]))), default=None)
    return Counter(
        {
            cells: number
            for cells, number in tally.items()
            if (place is None or cells[place].strip() == period) and days.get(cells[0]) in (None, newest)
        }
    )


def _days(table: Table, groups: list[Cells], tallies: list[Tally], of: set[str]) -> Days:
    found: set[tuple[str, str]] = set()
    for group, tally in zip(groups, tallies, strict=True):
        for place in (place for place, name in enumerate(group) if name in of):
            found |= {(group[place], cells[place]) for cells in tally}
    return Days(table, sorted(found))


def _count(table: Table, kind: People, group: Cells, tally: Tally, days: Days) -> Counted:
    total = active = 0
    newest = dt.date.min
    for cells, people in tally.items():
        row = dict(zip(group, cells, strict=True))
        refreshed = days.need(REFRESHED, row[REFRESHED])
        newest = max(newest, refreshed)
        if not _counts(table, kind, row):
            continue
        total += people
        last = days.get(row[kind.last])
        if last is not None and (kind.ever or refreshed - last <= ACTIVE_WITHIN):
            active += people
    knows_total = kind.is_total or kind.licensed in table.places
    what = kind.what if kind.ever else f"{kind.what} active in {ACTIVE_WITHIN.days} days"
    figure = Figure(kind.workload, active if total else None, (total or None) if knows_total else None, newest, what)
    return Counted(newest, figure)


def _counts(table: Table, kind: People, row: dict[str, str]) -> bool:
    """Is this somebody who is still there, and has a licence where the report says who has?"""
    if DELETED in row and read_flag(table, DELETED, row[DELETED]):
        return False
    if kind.only and not kind.only.fits(row):
        return False
    return kind.licensed not in row or read_flag(table, kind.licensed, row[kind.licensed])


def count_app_users(table: Table) -> list[Counted]:
    """One row a person with yes or no for each app; who used any app of a workload used it."""
    apps: dict[str, list[str]] = {}
    for app, workload in APPS.items():
        if app in table.places:
            apps.setdefault(workload, []).append(app)
    period = (PERIOD,) if PERIOD in table.places else ()
    groups: list[Cells] = [(REFRESHED, *period, *columns) for columns in apps.values()]
    tallies = table.tally(groups)
    days = _days(table, groups, tallies, {REFRESHED})
    found = []
    for workload, group, tally in zip(apps, groups, tallies, strict=True):
        newest = max(days.need(REFRESHED, cells[0]) for cells in tally)
        people = _of_one_report(group, tally, days)
        skipped = 1 + len(period)
        used = sum(number for cells, number in people.items() if _used_any(table, group[skipped:], cells[skipped:]))
        found.append(Counted(newest, Figure(workload, used, None, newest, "people who used the app in the period")))
    return found


def _used_any(table: Table, group: Cells, cells: Cells) -> bool:
    flags = [read_flag(table, name, cell) for name, cell in zip(group, cells, strict=True)]
    return any(flags)


def count_by_day(columns: Mapping[str, str], what: str, *, total: str = "", only: Only | None = None) -> Read:
    """A report with a row a day: the highest day of the period is the figure. ``columns``: name → workload."""

    def read(table: Table) -> list[Counted]:
        rest = [*([total] if total else []), *([only.column] if only else [])]
        groups = [(REPORTED, REFRESHED, name, *rest) for name in columns if name in table.places]
        tallies = table.tally(groups)
        days = _days(table, groups, tallies, {REPORTED, REFRESHED})
        return [
            _on_a_day(table, group[: 3 + bool(total)], cells, days, columns[group[2]], f"{what}, {HIGHEST}")
            for group, tally in zip(groups, tallies, strict=True)
            for cells in tally
            if only is None or only.fits(dict(zip(group, cells, strict=True)))
        ]

    return read


def _on_a_day(table: Table, names: Cells, cells: Cells, days: Days, workload: str, what: str) -> Counted:
    on, refreshed = days.need(REPORTED, cells[0]), days.need(REFRESHED, cells[1])
    counts = [read_count(table, name, cell) for name, cell in zip(names[2:], cells[2:], strict=False)]
    return Counted(refreshed, Figure(workload, counts[0], counts[1] if counts[1:] else None, on, what))


def count_services(table: Table) -> list[Counted]:
    """Active and inactive people of each service."""
    pairs = {name: (f"{name} active", f"{name} inactive") for name in SERVICES}
    known = {name: pair for name, pair in pairs.items() if {*pair} <= table.places.keys()}
    groups: list[Cells] = [(REFRESHED, *pair) for pair in known.values()]
    tallies = table.tally(groups)
    days = _days(table, groups, tallies, {REFRESHED})
    found = []
    for name, group, tally in zip(known, groups, tallies, strict=True):
        for cells in tally:
            on = days.need(REFRESHED, cells[0])
            active, idle = (read_count(table, column, cell) for column, cell in zip(group[1:], cells[1:], strict=True))
            total = None if active is None else active + (idle or 0)
            figure = Figure(SERVICES[name], active, total, on, "active of licensed people in the period")
            found.append(Counted(on, figure))
    return found


def count_once(workload: str, active: str, total: str, what: str, *, only: Only | None = None) -> Read:
    """A report with one row, or one for each product: so many of so many people."""

    def read(table: Table) -> list[Counted]:
        group: Cells = (REFRESHED, active, total, *([only.column] if only else []))
        [tally] = table.tally([group])
        days = _days(table, [group], [tally], {REFRESHED})
        return [
            _of_so_many(table, group, cells, days, workload, what)
            for cells in tally
            if only is None or only.fits(dict(zip(group, cells, strict=True)))
        ]

    return read


def _of_so_many(table: Table, group: Cells, cells: Cells, days: Days, workload: str, what: str) -> Counted:
    on = days.need(REFRESHED, cells[0])
    used, could = (read_count(table, name, cell) for name, cell in zip(group[1:3], cells[1:3], strict=True))
    return Counted(on, Figure(workload, used, could, on, what))
