"""Everyday changes of a draft: retire on a date, rename, move in or out of scope from a date."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.models import Plan, ScopeItem, Workload

from .editions import note_editor

ONE_DAY = dt.timedelta(days=1)
DraftRow = Plan | Workload | ScopeItem


class AmendmentRefused(Exception):
    """The change cannot be made; the message says why."""


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
    if row.effective_to and first_day > row.effective_to:
        raise AmendmentRefused(_("This entry ended on %(day)s.") % {"day": row.effective_to})
    moved = ScopeItem.objects.get(pk=row.pk)
    moved.pk, moved.in_scope, moved.effective_from, moved.verified_on = None, not row.in_scope, first_day, None
    row.effective_to = first_day - ONE_DAY
    row.save(update_fields=["effective_to"])
    moved.save(force_insert=True)
    note_editor(row.edition, by)
    return moved
