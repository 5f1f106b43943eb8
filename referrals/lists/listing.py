"""One list for one person: its rows narrowed, in order, a page at a time; and what is beside a row."""

import datetime as dt
import itertools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from .paging import PAGE, SORT_KEY, BadKey, Keyset, Page, Place, as_page, read_key, write_key
from .searching import Search, Sought
from .shape import Order, Shape
from .state import ListState
from .statements import NULL, Cut, Reading, Statement, in_one, number_of, numbers_among, reading, write

MOST_COUNTED = 1000
KEPT, LISTINGS = 512, 64  # statements, and lists, kept in a process


@dataclass(frozen=True, slots=True)
class Number:
    """A tab's number in words: ``12``, or ``999+``."""

    number: int

    def __str__(self) -> str:
        return f"{MOST_COUNTED - 1}+" if self.number >= MOST_COUNTED else str(self.number)


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """``rows`` are those that the person may see, each with ``fields`` besides what the columns show.

    Listings are equal when they show the same rows to the same person: what ``whose`` says.
    """

    shape: Shape
    whose: tuple[Hashable, ...]
    rows: QuerySet[Any]
    fields: Sequence[str]
    words: Mapping[str, Any]  # names of what is worked out of a row when it is shown
    search: Search
    noted: Sequence[str]  # words in which a search may have found its text, read when something is searched for
    person: User
    unfinished: QuerySet[Any] | None = None  # few rows: all of the tabs that are not finished
    shares: Sequence[Q] = ()  # together all rows, each with an index in the tabs' orders
    number: str = "public_id"  # what addresses of rows carry: a field, or one of ``words``

    def narrow(self, where: Q, chosen: Iterable[tuple[str, tuple[str, ...]]]) -> QuerySet[Any]:
        """Rows of a tab, or a part of it, that every facet lets pass; the search is not applied."""
        tests = [self.shape.facets[key].where(values, self.person) for key, values in chosen]
        return self.rows.filter(reduce(and_, tests, where))

    def matching(self, state: ListState) -> QuerySet[Any]:
        """All rows of a list, in its order, with their words, for whoever goes through all of them."""
        rows: QuerySet[Any] = self._matching(state).annotate(**self.words)
        return rows

    def _matching(self, state: ListState) -> QuerySet[Any]:
        rows = self.narrow(state.tab.where, state.chosen.items())
        if state.search:
            rows = rows.filter(reduce(or_, self.search.ways(self.search.look(state.search))))
        keyset = self.keyset(state)
        return keyset.sort(keyset.give_key(rows))

    def keyset(self, state: ListState) -> Keyset:
        return Keyset(self.shape.orders[state.sort], state.is_descending)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listing) and (self.shape, self.whose) == (other.shape, other.whose)

    def __hash__(self) -> int:
        return hash((self.shape, self.whose))

    def page(self, state: ListState, size: int = PAGE, beside: Statement = NULL) -> Page:
        """One page, with what is shown as attributes, how many rows each tab has, and the value of ``beside``.

        Two queries, and what a search takes to look ahead: which rows and how many, then their words.

        Raises:
            BadKey: the place in the list is none that it has given out.
        """
        place, keyset = Place(state.after, state.before), self.keyset(state)
        key = read_key(place.key, keyset.order.kind) if place.key else None
        cut = Cut(self._parts(state), keyset.is_descending != place.is_backwards)
        ids, *counts, value = in_one([cut.at(key, size + 1), *_tab_numbers(self), beside]).first()
        shown = _shown(self, keyset.order, state.columns, bool(state.search))
        page = as_page(shown.of(ids) if ids else [], place, size)
        return replace(page, numbers=self._numbers(counts), beside=value)

    def _parts(self, state: ListState) -> Sequence[Statement]:
        """The statements that rows of a page are cut from."""
        today = timezone.localdate(), timezone.get_current_timezone_name()
        sought = self.search.look(state.search) if state.search else None
        blanks = sought and sought.with_blanks
        parts = _write_parts(self, state.tab.key, tuple(state.chosen.items()), state.sort, today, blanks)
        return [part.filled(sought) for part in parts] if sought else parts

    def count_tabs(self) -> dict[str, Number]:
        """Tab → its number. One query."""
        return self._numbers(in_one(_tab_numbers(self)).first())

    def _numbers(self, counts: Sequence[Any]) -> dict[str, Number]:
        """Tab → its number."""
        flat = counts if self.unfinished is None else [*counts[0], *counts[1:]]
        known = dict(zip((tab.key for tab in self.shape.counted_tabs), flat, strict=True))
        for tab in self.shape.tabs.values():
            if tab.sums:
                known[tab.key] = sum(known[key] for key in tab.sums)
        return {key: Number(number) for key, number in known.items()}

    def neighbours(self, state: ListState, pk: int) -> tuple[str, str]:
        """Numbers of the rows before and after one that is or was in the list; empty where there is none."""
        keyset = self.keyset(state)
        here = keyset.give_key(self.rows).filter(pk=pk).values_list("sort_key", flat=True).first()
        if here is None:
            return "", ""
        rows = self._matching(state)
        key = write_key(here, pk)
        sides = [keyset.sort(rows.filter(keyset.beyond(key, backwards=back)), backwards=back) for back in (True, False)]
        word = {self.number: self.words[self.number]} if self.number in self.words else {}
        numbers = (side.annotate(**word).values_list(self.number, flat=True).first() for side in sides)
        previous, following = (number or "" for number in numbers)
        return previous, following


