"""What a list consists of: tabs, facets, columns, and what it may be sorted by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(Enum):
    """How a value that rows are sorted by is written into an address."""

    TIME = "time"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by: a path or expression that is never empty; ties go by id."""

    by: Any
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and under which name it sorts. One that is not ``usual`` is shown when it is chosen."""

    key: str
    label: "StrOrPromise"
    order: Order | None = None
    is_usual: bool = True
    starts_high: bool = False  # the first click sorts the newest or highest to the top
    fields: tuple[str, ...] = ()  # what it shows, read only when it is shown
    is_fixed: bool = False  # always shown: the row is opened by it


@dataclass(frozen=True, slots=True)
class Tab:
    """Rows of one kind, with the order that suits them and the words for when there are none."""

    key: str
    label: "StrOrPromise"
    where: Q
    sort: str
    empty: "StrOrPromise"
    is_finished: bool = False  # its rows are none of the list's ``unfinished``
    unsorted: tuple[str, ...] = ()  # columns that say nothing here
    parts: tuple[Q, ...] = ()  # together the whole tab, each with an index in the tab's own order
    sums: tuple[str, ...] = ()  # tabs whose numbers add up to its own


@dataclass(frozen=True, slots=True, eq=False)
class Facet:
    """One thing to filter by. Chosen values are alternatives; facets narrow each other down."""

    key: str
    label: "StrOrPromise"
    choices: Mapping[str, "StrOrPromise"]
    where: Callable[[Sequence[str], User], Q]

    @property
    def is_long(self) -> bool:
        """Too many choices for boxes: one is picked from a menu, and again for the next."""
        return len(self.choices) > 12


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One list. The first tab is where it opens."""

    tabs: Mapping[str, Tab]
    facets: Mapping[str, Facet]
    columns: Mapping[str, Column]
    searches: "StrOrPromise"
    orders: Mapping[str, Order] = field(init=False)

    def __post_init__(self) -> None:
        orders = {key: column.order for key, column in self.columns.items() if column.order}
        object.__setattr__(self, "orders", orders)

    @property
    def widest_tab(self) -> Tab:
        """The last one, which holds every row: a search without a tab looks there."""
        return list(self.tabs.values())[-1]

    @property
    def counted_tabs(self) -> list[Tab]:
        """Those whose rows are counted; the number of others is a sum. Unfinished ones come first."""
        counted = (tab for tab in self.tabs.values() if not tab.sums)
        return sorted(counted, key=lambda tab: tab.is_finished)

    @property
    def usual_columns(self) -> tuple[str, ...]:
        return tuple(key for key, column in self.columns.items() if column.is_usual)


def by_key(*entries: Any) -> dict[str, Any]:
    return {entry.key: entry for entry in entries}
