"""Products from tables: the MSOnline module's console table and CSV, and the admin center's downloads."""

import csv
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from benefits.choices import SubscriptionState

from ..json_input import InputError
from ..preamble import is_preamble
from .products import LIMIT, Listing, Product, Units, known_units
from .refusals import HOW, HOW_CLI, refuse

RULE = re.compile(r"\s*-{2,}(\s+-{2,})*\s*")  # below the header of a console table
COUNT = re.compile(r"[0-9]{1,10}(\.0{1,2})?|[0-9]{1,3}(,[0-9]{3})+")  # 1.000 may be a thousand
UNLIMITED = ("", "-", "–", "unlimited", "n/a")
CUT_UNITS = re.compile(r"@\{(.*)\}|class \w+ \{(.*)\}", re.DOTALL)
CUT_PAIR = re.compile(r"(\w+)\s*[=:]\s*(-?[0-9]{1,10})\b")
SEPARATORS = (",", ";", "\t")
ENABLED, WARNING = SubscriptionState.ENABLED.value, SubscriptionState.WARNING.value
OLD_COLUMNS = {
    "activeunits": SubscriptionState.ENABLED,
    "warningunits": SubscriptionState.WARNING,
    "suspendedunits": SubscriptionState.SUSPENDED,
    "lockedoutunits": SubscriptionState.LOCKED_OUT,
}
NEW_COLUMNS = {
    "enabled": SubscriptionState.ENABLED,
    "warning": SubscriptionState.WARNING,
    "suspended": SubscriptionState.SUSPENDED,
    "lockedout": SubscriptionState.LOCKED_OUT,
}
PURCHASE_STATES = {
    "active": SubscriptionState.ENABLED,
    "expired": SubscriptionState.WARNING,  # the days in which everything still works
    "disabled": SubscriptionState.SUSPENDED,
    "suspended": SubscriptionState.SUSPENDED,
    "deleted": SubscriptionState.DELETED,
}
NO_SERVICE_PLANS = "read by product name; the service plans are not known"


class Row(NamedTuple):
    """One row with its line; cells by column name in small letters."""

    line: int
    cells: dict[str, str]

    def text(self, *columns: str) -> str:
        return next((self.cells[name] for name in columns if self.cells.get(name)), "")

    def seats(self, column: str) -> int | None:
        """A number of seats; empty, or a word for no limit, is not known. Raises InputError."""
        text = self.cells.get(column, "")
        if text.casefold() in UNLIMITED:
            return None
        if not COUNT.fullmatch(text) or len(text) > 14:
            raise InputError(f"“{text[:40]}” is not a number of seats", f"column “{column}”", self.line)
        return int(text.replace(",", "").partition(".")[0])

    def all_seats(self, columns: Mapping[str, SubscriptionState]) -> Units:
        """State → seats, of those columns that the table has."""
        return {state.value: self.seats(column) for column, state in columns.items() if column in self.cells}


class Form(NamedTuple):
    """A table that is known by its columns, and how a row of it is read."""

    shape: str
    columns: frozenset[str]
    read: Callable[[Row], Product]
    warning: str = ""


def read_text_listing(text: str, most: int) -> Listing:
    """The products of a table. ``most`` of them are read.

    Raises:
        InputError: the table cannot be enough, or is none that is known; or a cell that cannot be read, with its place.
    """
    header, rows = _console_table(text) or _csv_table(text)
    _recognise(header, rows)
    form = next((form for form in FORMS if form.columns <= header), None)
    if form is None:
        named = ", ".join(sorted(header)[:6])
        raise refuse("no list of products that is known here", f"with the columns {named}" if named else "")
    if len(rows) > most:
        raise InputError(f"lists {len(rows):,} products; the maximum is {most:,}")
    return Listing(form.shape, tuple(form.read(row) for row in rows), warnings=(form.warning,) if form.warning else ())


