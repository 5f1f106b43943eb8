"""One list for one person: its rows narrowed, in order, a page at a time; and what is beside a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Subquery

from accounts.models import User

from .paging import PAGE, BadKey, Keyset, Page, Place, as_page, cut, write_key
from .shape import Shape
from .state import ListState

MOST_COUNTED = 1000


class CappedCount(Subquery):
    """How many rows there are, up to a number beyond which nobody needs to know."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[:MOST_COUNTED])


@dataclass(frozen=True, slots=True)
class Count:
    """A tab's number in words: ``12``, or ``999+``."""

    number: int

    def __str__(self) -> str:
        return f"{MOST_COUNTED - 1}+" if self.number >= MOST_COUNTED else str(self.number)


@dataclass(frozen=True, slots=True)
class Listing:
    """``rows`` are those that the person may see. ``finds`` gives the ways in which a text may be found in a row."""

    shape: Shape
    rows: QuerySet[Any]
    fields: Sequence[str]
    finds: Callable[[str], Sequence[Q]]
    person: User

    def narrow(self, state: ListState) -> QuerySet[Any]:
        """Rows of the tab that every facet lets pass; the search is not applied."""
        tests = [self.shape.facets[key].where(values, self.person) for key, values in state.chosen.items()]
        return self.rows.filter(reduce(and_, tests, state.tab.where))

    def matching(self, state: ListState) -> QuerySet[Any]:
        """All rows of a list, in its order, for whoever goes through all of them."""
        rows = self.narrow(state)
        if state.search:
            rows = rows.filter(reduce(lambda one, other: one | other, self.finds(state.search)))
        keyset = self.keyset(state)
        return keyset.sort(keyset.give_key(rows))

    def keyset(self, state: ListState) -> Keyset:
        return Keyset(self.shape.orders[state.sort], state.is_descending)

    def page(self, state: ListState, size: int = PAGE) -> Page:
        """One page, with ``fields`` as attributes. One query; two when a search looks in several places.

        Raises:
            BadKey: the place in the list is none that it has given out.
        """
        place, keyset = Place(state.after, state.before), self.keyset(state)
        rows = cut(self._found(state, place, size), keyset, place, size)
        return as_page(list(rows.values_list(*self.fields, "sort_key", named=True)), place, size)

    def _found(self, state: ListState, place: Place, size: int) -> QuerySet[Any]:
        """The rows that a page is cut from. Each way of finding brings its own page's worth, by its own index."""
        rows = self.narrow(state)
        ways = self.finds(state.search) if state.search else ()
        if len(ways) < 2:
            return rows.filter(*ways)
        keyset = self.keyset(state)
        cuts = [cut(rows.filter(way), keyset, place, size).values_list("id", "sort_key") for way in ways]
        return self.rows.filter(pk__in={pk for pk, _key in cuts[0].union(*cuts[1:], all=True)})

    def count(self) -> dict[str, Count]:
        """Tab → how many rows it has. One query."""
        tabs = [tab for tab in self.shape.tabs.values() if tab.is_counted]
        counts = [CappedCount(self.rows.filter(tab.where)) for tab in tabs]
        numbers = User.objects.filter(pk=self.person.pk).values_list(*counts).get()
        return {tab.key: Count(number) for tab, number in zip(tabs, numbers, strict=True)}

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
