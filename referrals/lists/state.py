"""The state of a list as its address says it: tab, facets, search, order, columns, place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from django.utils.translation import gettext as _

from .shape import Column, Facet, Shape, Tab

LONGEST_SEARCH = 100
SHORTEST_SEARCH = 3
MOST_VALUES = 40
LONGEST_ADDRESS, MOST_FIELDS = 16_000, 400  # more than the most filters take
TAB, SEARCH, SORT, COLUMNS, AFTER, BEFORE = "tab", "q", "sort", "columns", "after", "before"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: the address that sorts by it, and how it is sorted now."""

    column: Column
    address: str
    sorted: str  # "ascending", "descending" or "" as ARIA names them


@dataclass(frozen=True, slots=True)
class ListState:
    """What is shown. Everything but ``problems`` goes into the address; what is as usual is left out of it."""

    shape: Shape
    tab: Tab
    chosen: Mapping[str, tuple[str, ...]]
    search: str
    sort: str
    is_descending: bool
    columns: tuple[str, ...]
    after: str = ""
    before: str = ""
    problems: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The query of this list, whatever the place in it."""
        pairs = [(TAB, self.tab.key)]  # always: an address without anything opens the person's own view
        pairs += [(key, value) for key, values in self.chosen.items() for value in values]
        pairs += [(SEARCH, self.search)] if self.search else []
        pairs += [(SORT, self.signed_sort)] if self.signed_sort != self.tab.sort else []
        pairs += [(COLUMNS, ",".join(self.columns))] if self.columns != self.shape.usual_columns else []
        return "?" + urlencode(pairs)

    @property
    def signed_sort(self) -> str:
        return f"-{self.sort}" if self.is_descending else self.sort

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen or self.search)

    @property
    def cleared(self) -> str:
        return replace(self, chosen={}, search="").address

    @property
    def here(self) -> str:
        """The query with the place in the list."""
        return self.place(AFTER, self.after) or self.place(BEFORE, self.before) or self.address

    def place(self, name: str, key: str) -> str:
        """The address of the page that begins after, or ends before, a row."""
        return f"{self.address}&{urlencode({name: key})}" if key else ""

    @property
    def in_widest_tab(self) -> str:
        """The same search among all rows; empty where it is one already."""
        widest = self.shape.widest_tab
        return "" if self.tab is widest else self.in_tab(widest)

    def in_tab(self, tab: Tab) -> str:
        """The same filters in another tab, in that tab's own order."""
        return replace(self, tab=tab, sort=tab.sort.lstrip("-"), is_descending=tab.sort.startswith("-")).address

    @property
    def from_the_top(self) -> "ListState":
        return replace(self, after="", before="")

    @property
    def chips(self) -> list[Chip]:
        shown = [Chip(f"“{self.search}”", replace(self, search="").address)] if self.search else []
        for key, values in self.chosen.items():
            facet = self.shape.facets[key]
            shown += [Chip(f"{facet.label}: {facet.choices[value]}", self.without(facet, value)) for value in values]
        return shown

    def without(self, facet: Facet, value: str) -> str:
        left = tuple(one for one in self.chosen[facet.key] if one != value)
        rest = {key: values for key, values in self.chosen.items() if key != facet.key}
        return replace(self, chosen={**rest, facet.key: left} if left else rest).address

    @property
    def heads(self) -> list[Head]:
        return [self._head(self.shape.columns[key]) for key in self.columns]

    def _head(self, column: Column) -> Head:
        if column.order is None or column.key in self.tab.unsorted:
            return Head(column, "", "")
        is_now = column.key == self.sort
        down = not self.is_descending if is_now else column.starts_high
        now = ("descending" if self.is_descending else "ascending") if is_now else ""
        return Head(column, replace(self, sort=column.key, is_descending=down).address, now)


def _first(shape: Shape) -> Tab:
    return next(iter(shape.tabs.values()))


class Reader:
    """Reads an address. What it cannot understand it leaves out and says so; it never fails."""

    def __init__(self, shape: Shape, given: Mapping[str, Sequence[str]]) -> None:
        self.shape, self.given = shape, given
        self.problems: list[str] = []

    def read(self) -> ListState:
        tab = self._tab()
        sort = self._sort(tab)
        after, before = self._one(AFTER), self._one(BEFORE)
        return ListState(
            shape=self.shape,
            tab=tab,
            chosen=self._chosen(),
            search=self._search(),
            sort=sort.lstrip("-"),
            is_descending=sort.startswith("-"),
            columns=self._columns(),
            after=after,
            before="" if after else before,
            problems=tuple(self.problems),
        )

    def _one(self, name: str) -> str:
        values = self.given.get(name) or [""]
        return values[-1].replace("\x00", "")

    def _tab(self) -> Tab:
        key = self._one(TAB)
        if key and key not in self.shape.tabs:
            self._say(
                _("View “%(key)s” not found; showing “%(first)s”.") % {"key": key, "first": _first(self.shape).label}
            )
        if not key and self._one(SEARCH):
            return self.shape.widest_tab
        return self.shape.tabs.get(key, _first(self.shape))

    def _sort(self, tab: Tab) -> str:
        sort = self._one(SORT)
        if sort and (sort.removeprefix("-") not in set(self.shape.orders) - set(tab.unsorted)):
            self._say(_("The list can’t be sorted by “%(sort)s”.") % {"sort": sort})
            sort = ""
        return sort or tab.sort

    def _search(self) -> str:
        text = " ".join(self._one(SEARCH).split())
        if len(text) > LONGEST_SEARCH:
            self._say(_("Search is limited to %(most)s characters; the rest was ignored.") % {"most": LONGEST_SEARCH})
        if text and len(text) < SHORTEST_SEARCH:
            self._say(_("Enter at least %(least)s characters to search.") % {"least": SHORTEST_SEARCH})
            return ""
        return text[:LONGEST_SEARCH].strip()

    def _chosen(self) -> dict[str, tuple[str, ...]]:
        chosen = {}
        for key, facet in self.shape.facets.items():
            wanted = [value for value in dict.fromkeys(self.given.get(key) or []) if value]
            known = tuple(value for value in wanted if value in facet.choices)[:MOST_VALUES]
            for value in [value for value in wanted if value not in facet.choices][:1]:
                self._say(
                    _("Unknown filter value “%(value)s” for “%(facet)s” was ignored.")
                    % {"value": value, "facet": facet.label}
                )
            if known:
                chosen[key] = known
        return chosen

    def _columns(self) -> tuple[str, ...]:
        """The columns in the list's own order, however they are named in the address: once, or one by one."""
        wanted = {key for value in self.given.get(COLUMNS) or [] for key in value.split(",")}
        if not wanted & self.shape.columns.keys():
            if wanted - {""}:
                self._say(_("Unknown columns were ignored; showing the default columns."))
            return self.shape.usual_columns
        return tuple(key for key, column in self.shape.columns.items() if key in wanted or column.is_fixed)

    def _say(self, problem: str) -> None:
        self.problems.append(problem[:200])


def read_state(shape: Shape, given: Mapping[str, Sequence[str]]) -> ListState:
    """The state that an address names. ``given``: name → values, as a QueryDict lists them."""
    return Reader(shape, given).read()


def state_in(shape: Shape, address: str) -> ListState:
    """The state that a list's query names, as forms and links carry it along."""
    try:
        given = parse_qs(address[:LONGEST_ADDRESS].removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError:  # more fields than any list of ours has
        given = {}
    return read_state(shape, given)
