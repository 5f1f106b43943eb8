"""What is inside and outside the Benefit about one workload, or in general, with source and dates."""

import datetime as dt
from typing import NamedTuple

from benefits.choices import ScopeAudience

from .catalogue import Edition, ScopeItem


class ScopeRow(NamedTuple):
    """A scope item as it is read: with its source, and whom it is for unless it is for everybody."""

    item: ScopeItem
    source: str
    audience: str


class ScopeLists(NamedTuple):
    """Scope items on a day: in, out, and those of other times."""

    inside: tuple[ScopeRow, ...]
    outside: tuple[ScopeRow, ...]
    ended: tuple[ScopeRow, ...]


def list_scope(edition: Edition, workload: str, on: dt.date) -> ScopeLists:
    """Scope items of a workload, or the general ones (empty code), in the order of the edition."""
    items = [item for rows in edition.scope_items.values() for item in rows if item.workload == workload]
    rows = [_row(item, edition) for item in items]
    active = [row for row in rows if row.item.is_active(on)]
    return ScopeLists(
        tuple(row for row in active if row.item.in_scope),
        tuple(row for row in active if not row.item.in_scope),
        tuple(row for row in rows if not row.item.is_active(on)),
    )


def _row(item: ScopeItem, edition: Edition) -> ScopeRow:
    audience = "" if item.audience == ScopeAudience.ALL else ScopeAudience(item.audience).label
    return ScopeRow(item, edition.source_text(item.sources), str(audience))