def _keyed(keyset: Keyset, rows: QuerySet[Any]) -> Statement:
    return write(keyset.give_key(rows).order_by().values("id", SORT_KEY))


@lru_cache(maxsize=KEPT)
def _write_parts(
    listing: Listing,
    key: str,
    chosen: tuple[tuple[str, tuple[str, ...]], ...],
    sort: str,
    _today: tuple[dt.date, str],
    sought: Sought | None,
) -> Sequence[Statement]:
    """A list's rows, or parts of them that have an index each. ``_today``: some filters mean the reader's day."""
    tab, keyset = listing.shape.tabs[key], Keyset(listing.shape.orders[sort], False)
    ways = listing.search.ways(sought) if sought else ()
    if sought and sought.is_rare:
        rows = listing.narrow(tab.where, chosen)
        return [_keyed(keyset, rows.filter(way)) for way in ways]
    parts = [tab.where & share for share in listing.shares]
    if sort == tab.sort.lstrip("-"):
        parts = parts or list(tab.parts)
    found = reduce(or_, ways, Q())
    return [_keyed(keyset, listing.narrow(part, chosen).filter(found)) for part in parts or [tab.where]]


@lru_cache(maxsize=KEPT)
def _tab_numbers(listing: Listing) -> Sequence[Statement]:
    tabs, together = listing.shape.counted_tabs, []
    if listing.unfinished is not None:
        few = {tab.key: tab.where for tab in tabs if not tab.is_finished}
        tabs, together = tabs[len(few) :], [numbers_among(listing.unfinished, few)]
    rows = (listing.rows.filter(tab.where).order_by().values("pk")[:MOST_COUNTED] for tab in tabs)
    return [*together, *map(number_of, rows)]


@lru_cache(maxsize=KEPT)
def _shown(listing: Listing, order: Order, columns: tuple[str, ...], is_search: bool) -> Reading:
    of_columns = (listing.shape.columns[key].fields for key in columns)
    fields = itertools.chain(listing.fields, *of_columns, listing.noted if is_search else (), (SORT_KEY,))
    rows = Keyset(order, False).give_key(listing.rows.annotate(**listing.words)).order_by()
    return reading(rows, tuple(dict.fromkeys(fields)))


def first_page(listing: Listing, state: ListState, beside: Statement = NULL) -> tuple[Page, str]:
    """The page asked for; of a place that has no rows, or that no page has given out, the first one and a word."""
    try:
        page = listing.page(state, beside=beside)
    except BadKey:
        problem = _("That page doesn’t exist; showing the first page.")
    else:
        if page.rows or not (state.after or state.before):
            return page, ""
        problem = _("No more rows; showing the first page.")
    return listing.page(state.from_the_top, beside=beside), problem