def _console_table(text: str) -> tuple[set[str], list[Row]] | None:
    """A table as PowerShell prints it: names, a rule of hyphens, and cells below the names."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not RULE.fullmatch(lines[1][1]):
        return None
    names = [name.casefold() for name in lines[0][1].split()]
    rows = [(number, line.split()) for number, line in lines[2:]]
    whole = [Row(number, dict(zip(names, cells, strict=True))) for number, cells in rows if len(cells) == len(names)]
    if len(whole) < len(rows) and {*names} & OLD_COLUMNS.keys():
        number, cells = next(row for row in rows if len(row[1]) != len(names))
        raise InputError(f"has {len(cells)} cells; the header has {len(names)}", line=number)
    return set(names), whole


def _csv_table(text: str) -> tuple[set[str], list[Row]]:
    lines = text.splitlines(keepends=True)
    start = next((place for place, line in enumerate(lines) if not is_preamble(line)), 0)
    try:
        marks = {mark: len(next(csv.reader(lines[start : start + 1], delimiter=mark), [])) for mark in SEPARATORS}
        reader = csv.reader(lines[start:], delimiter=max(marks, key=lambda mark: marks[mark]))
        found = [(reader.line_num + start, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise InputError(f"not a table that can be read: {error}") from None
    filled = [(line, cells) for line, cells in found if any(cells)]
    if not filled:
        raise InputError("the file is empty")
    names = [" ".join(name.split()).casefold() for name in filled[0][1]]
    for line, cells in filled[1:]:
        if len(cells) != len(names):
            raise InputError(f"has {len(cells)} cells; the header has {len(names)}", line=line)
    return set(names), [Row(line, dict(zip(names, cells, strict=True))) for line, cells in filled[1:]]


def _recognise(header: set[str], rows: list[Row]) -> None:
    """Refuse what can never be enough."""
    if "report refresh date" in header:
        raise refuse("a usage report", "which says who uses what")
    if "prepaidunits" in header and not any(CUT_UNITS.fullmatch(row.text("prepaidunits")) for row in rows):
        raise refuse("a CSV of Get-MgSubscribedSku", "in which the seats are replaced by the name of a type", how=HOW)
    is_of_products = header & {"skupartnumber", "accountskuid", "skuid"}
    if is_of_products and not header & {*OLD_COLUMNS, *NEW_COLUMNS, "prepaidunits"}:
        ways = f"{HOW}. {HOW_CLI}"
        raise refuse("a list of products without their seats", "which this form of export leaves out", how=ways)
    if "user principal name" in header or "userprincipalname" in header:
        raise refuse("a list of people", "which says nothing of seats")


def _old_module(row: Row) -> Product:
    return _with_units(
        row, {state.value: row.seats(column) for column, state in OLD_COLUMNS.items() if column in row.cells}
    )


def _expanded(row: Row) -> Product:
    """Of a selection whose units stand in columns of their own."""
    return _with_units(
        row, {state.value: row.seats(column) for column, state in NEW_COLUMNS.items() if column in row.cells}
    )


def _cut_units(row: Row) -> Product:
    """Of a CSV that holds the units as PowerShell writes an object."""
    text = row.text("prepaidunits")
    if not CUT_UNITS.fullmatch(text):
        return _with_units(row, {})
    return _with_units(row, read_cut_units(text, row.line))


def read_cut_units(text: str, line: int | None = None) -> Units:
    """Units from ``@{enabled=300; …}``; of what is not there the seats are not known. Raises InputError."""
    counts = {name.casefold(): int(number) for name, number in CUT_PAIR.findall(text)}
    if any(not 0 <= number < LIMIT for number in counts.values()):
        raise InputError("has units that cannot be seats", "prepaidUnits", line)
    return {state.value: counts[name] for name, state in NEW_COLUMNS.items() if name in counts}


def _with_units(row: Row, counts: Units) -> Product:
    number, sku_id = row.text("skupartnumber", "accountskuid"), row.text("skuid")
    if not number and not sku_id:
        raise InputError("names no product", "column “accountskuid”", row.line)
    return Product(number, sku_id, known_units(counts), row.text("capabilitystatus"))


def _licences(row: Row) -> Product:
    """Of the admin center's list of licences: with expired ones among them, how many still count is not said."""
    total, expired = row.seats("total licenses"), row.seats("expired licenses")
    units: Units = {} if total == 0 else {ENABLED: None if expired else total}
    return Product("", "", units, name=_name(row, "product title"))


def _purchases(row: Row) -> Product:
    state = PURCHASE_STATES.get(row.text("subscription status").casefold())
    count = row.seats("purchased quantity")
    units: Units = {state.value: count} if state else {ENABLED: None}
    return Product("", "", units if count != 0 else {}, name=_name(row, "product name"))


def _name(row: Row, column: str) -> str:
    if not row.cells[column]:
        raise InputError("names no product", f"column “{column}”", row.line)
    return row.cells[column]


NO_LIST = "the service plans are not in it"
FORMS = (
    Form("msonline", frozenset({"activeunits"}), _old_module, NO_LIST),
    Form("prepaid_units", frozenset({"prepaidunits"}), _cut_units, NO_LIST),
    Form("selected_units", frozenset({"enabled", "skupartnumber"}), _expanded, NO_LIST),
    Form("selected_units", frozenset({"enabled", "skuid"}), _expanded, NO_LIST),
    Form("admin_center_licenses", frozenset({"product title", "total licenses"}), _licences, NO_SERVICE_PLANS),
    Form(
        "admin_center_products",
        frozenset({"product name", "purchased quantity", "subscription status"}),
        _purchases,
        NO_SERVICE_PLANS,
    ),
)
