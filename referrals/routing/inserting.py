"""Insert many rows with one statement and no models: what ``bulk_create`` does, at a fraction of the cost."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any], key: str
) -> dict[Any, int]:
    """Insert rows of columns; gives the new ids by the value of ``key``, which no two rows share.

    ``shared`` are columns that hold the same in every row; what neither names holds the model's default. The rows go
    over as one JSON document, which PostgreSQL reads into the table's own types.
    """
    if not rows:
        return {}
    own = list(rows[0])
    same = _defaults(model, without={*own, *shared}) | dict(shared)
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 (Django's documented interface)
    columns = ", ".join(connection.ops.quote_name(name) for name in (*own, *same))
    values = ", ".join([*(f"n.{connection.ops.quote_name(name)}" for name in own), *["%s"] * len(same)])
    sql = (  # names of our own models, quoted; every value is bound
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM json_populate_recordset(NULL::{table}, %s::json) AS n"  # noqa: S608
        f" RETURNING {connection.ops.quote_name(key)}, id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*same.values(), json.dumps(rows, default=str)])
        return dict(cursor.fetchall())


def _defaults(model: type[models.Model], without: set[str]) -> dict[str, Any]:
    """The prepared default of every column that is not given."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 (as above)
    return {
        str(field.column): field.get_db_prep_save(field.get_default(), connection)
        for field in fields
        if field.column not in without
    }
