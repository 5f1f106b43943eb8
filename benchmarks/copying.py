"""COPY made-up rows: what is not given holds the model's own default, so that new columns need no word here."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeGuard

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED

from accounts.fields import FoldedField
from accounts.folding import fold

CHUNK = 5_000


def fields_of(model: type[Model]) -> "list[Field[Any, Any]]":
    return list(model._meta.concrete_fields)  # noqa: SLF001 (Django's documented interface)


def table_of(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 (Django's documented interface)


def copy_rows(model: type[Model], given: str, rows: Iterable[Sequence[object]], now: dt.datetime) -> None:
    """``given`` names the columns of ``rows``. Text is written as it is and must hold no backslash, tab or line break.

    Foreign keys are not checked where the database lets us leave that out: a million rows are then made in seconds.
    """
    names = given.split()
    folded = [(field, names.index(field.of)) for field in fields_of(model) if is_folded(field, names)]
    left = [field for field in fields_of(model) if field.column not in names and is_needed(field)]
    own = [field for field in left if field.unique]
    shared = {field.column: default(field, now) for field in left if not field.unique}
    tail = "".join(f"\t{cell(value)}" for value in shared.values())
    written = (*names, *(field.column for field, _place in folded), *shared, *(field.column for field in own))
    columns = ", ".join(f'"{name}"' for name in written)
    whole = ((*row, *(fold(str(row[place])) for _field, place in folded)) for row in rows)
    lines = (_line(row, tail, own, now) for row in whole)
    with connection.cursor() as cursor:
        trust(cursor)
        with cursor.copy(f'COPY "{table_of(model)}" ({columns}) FROM STDIN') as copy:
            for chunk in _chunks(lines):
                copy.write(chunk)
        cursor.execute("RESET session_replication_role")


def trust(cursor: Any) -> None:
    """Leave out triggers and foreign keys until the setting is reset, where the database lets us."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() == (True,):
        cursor.execute("SET session_replication_role = replica")


def is_folded(field: "Field[Any, Any]", names: Sequence[str]) -> TypeGuard[FoldedField]:
    """Is this the folded form of a text that the rows bring?"""
    return isinstance(field, FoldedField) and field.of in names and field.column not in names


def is_needed(field: "Field[Any, Any]") -> bool:
    """Must a row bring a value for this column?"""
    has_own = field.primary_key or field.generated or field.db_default is not NOT_PROVIDED
    return not field.null and not has_own


def default(field: "Field[Any, Any]", now: dt.datetime) -> object:
    value = field.get_default()
    if value is None and field.get_internal_type() == "DateTimeField":
        return now
    return field.get_db_prep_save(value, connection) if value is None else value


def _line(row: Sequence[object], tail: str, own: "list[Field[Any, Any]]", now: dt.datetime) -> str:
    given = "\t".join(one if one.__class__ is str else cell(one) for one in row)
    return f"{given}{tail}{''.join(f'{chr(9)}{cell(default(field, now))}' for field in own)}\n"


def cell(value: object) -> str:
    """A value as the text format of COPY wants it."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list | tuple | frozenset):
        return "{" + ",".join(f'"{one}"' for one in value) + "}"
    if isinstance(value, dict):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _chunks(lines: Iterator[str]) -> Iterator[str]:
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == CHUNK:
            yield "".join(held)
            held.clear()
    yield "".join(held)


def settle_sequences(*models: type[Model]) -> None:
    """After rows with ids of their own, the next id is a new one."""
    with connection.cursor() as cursor:
        for model in models:
            table = table_of(model)
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(max(id), 1) FROM {table}))"
            )
