"""Keyset pages: a page begins after a row, or ends before one, whatever the length of the list."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.sealing import seal, unseal

from .shape import Kind, Order

PAGE = 50
HIGHEST_ID = 2**63 - 1
SORT_KEY = "sort_key"
ROW = "row"  # kind of the sealed numbers in keys


class BadKey(ValueError):
    """A page's key that no page has given out."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and the keys of the pages beside it; empty where there is none."""

    rows: list[Any]
    next_key: str
    previous_key: str
    numbers: Mapping[str, object] = field(default_factory=dict)  # of a list's tabs
    beside: Any = None  # what was asked for in the same statement


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order and its direction, applied to rows that carry ``sort_key`` and ``id``."""

    order: Order
    is_descending: bool

    def sort(self, rows: QuerySet[Any], *, backwards: bool = False) -> QuerySet[Any]:
        """Rows in order, or in the opposite one."""
        sign = "-" if self.is_descending != backwards else ""
        return rows.order_by(f"{sign}{self.path}", f"{sign}id")

    def give_key(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with what they are sorted by as ``sort_key``."""
        by = self.order.by
        annotated: QuerySet[Any] = rows.annotate(**{SORT_KEY: F(by) if isinstance(by, str) else by})
        return annotated

    @property
    def path(self) -> str:
        """A plain field is sorted by itself, so that an index on it serves."""
        return self.order.by if isinstance(self.order.by, str) else SORT_KEY

    def beyond(self, key: str, *, backwards: bool = False) -> Q:
        """The rows behind a key. Raises BadKey."""
        value, pk = read_key(key, self.order.kind)
        test = "lt" if self.is_descending != backwards else "gt"
        behind = Q(**{f"{self.path}__{test}": value}) | Q(**{self.path: value, f"id__{test}": pk})
        return Q(**{f"{self.path}__{test}e": value}) & behind  # the first half alone is what an index can seek


def write_key(value: object, pk: int) -> str:
    """What a page ends with, as an address says it; the row's number, which may be the value too, is sealed."""
    written = value.isoformat() if isinstance(value, dt.datetime) else "" if value == pk else value
    return f"{written}~{seal(ROW, pk)}"


def read_key(key: str, kind: Kind) -> tuple[Any, int]:
    """The value and id in a key. Raises BadKey."""
    value, _mark, sealed = key.rpartition("~")
    pk = unseal(ROW, sealed)
    if pk is None:
        raise BadKey(key)
    try:
        return READERS[kind](value or str(pk) if kind == Kind.NUMBER else value), pk
    except (ValueError, OverflowError) as error:
        raise BadKey(key) from error


def _read_time(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise BadKey(text)
    return instant.astimezone(dt.UTC)


def _read_number(text: str) -> int:
    number = int(text)
    if not -HIGHEST_ID <= number <= HIGHEST_ID:
        raise BadKey(text)
    return number


READERS: Mapping[Kind, Callable[[str], Any]] = {Kind.TIME: _read_time, Kind.NUMBER: _read_number, Kind.TEXT: str}


@dataclass(frozen=True, slots=True)
class Place:
    """Which page: the one after a key, the one before a key, or the first."""

    after: str = ""
    before: str = ""

    @property
    def is_backwards(self) -> bool:
        return bool(self.before) and not self.after

    @property
    def key(self) -> str:
        return self.after or self.before


def cut(rows: QuerySet[Any], keyset: Keyset, place: Place, size: int) -> QuerySet[Any]:
    """The rows of one page and one more, nearest to the place first. Raises BadKey."""
    rows = keyset.give_key(rows)
    if place.key:
        rows = rows.filter(keyset.beyond(place.key, backwards=place.is_backwards))
    return keyset.sort(rows, backwards=place.is_backwards)[: size + 1]


def as_page(found: list[Any], place: Place, size: int) -> Page:
    """The page that ``cut`` rows make."""
    shown, is_more = found[:size], len(found) > size
    if not shown:
        return Page([], "", "")
    shown = shown[::-1] if place.is_backwards else shown
    first, last = (write_key(row.sort_key, row.id) for row in (shown[0], shown[-1]))
    has_next, has_previous = (True, is_more) if place.is_backwards else (is_more, bool(place.after))
    return Page(shown, last if has_next else "", first if has_previous else "")


def take_page(rows: QuerySet[Any], keyset: Keyset, place: Place, size: int = PAGE) -> Page:
    """One page of model rows, in one query. Raises BadKey."""
    return as_page(list(cut(rows, keyset, place, size)), place, size)


def page_by(rows: QuerySet[Any], order: Order, place: Place, *, is_descending: bool = False) -> Page:
    """One page of model rows; of a key that no page has given out, the first."""
    keyset = Keyset(order, is_descending)
    try:
        return take_page(rows, keyset, place)
    except BadKey:
        return take_page(rows, keyset, Place())


def page_newest_first(rows: QuerySet[Any], after: str) -> Page:
    return page_by(rows, Order("id", Kind.NUMBER), Place(after), is_descending=True)


def page_by_time(rows: QuerySet[Any], field: str, after: str) -> Page:
    """Rows by a time, oldest first."""
    return page_by(rows, Order(field, Kind.TIME), Place(after))
