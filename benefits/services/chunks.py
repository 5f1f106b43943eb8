"""Many rows without a server-side cursor, which a pooler in transaction mode loses between two statements."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def each_by_id(rows: "QuerySet[Row]", size: int) -> Iterator[Row]:
    """Every row by ascending id, ``size`` a query."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield from found
        last = found[-1].pk
