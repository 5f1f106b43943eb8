"""Statements of a list, written once for each of its states: what a page asks is always the same but for its place.

Django writes them; here they stand in each other. ``sort_key`` and ``id`` are the names that every part carries.
"""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from .searching import Sought, blank

NOTHING = "SELECT 1 AS id WHERE false"


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: tuple[Any, ...] = ()

    def first(self) -> tuple[Any, ...]:
        """Its one row."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            row: tuple[Any, ...] = cursor.fetchone()
            return row

    def filled(self, sought: Sought) -> "Statement":
        """The statement with what is sought in its blanks. A text stands within a pattern."""
        whole = {blank(name): value for name, value in sought.values}
        return replace(self, params=tuple(_fill(param, whole) for param in self.params))


NULL = Statement("NULL")


def _fill(param: Any, whole: Mapping[str, Any]) -> Any:
    if not isinstance(param, str):
        return param
    found = next((mark for mark in whole if mark in param), None)
    if found is None:
        return param
    return whole[found] if param == found else param.replace(found, connection.ops.prep_for_like_query(whole[found]))


def write(rows: QuerySet[Any]) -> Statement:
    """The statement of a queryset."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return Statement(NOTHING)
    return Statement(sql, tuple(params))


def value_of(rows: QuerySet[Any], path: str) -> Statement:
    """What the first row holds at ``path``."""
    inner = write(rows.values(path)[:1])
    return Statement(f"({inner.sql})", inner.params)


def number_of(rows: QuerySet[Any]) -> Statement:
    """How many rows there are, as one value."""
    inner = write(rows)
    return Statement(f"(SELECT count(*) FROM ({inner.sql}) AS rows)", inner.params)  # noqa: S608 (Django's own SQL)


def ids_of(rows: QuerySet[Any], path: str, most: int) -> Statement:
    """So many of what the rows hold at ``path``, as one array."""
    inner = write(rows.order_by().values_list(path)[:most])
    return Statement(f"ARRAY({inner.sql})", inner.params)


def numbers_among(rows: QuerySet[Any], tests: Mapping[str, Q]) -> Statement:
    """How many of the rows pass each test, as one array; every row is read once."""
    names = [f"test_{place}" for place in range(len(tests))]
    passed = {
        name: ExpressionWrapper(test, output_field=BooleanField())
        for name, test in zip(names, tests.values(), strict=True)
    }
    inner = write(rows.order_by().annotate(**passed).values(*names))
    if inner.sql == NOTHING:
        return Statement(f"ARRAY[{', '.join('0' for _name in names)}]")
    counts = ", ".join(f"count(*) FILTER (WHERE {name})" for name in names)
    return Statement(f"(SELECT ARRAY[{counts}] FROM ({inner.sql}) AS rows)", inner.params)  # noqa: S608 (as above)


def in_one(values: Sequence[Statement], around: str = "SELECT {}") -> Statement:
    """Several values in one statement."""
    params = tuple(param for value in values for param in value.params)
    return Statement(around.format(", ".join(value.sql for value in values)), params)


def count_each(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each has, in one statement."""
    return list(in_one([number_of(rows) for rows in querysets]).first())


@dataclass(frozen=True, slots=True)
class Cut:
    """The ids of one page, as an array in the page's order: each part brings a page's worth, by its own index."""

    parts: Sequence[Statement]
    is_descending: bool

    def at(self, key: tuple[Any, int] | None, size: int) -> Statement:
        """Those nearest behind ``key`` (a sort key and an id), or the first of all."""
        parts = [part for part in self.parts if part.sql != NOTHING]
        if not parts:
            return Statement("ARRAY[]::bigint[]")
        beyond = f"WHERE (sort_key, id) {'<' if self.is_descending else '>'} (%s, %s)" if key else ""
        down = " DESC" if self.is_descending else ""
        order = f"ORDER BY sort_key{down}, id{down} LIMIT {size:d}"
        cuts = [f"(SELECT id, sort_key FROM ({part.sql}) AS part {beyond} {order})" for part in parts]  # noqa: S608
        found = f"SELECT id FROM ({' UNION '.join(cuts)}) AS found {order}"  # noqa: S608 (Django's own SQL, with parameters)
        params = tuple(param for part in parts for param in (*part.params, *(key or ())))
        return Statement(f"ARRAY({found})", params)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is shown of some rows, as named tuples."""

    statement: Statement
    row: Any  # their class

    def all(self) -> list[Any]:
        """Every row. One query."""
        return self._read(self.statement)

    @property
    def as_value(self) -> Statement:
        """Every row as one value beside others, which ``rows_in`` reads. Of texts and numbers, not of dates."""
        sql = f"(SELECT json_agg(rows) FROM ({self.statement.sql}) AS rows)"  # noqa: S608 (Django's own SQL)
        return Statement(sql, self.statement.params)

    def rows_in(self, value: list[dict[str, Any]] | None) -> list[Any]:
        return [self.row(**fields) for fields in value or ()]

    def of(self, ids: Sequence[int]) -> list[Any]:
        """The rows with these ids, in their order; one that is gone since is left out. One query."""
        sql = f"SELECT * FROM ({self.statement.sql}) AS shown WHERE id = ANY(%s)"  # noqa: S608 (Django's own SQL)
        rows = {row.id: row for row in self._read(Statement(sql, (*self.statement.params, list(ids))))}
        return [rows[pk] for pk in ids if pk in rows]

    def _read(self, statement: Statement) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.params)
            return list(map(self.row._make, cursor.fetchall()))


def reading(rows: QuerySet[Any], fields: Sequence[str]) -> Reading:
    """``fields``: names of values, each once; ``id`` among them where rows are read by it."""
    return Reading(write(rows.values_list(*fields)), namedtuple("Row", fields))
