"""Everyday changes of a draft: retire on a date, rename, move in or out of scope from a date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.models import Entitlement, Plan, ScopeItem, ServiceDescription, Workload

from .editions import NoEditionInForce, note_editor, open_draft

ONE_DAY = dt.timedelta(days=1)
DraftRow = Plan | Workload | ScopeItem
Row = TypeVar("Row", Plan, Workload, ScopeItem)


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a row counts, both included; ``None`` where they have no end on that side."""

    first_day: dt.date | None
    last_day: dt.date | None

    def __str__(self) -> str:
        return f"{self.first_day or ''}/{self.last_day or ''}"  # as ISO 8601 writes an interval


class AmendmentRefused(Exception):
    """The change cannot be made; the message says why."""


def in_draft(row: Row, *, now: dt.datetime, by: User) -> Row:
    """The row itself in a draft; of a published edition the same one in the open draft, which is made if there is none.

    Raises:
        AmendmentRefused: the draft has no such row.
    """
    if row.edition.is_draft:
        return row
    try:
        draft = open_draft(now=now, by=by)
    except NoEditionInForce as error:
        raise AmendmentRefused(str(error)) from None
    found = list(_same_in(row, draft)[:2])
    if len(found) != 1:
        raise AmendmentRefused(_("Draft %(draft)s doesn’t include “%(row)s”.") % {"draft": draft.name, "row": row})
    return found[0]


def _same_in(row: Row, draft: ServiceDescription) -> QuerySet[Row]:
    same = type(row).objects.filter(edition=draft, code=row.code)
    if isinstance(row, ScopeItem):  # its code may stand for other days, audiences or workloads too
        of_workload = row.workload.code if row.workload else None
        same = same.filter(workload__code=of_workload, audience=row.audience, effective_from=row.effective_from)
    return same


def _check_draft(row: DraftRow) -> None:
    if not row.edition.is_draft:
        words = {"name": row.edition.name}
        raise AmendmentRefused(_("Edition %(name)s is published. Copy it to a draft first.") % words)


@transaction.atomic
def retire(row: DraftRow, *, last_day: dt.date, by: User) -> None:
    """End a row of a draft: ``last_day`` is the last on which it counts. Raises AmendmentRefused."""
    _check_draft(row)
    if row.effective_from and last_day < row.effective_from:
        words = {"row": row, "day": row.effective_from}
        raise AmendmentRefused(_("%(row)s starts on %(day)s and can’t end earlier.") % words)
    row.effective_to = last_day
    row.save(update_fields=["effective_to"])
    note_editor(row.edition, by)


@transaction.atomic
def rename(row: Plan | Workload, *, name: str, by: User) -> None:
    """Give a row of a draft another name; the old one stays as an alias, so that it is still found."""
    _check_draft(row)
    if name == row.name:
        raise AmendmentRefused(_("The name is unchanged."))
    row.aliases = [*dict.fromkeys([*row.aliases, row.name])]
    row.name = name
    row.save(update_fields=["name", "aliases"])
    note_editor(row.edition, by)


@transaction.atomic
def move_scope(row: ScopeItem, *, first_day: dt.date, by: User) -> ScopeItem:
    """From a day on, an item that was in scope is out, or the other way round: the old entry ends the day before."""
    _check_draft(row)
    if row.effective_from and first_day <= row.effective_from:
        words = {"day": row.effective_from}
        raise AmendmentRefused(_("This entry starts on %(day)s. Edit it directly.") % words)
    if first_day == dt.date.min:
        raise AmendmentRefused(_("Enter a later date."))
    if row.effective_to and first_day > row.effective_to:
        raise AmendmentRefused(_("This entry ended on %(day)s.") % {"day": row.effective_to})
    moved = ScopeItem.objects.get(pk=row.pk)
    moved.pk, moved.in_scope, moved.effective_from, moved.verified_on = None, not row.in_scope, first_day, None
    row.effective_to = first_day - ONE_DAY
    row.save(update_fields=["effective_to"])
    moved.save(force_insert=True)
    note_editor(row.edition, by)
    return moved


def write_periods(periods: Sequence[Period]) -> str:
    """Periods as a form carries them along."""
    return ",".join(map(str, periods))


@transaction.atomic
def set_entitlement(plan: Plan, workload: Workload, period: Period | None, *, was: str, by: User) -> None:
    """Let a plan of a draft bring a workload in a period, or not at all; a limited version is left as it is.

    ``was``: the periods that the page showed, as ``write_periods`` writes them.

    Raises:
        AmendmentRefused: the edition is published, the cell has changed since, or it has several periods.
    """
    edition = ServiceDescription.objects.select_for_update().get(pk=plan.edition_id)
    plan.edition = edition
    _check_draft(plan)
    of_cell = Entitlement.objects.filter(plan=plan, workload=workload, is_limited=False)
    rows = list(of_cell.order_by("effective_from", "id"))
    stands = write_periods([Period(row.effective_from, row.effective_to) for row in rows])
    if stands != was:
        raise AmendmentRefused(
            _("Someone changed this while you were editing. Check the current value and save again.")
        )
    if len(rows) > 1:
        raise AmendmentRefused(_("This workload has several periods in the plan. Edit them in the admin."))
    if stands == write_periods([period] if period else []):
        return
    row = rows[0] if rows else Entitlement(plan=plan, workload=workload)
    if period is None:
        if rows:
            row.delete()
    else:
        row.effective_from, row.effective_to, row.verified_on = period.first_day, period.last_day, None
        row.save()
    note_editor(edition, by)
