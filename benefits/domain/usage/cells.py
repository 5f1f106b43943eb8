"""Cells of usage reports read as counts, days and yes or no. What can be read two ways is refused, never guessed."""

import datetime as dt
import re
from collections.abc import Iterable

from .tables import Table

ISO_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
# As reports write them, and as spreadsheets in other languages do that have saved one.
YES = frozenset({"true", "yes", "1", "wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar", "prawda"})
NO = frozenset({"false", "no", "0", "", "falsch", "faux", "falso", "onwaar", "fałsz"})
COUNT = re.compile(r"[0-9]{1,9}(\.0{1,2})?|[0-9]{1,3}(,[0-9]{3}){1,2}")  # 1.000 may be a thousand
MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?|,? 12:00:00 AM", re.IGNORECASE)
OTHER_FORMS = {  # that spreadsheets write when they save a report
    "%m/%d/%Y": "month/day/year",
    "%d/%m/%Y": "day/month/year",
    "%d.%m.%Y": "day.month.year",
    "%d-%m-%Y": "day-month-year",
    "%m-%d-%Y": "month-day-year",
    "%Y/%m/%d": "year/month/day",
}
DOWNLOAD_AGAIN = "download the report again and upload it without saving it in a spreadsheet"


def read_count(table: Table, column: str, cell: str) -> int | None:
    """A count; blank is ``None``."""
    text = cell.strip()
    if not text:
        return None
    if not COUNT.fullmatch(text):
        raise table.spot(column, cell).refuse(f"“{text}” is not a count: {DOWNLOAD_AGAIN}")
    return int(text.replace(",", "").partition(".")[0])


def read_flag(table: Table, column: str, cell: str) -> bool:
    word = cell.strip().casefold()
    if word not in YES and word not in NO:
        raise table.spot(column, cell).refuse(f"“{cell.strip()}” is neither yes nor no: {DOWNLOAD_AGAIN}")
    return word in YES


class Days:
    """The days of a file. Those that a spreadsheet has rewritten are read when the whole file allows one reading."""

    def __init__(self, table: Table, cells: Iterable[tuple[str, str]]) -> None:
        """``cells``: every column and cell of the file in which a day may stand."""
        self._table = table
        written = {cell: column for column, cell in cells if cell.strip()}
        iso = {cell for cell in written if ISO_DATE.fullmatch(_day_of(cell))}
        form = "%Y-%m-%d" if iso or not written else self._only_form(written)
        self._days = {cell: self._read(column, cell, form) for cell, column in written.items()}

    def get(self, cell: str) -> dt.date | None:
        """The day of a cell; blank is ``None``."""
        return self._days.get(cell)

    def need(self, column: str, cell: str) -> dt.date:
        day = self._days.get(cell)
        if day is None:
            raise self._table.spot(column, cell).refuse(_no_date(cell))
        return day

    def _only_form(self, written: dict[str, str]) -> str:
        readings = {form: [_parse(_day_of(cell), form) for cell in written] for form in OTHER_FORMS}
        fitting = [form for form, days in readings.items() if all(days)]
        if any(readings[form] != readings[fitting[0]] for form in fitting):
            cell = next(iter(written))
            words = " or ".join(OTHER_FORMS[form] for form in fitting)
            cause = f"“{cell.strip()}” may be {words}, and so may every date of the file: {DOWNLOAD_AGAIN}"
            raise self._table.spot(written[cell], cell).refuse(cause)
        return fitting[0] if fitting else "%Y-%m-%d"

    def _read(self, column: str, cell: str, form: str) -> dt.date:
        day = _parse(_day_of(cell), form)
        if day is None:
            raise self._table.spot(column, cell).refuse(_no_date(cell))
        return day


def _no_date(cell: str) -> str:
    return f"“{cell.strip()}” is not a date such as 2026-11-22: {DOWNLOAD_AGAIN}"


def _day_of(cell: str) -> str:
    """A cell without the midnight that some tools write beside a day."""
    return MIDNIGHT.sub("", cell.strip())


def _parse(text: str, form: str) -> dt.date | None:
    if form == "%Y-%m-%d" and not ISO_DATE.fullmatch(text):
        return None
    try:
        day = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
