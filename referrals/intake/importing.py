"""Import checked rows of a file as requests: all or none, or those without errors; each reference once."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from referrals.choices import Actor, Source
from referrals.domain.lifecycle import MoveRefused
from referrals.email.personal import tell_person
from referrals.intake.filing import submit
from referrals.lifecycle.acting import By
from referrals.models import Referral, RequestImport
from referrals.models.request_import import ImportMode
from referrals.queue import ring

logger = logging.getLogger(__name__)
LEFT_BEHIND = dt.timedelta(minutes=10)
STEP = 20  # rows between two notes of how far it is
Check = Callable[[bytes], Iterator[dict[str, Any]]]


def stage_import(raw: bytes, file_name: str, total: int, *, by: User, now: dt.datetime) -> RequestImport:
    """Keep a file until it is checked, and ring."""
    staged = RequestImport.objects.create(
        file_name=file_name[:120], raw=raw, total=total, uploaded_by=by, uploaded_at=now, due_at=now
    )
    ring()
    return staged


@transaction.atomic
def confirm_import(pk: int, mode: ImportMode, *, by: User, now: dt.datetime) -> RequestImport:
    """Let a checked file be imported.

    Raises:
        MoveRefused: it is not checked yet, or is being imported; or all rows are wanted and some have errors.
    """
    staged = RequestImport.objects.select_for_update().get(pk=pk)
    if staged.checked_at is None or staged.mode or staged.finished_at is not None:
        raise MoveRefused(_("This import is no longer waiting."))
    if mode == ImportMode.ALL and staged.faulty:
        raise MoveRefused(_("Some rows have errors. Fix them and upload the file again, or import valid rows only."))
    if not staged.fresh:
        raise MoveRefused(_("There are no rows to import."))
    staged.mode, staged.confirmed_by, staged.due_at = mode, by, now
    staged.done, staged.total = 0, len(staged.fresh)
    staged.save()
    ring()
    return staged


def work_off_imports(check: Check, *, now: dt.datetime) -> int:
    """Check and import whatever waits. ``check`` gives the rows of a file. One that fails says so."""
    done = 0
    while (staged := _take(now)) is not None:
        if staged.checked_at is None:
            _check(staged, check)
        else:
            _import(staged)
        done += 1
    return done


@transaction.atomic
def _take(now: dt.datetime) -> RequestImport | None:
    staged = RequestImport.objects.due(now).select_for_update(skip_locked=True, of=("self",)).first()
    if staged is not None:
        staged.due_at = timezone.now() + LEFT_BEHIND
        staged.save(update_fields=["due_at"])
    return staged


def _check(staged: RequestImport, check: Check) -> None:
    try:
        rows = list(_reporting(staged, check(bytes(staged.raw or b""))))
    except Exception:
        logger.exception("import %s could not be checked", staged.pk)
        staged.error = _("The file couldn’t be checked. Contact an admin or try again later.")
        staged.raw, staged.due_at, staged.finished_at = None, None, timezone.now()
        staged.save()
        return
    keys = {row["key"]: row for row in rows if row["data"]}
    for key in Referral.objects.filter(external_reference__in=keys).values_list("external_reference", flat=True):
        keys[key]["known"] = True
    staged.rows = rows
    staged.raw, staged.due_at, staged.checked_at = None, None, timezone.now()
    staged.save()


def _reporting(staged: RequestImport, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, 1):
        if number % STEP == 0:
            RequestImport.objects.filter(pk=staged.pk).update(done=number, due_at=timezone.now() + LEFT_BEHIND)
        yield row


def _import(staged: RequestImport) -> None:
    """Each row counts itself in its own transaction, so that a worker which takes over goes on where one stopped."""
    try:
        if staged.mode == ImportMode.ALL:
            _import_all(staged)
        else:
            _import_each(staged)
        error = ""
    except Exception as failed:  # noqa: BLE001 (whoever waits for it has to learn that it failed)
        error = _("Import failed: %(error)s") % {"error": str(failed)[:200]}
    _finish(staged, error)


@transaction.atomic
def _import_all(staged: RequestImport) -> None:
    """The file stays locked, so that no other worker takes it over; a domain's other requests wait until the end."""
    RequestImport.objects.select_for_update().get(pk=staged.pk)
    for place, row in enumerate(sorted(staged.fresh, key=domain_of), 1):  # domains are locked in one order
        _submit(row, staged, place)


def _import_each(staged: RequestImport) -> None:
    """A row that fails when it is written fails alone, and says so beside the rows with errors."""
    for place, row in enumerate(staged.fresh, 1):
        try:
            _import_one(staged, row, place)
        except Exception as failed:
            logger.exception("row %s of import %s could not be written", place, staged.pk)
            _note_failure(staged, row, place, failed)


@transaction.atomic
def _import_one(staged: RequestImport, row: dict[str, Any], place: int) -> None:
    """The file is locked first: two workers that hold it never count the same row."""
    newest = RequestImport.objects.select_for_update().get(pk=staged.pk)
    if newest.finished_at is None:
        _submit(row, staged, place)


@transaction.atomic
def _note_failure(staged: RequestImport, row: dict[str, Any], place: int, failed: Exception) -> None:
    newest = RequestImport.objects.select_for_update().get(pk=staged.pk)
    if newest.finished_at is not None:
        return
    words = {"error": str(failed)[:200]}
    said = _("row: couldn’t be imported (%(error)s). Upload the file again to retry.") % words
    for kept in newest.rows:
        if kept["key"] == row["key"] and not kept["errors"]:
            kept["errors"] = [said]
    newest.done, newest.due_at = max(newest.done, place), timezone.now() + LEFT_BEHIND
    newest.save(update_fields=["rows", "done", "due_at"])


@transaction.atomic
def _finish(staged: RequestImport, error: str) -> None:
    """Say once how it ended; somebody else may have taken it over and ended it meanwhile."""
    now = timezone.now()
    newest = RequestImport.objects.select_for_update().get(pk=staged.pk)
    if newest.finished_at is None:
        newest.error, newest.finished_at, newest.due_at = error, now, None
        newest.save(update_fields=["error", "finished_at", "due_at"])
        _tell(newest, now)


def domain_of(row: dict[str, Any]) -> str:
    return str(row["data"]["domain"])


def _submit(row: dict[str, Any], staged: RequestImport, place: int) -> None:
    """Make the request of a row, unless its reference was imported meanwhile, and count it."""
    now = timezone.now()
    is_new = not Referral.objects.filter(external_reference=row["key"]).exists()
    words: dict[str, Any] = {"source": Source.IMPORT, "form_key": None, "external_reference": row["key"]}
    submit(row["data"], **words, by=By(Actor.TEAM, staged.confirmed_by), now=now)
    RequestImport.objects.filter(pk=staged.pk).update(
        done=Greatest(F("done"), place), made=F("made") + int(is_new), due_at=now + LEFT_BEHIND
    )


def _tell(staged: RequestImport, now: dt.datetime) -> None:
    person = staged.confirmed_by or staged.uploaded_by
    numbers = {"made": staged.made, "rows": len(staged.rows)}
    said = staged.error or _("%(made)d of %(rows)d rows imported.") % numbers
    path = reverse("pages:import", args=[staged.pk])
    subject = _("Import of %(file)s") % {"file": staged.file_name}
    tell_person(person, "import", subject, [said], now, path=path)
