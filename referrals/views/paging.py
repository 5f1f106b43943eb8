"""Keyset pages: the next page starts after the last row, whatever the length of the list."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    next_key: str


def page_by_time(rows: QuerySet, field: str, key: str) -> Page:
    """Rows by a time and id, oldest first, from after ``key`` (an ISO time, ``~``, an id)."""
    rows = rows.order_by(field, "id")
    start = _read_key(key)
    if start is not None:
        at, pk = start
        rows = rows.filter(Q(**{f"{field}__gt": at}) | Q(**{field: at, "id__gt": pk}))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], f"{getattr(last, field).isoformat()}~{last.pk}" if last else "")


def page_newest_first(rows: QuerySet, key: str) -> Page:
    """Rows by id, newest first, from before the id in ``key``."""
    rows = rows.order_by("-id")
    if key.isdecimal() and len(key) < 19:
        rows = rows.filter(id__lt=int(key))
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def _read_key(key: str) -> tuple[dt.datetime, int] | None:
    at, _, pk = key.partition("~")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    try:
        instant = dt.datetime.fromisoformat(at)
        return (instant.astimezone(dt.UTC), int(pk)) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None
