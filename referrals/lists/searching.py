"""Looking for a text: the statements that find it are written once, with blanks into which each text is put."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

MARK = "\ue000"  # around the name of a blank; a text that is searched for is never looked at for it


def blank(name: str) -> str:
    """What stands in a statement for a value that is put in later."""
    return f"{MARK}{name}{MARK}"


@dataclass(frozen=True, slots=True)
class Sought:
    """A text and what was found out about it, by name. Those with the same names are found in the same ways.

    ``is_rare``: few rows have it, and each way finds them by an index of its own. Others are met soon by who goes
    through the list in its order.
    """

    values: tuple[tuple[str, Any], ...]
    is_rare: bool = False

    def __getitem__(self, name: str) -> Any:
        return dict(self.values)[name]

    def __contains__(self, name: str) -> bool:
        return name in dict(self.values)

    @property
    def with_blanks(self) -> "Sought":
        """The same for every text that is found in these ways."""
        return replace(self, values=tuple((name, blank(name)) for name, _value in self.values))


@dataclass(frozen=True, slots=True)
class Search:
    """How a list is searched: a look ahead, which may take a query, and tests of which a row has to pass one."""

    look: Callable[[str], Sought]
    ways: Callable[[Sought], Sequence[Q]]


def among(path: str, ids: Any) -> Q:
    """Rows that refer to one of these ids, or of those that are put in for a blank."""
    return Q(**{f"{path}__in": RawSQL("SELECT unnest(%s::bigint[])", [ids])})
