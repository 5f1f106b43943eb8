"""One list for one person: its rows narrowed, in order, a page at a time; and what is beside a row."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet

from accounts.models import User

from .paging import PAGE, BadKey, Keyset, Page, Place, as_page, cut, write_key
from .shape import Shape
from .state import ListState

MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Number:
    """A tab's number in words: ``12``, or ``999+``."""

    number: int

    def __str__(self) -> str:
        return f"{MOST_COUNTED - 1}+" if self.number >= MOST_COUNTED else str(self.number)


def count_each(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each has, in one statement."""
    counts: list[str] = []
    values: list[Any] = []
    for rows in querysets:
        try:
            sql, params = rows.query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE false", ()
        counts.append(f"(SELECT count(*) FROM ({sql}) AS rows)")  # noqa: S608 (Django's own SQL, with its parameters)
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone() or ())


@dataclass(frozen=True, slots=True)
class Listing:
    """``rows`` are those that the person may see, each with ``fields`` besides what the columns show.

    ``finds`` gives the ways in which a text may be found in a row.
    """

    shape: Shape
    rows: QuerySet[Any]
    fields: Sequence[str]
    finds: Callable[[str], Sequence[Q]]
    person: User
    unfinished: QuerySet[Any] | None = None  # few rows, with all those that the tabs count

    def narrow(self, state: ListState) -> QuerySet[Any]:
        """Rows of the tab that every facet lets pass; the search is not applied."""
        tests = [self.shape.facets[key].where(values, self.person) for key, values in state.chosen.items()]
        return self.rows.filter(reduce(and_, tests, state.tab.where))

    def matching(self, state: ListState) -> QuerySet[Any]:
        """All rows of a list, in its order, for whoever goes through all of them."""
        rows = self.narrow(state)
        if state.search:
            rows = rows.filter(reduce(or_, self.finds(state.search)))
        keyset = self.keyset(state)
        return keyset.sort(keyset.give_key(rows))

    def keyset(self, state: ListState) -> Keyset:
        return Keyset(self.shape.orders[state.sort], state.is_descending)

    def page(self, state: ListState, size: int = PAGE) -> Page:
        """One page, with what is shown as attributes. Two queries, and that of ``finds``: which rows, then their words.

        Raises:
            BadKey: the place in the list is none that it has given out.
        """
        place, keyset = Place(state.after, state.before), self.keyset(state)
        rows = cut(self._found(state, place, size), keyset, place, size)
        shown = itertools.chain(self.fields, *(self.shape.columns[key].fields for key in state.columns))
        return as_page(list(rows.values_list(*dict.fromkeys(shown), "sort_key", named=True)), place, size)

    def _found(self, state: ListState, place: Place, size: int) -> QuerySet[Any]:
        """The rows that a page is cut from. Each way of finding brings its own page's worth, by its own index."""
        rows, keyset = self.narrow(state), self.keyset(state)
        cuts = [cut(rows.filter(way), keyset, place, size).values_list("id", "sort_key") for way in self._ways(state)]
        cuts = cuts or [cut(rows, keyset, place, size).values_list("id", "sort_key")]
        return self.rows.filter(pk__in={pk for pk, _key in cuts[0].union(*cuts[1:], all=True)})

    def _ways(self, state: ListState) -> Sequence[Q]:
        """Tests of which each row in question passes one: ways of finding it, or parts of a tab in its own order."""
        if state.search:
            return self.finds(state.search)
        return state.tab.parts if state.sort == state.tab.sort.lstrip("-") else ()

    def count(self) -> dict[str, Number]:
        """Tab → how many rows it has, up to a number beyond which nobody needs to know. One query."""
        tabs = [tab for tab in self.shape.tabs.values() if tab.is_counted and not tab.sums]
        if self.unfinished is not None:
            known = self.unfinished.aggregate(**{tab.key: Count("pk", filter=tab.where) for tab in tabs})
        else:
            counted = [self.rows.filter(tab.where).order_by().values("pk")[:MOST_COUNTED] for tab in tabs]
            known = {tab.key: number for tab, number in zip(tabs, count_each(counted), strict=True)}
        known |= {tab.key: sum(known[key] for key in tab.sums) for tab in self.shape.tabs.values() if tab.sums}
        return {key: Number(number) for key, number in known.items()}

    def neighbours(self, state: ListState, pk: int) -> tuple[str, str]:
        """Public ids of the rows before and after one that is or was in the list; empty where there is none."""
        keyset = self.keyset(state)
        here = keyset.give_key(self.rows).filter(pk=pk).values_list("sort_key", flat=True).first()
        if here is None:
            return "", ""
        rows = self.matching(state)
        key = write_key(here, pk)
        sides = [keyset.sort(rows.filter(keyset.beyond(key, backwards=back)), backwards=back) for back in (True, False)]
        previous, following = (side.values_list("public_id", flat=True).first() or "" for side in sides)
        return previous, following


def first_page(listing: Listing, state: ListState) -> tuple[Page, str]:
    """The page asked for; with a key that no page has given out, the first one and a word about it."""
    try:
        return listing.page(state), ""
    except BadKey:
        return listing.page(state.from_the_top), "That place in the list does not exist; this is the first page."
