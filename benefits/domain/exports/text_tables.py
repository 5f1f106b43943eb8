"""Products from tables: the MSOnline module's console table and CSV, and the admin center's downloads."""

import csv
import re
from collections.abc import Callable
from typing import NamedTuple

from benefits.choices import SubscriptionState

from ..json_input import InputError
from .products import LIMIT, Listing, Product, Units
from .refusals import HOW, HOW_CLI, refuse

RULE = re.compile(r"\s*-{3,}[\s-]*")  # below the header of a console table
SEPARATORS = (",", ";", "\t")
ENABLED, WARNING = SubscriptionState.ENABLED.value, SubscriptionState.WARNING.value
OLD_COLUMNS = {
    "activeunits": SubscriptionState.ENABLED,
    "warningunits": SubscriptionState.WARNING,
    "suspendedunits": SubscriptionState.SUSPENDED,
    "lockedoutunits": SubscriptionState.LOCKED_OUT,
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
        """A count; empty is not known. Raises InputError."""
        text = self.cells.get(column, "").replace(",", "")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()) or int(text) >= LIMIT:
            raise InputError(f"“{self.cells[column]}” is not a number of seats", f"column “{column}”", self.line)
        return int(text)


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
        raise InputError(f"lists {len(rows):,} products; at most {most:,} are read")
    return Listing(form.shape, tuple(form.read(row) for row in rows), warnings=(form.warning,) if form.warning else ())


def _console_table(text: str) -> tuple[set[str], list[Row]] | None:
    """A table as PowerShell prints it: names, a rule of hyphens, and cells below the names."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 3 or not RULE.fullmatch(lines[1][1]):
        return None
    names = [name.casefold() for name in lines[0][1].split()]
    rows = []
    for number, line in lines[2:]:
        cells = line.split()
        if len(cells) != len(names):
            raise InputError(f"has {len(cells)} cells; the header has {len(names)}", line=number)
        rows.append(Row(number, dict(zip(names, cells, strict=True))))
    return set(names), rows


def _csv_table(text: str) -> tuple[set[str], list[Row]]:
    lines = text.splitlines(keepends=True)
    start = 1 if lines and lines[0].startswith("#TYPE") else 0  # that Windows PowerShell puts above its header
    first = lines[start] if len(lines) > start else ""
    separator = max(SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    try:
        found = [
            (reader.line_num + start, cells)
            for reader in [csv.reader(lines[start:], delimiter=separator)]
            for cells in reader
        ]
    except csv.Error as error:
        raise InputError(f"not a table that can be read: {error}") from None
    filled = [(line, [cell.strip() for cell in cells]) for line, cells in found if any(cell.strip() for cell in cells)]
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
    if "prepaidunits" in header and "activeunits" not in header:
        raise refuse("a CSV of Get-MgSubscribedSku", "in which the seats are replaced by the name of a type", how=HOW)
    if header & {"skupartnumber", "accountskuid"} and not header & OLD_COLUMNS.keys():
        ways = f"{HOW}. {HOW_CLI}"
        raise refuse("a list of products without their seats", "which this form of export leaves out", how=ways)
    if "user principal name" in header or "userprincipalname" in header:
        raise refuse("a list of people", "which says nothing of seats")


def _old_module(row: Row) -> Product:
    counts = {state.value: row.seats(column) for column, state in OLD_COLUMNS.items() if column in row.cells}
    units: Units = {state: count for state, count in counts.items() if count}
    number = row.text("skupartnumber", "accountskuid")
    if not number:
        raise InputError("names no product", "column “accountskuid”", row.line)
    return Product(number, row.text("skuid"), units)


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


FORMS = (
    Form("msonline", frozenset({"accountskuid", "activeunits"}), _old_module, "the service plans are not in it"),
    Form("admin_center_licenses", frozenset({"product title", "total licenses"}), _licences, NO_SERVICE_PLANS),
    Form(
        "admin_center_products",
        frozenset({"product name", "purchased quantity", "subscription status"}),
        _purchases,
        NO_SERVICE_PLANS,
    ),
)
