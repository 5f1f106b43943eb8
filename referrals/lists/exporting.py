"""A list as a file, written in the background: every row that its filters let pass, as the person may see it."""

import csv
import datetime as dt
import io
import logging
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from accounts.models import User
from benefits.choices import Outcome
from benefits.domain.catalogue import Edition
from benefits.resources import neutralise
from benefits.services.editions import edition_in_force
from partners.choices import ReferralType
from partners.models import Partner
from referrals.choices import Actor, CloseOutcome, NextAct, OfferState, Source, State
from referrals.email.personal import tell_person
from referrals.models import ListExport, ListName
from referrals.models.list_export import FileKind
from referrals.queue import ring

from .of_person import list_of
from .state import ListState, state_in

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
CHUNK = 500
LEFT_BEHIND = dt.timedelta(minutes=5)
KEPT = dt.timedelta(days=7)
CODES = (State, OfferState, Source, NextAct, Actor, Outcome, ReferralType, CloseOutcome)
WORDS = {value: label for codes in CODES for value, label in codes.choices}
Columns = Sequence[tuple[str, str]]  # what the head says, and the path
OFFER_COLUMNS: Columns = (
    *(("Reference", "referral__public_id"), ("Partner", "partner__name")),
    *(("Customer", "referral__customer__name"), ("Domain", "referral__tenant__domain")),
    *(("Tenant id", "referral__tenant__directory_id"), ("TPID", "referral__customer__tpid")),
    *(("Status", "state"), ("Referral status", "shown_state"), ("Type", "referral_type"), ("Source", "shown_source")),
    *(("Workloads", "workloads"), ("Country", "referral__customer__country")),
    *(("Languages", "referral__languages"), ("Offered on", "offered_at"), ("Answer by", "respond_by")),
    *(("Passes on", "expires_at"), ("Answered on", "answered_at"), ("Incumbent", "is_incumbent")),
    *(
        ("Determination", "shown_outcome"),
        ("Colleague", "colleague__email"),
        ("Tags", "tags"),
        ("Decline reason", "reason__label"),
        ("Notes", "notes"),
    ),
)
REFERRAL_COLUMNS: Columns = (
    *(("Reference", "public_id"), ("Customer", "customer__name"), ("Domain", "tenant__domain")),
    *(("Tenant id", "tenant__directory_id"), ("TPID", "customer__tpid"), ("Status", "state"), ("With", "holder")),
    *(("Type", "assigned_type"), ("Asked for as", "requested_type"), ("Source", "source"), ("Workloads", "cover")),
    *(("Country", "customer__country"), ("Languages", "languages"), ("Arrived", "created_at")),
    *(("Next action", "next_action"), ("By", "next_owner"), ("Due", "next_action_at"), ("Round", "round")),
    *(("Determination", "determination__outcome"), ("Engagement", "engagement")),
    *(("Closed on", "closed_at"), ("Outcome", "close_outcome")),
)
COLUMNS = {ListName.OFFERS: OFFER_COLUMNS, ListName.REFERRALS: REFERRAL_COLUMNS}
CODED = (
    *("state", "shown_state", "referral_type", "assigned_type", "requested_type", "source"),
    *("shown_source", "shown_outcome", "outcome", "next_action", "next_owner", "close_outcome"),
)
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # an Excel file cannot hold them
NAMED = ("workloads", "cover")


def ask_for_export(
    person: User, name: ListName, state: ListState, *, kind: FileKind, chosen: Sequence[str] = (), now: dt.datetime
) -> ListExport:
    """Write down that a list is wanted as a file, and ring."""
    asked = ListExport.objects.create(
        list_name=name,
        asked_by=person,
        asked_at=now,
        address=state.address,
        chosen=list(chosen),
        kind=kind,
        due_at=now,
        forget_at=now + KEPT,
    )
    ring()
    return asked


def write_due_exports(*, now: dt.datetime) -> int:
    """Write what is asked for and forget old files. One that fails says so and does not stop the others."""
    ListExport.objects.old(now).update(content=None)
    done = 0
    while (asked := _take(now)) is not None:
        try:
            _finish(asked, _write(asked, edition_in_force(timezone.localdate())[1]))
        except Exception:
            logger.exception("export %s could not be written", asked.pk)
            ListExport.objects.filter(pk=asked.pk).update(
                finished_at=timezone.now(), error="Export failed. Try again or contact the team."
            )
        done += 1
    return done


@transaction.atomic
def _take(now: dt.datetime) -> ListExport | None:
    """Take the next one; should this worker die, another may take it over in some minutes."""
    asked = ListExport.objects.due(now).select_for_update(skip_locked=True, of=("self",)).first()
    if asked is not None:
        asked.due_at = timezone.now() + LEFT_BEHIND
        asked.save(update_fields=["due_at"])
    return asked


def _write(asked: ListExport, edition: Edition) -> bytes:
    """The file's bytes. What the person may see now decides, not what it could when it asked."""
    name = ListName(asked.list_name)
    listing = list_of(asked.asked_by, name, edition)
    rows = listing.matching(state_in(listing.shape, asked.address))
    if asked.chosen:
        rows = rows.filter(public_id__in=asked.chosen)
    ids = list(rows.values_list("pk", flat=True))
    asked.total = len(ids)
    if name == ListName.OFFERS:
        asked.partners = list(Partner.objects.of_member(asked.asked_by).values_list("pk", flat=True))
    asked.save(update_fields=["total", "partners"])
    names = {code: workload.name for code, workload in edition.workloads.items()}
    columns = COLUMNS[name]
    cells = _each_of(ids, listing.rows.annotate(**listing.words), [path for _head, path in columns])
    lines = ([_cell(path, value, names) for (_head, path), value in zip(columns, row, strict=True)] for row in cells)
    table = _reporting(asked, lines)
    heads = [head for head, _path in columns]
    return _csv(heads, table) if asked.kind == FileKind.CSV else _xlsx(heads, table)


def _each_of(ids: Sequence[int], rows: "QuerySet[Any]", paths: Sequence[str]) -> Iterator[Sequence[Any]]:
    """What the rows with these ids hold at ``paths``, in the order of the ids, some thousand a query.

    A row that is gone by then is left out. No cursor stays open: a pooler in transaction mode would lose it.
    """
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = {row[0]: row[1:] for row in rows.order_by().filter(pk__in=chunk).values_list("pk", *paths)}
        yield from (found[pk] for pk in chunk if pk in found)


def _reporting(asked: ListExport, lines: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The same lines; on the way it is noted how many there were."""
    for number, line in enumerate(lines, 1):
        if number % CHUNK == 0:
            ListExport.objects.filter(pk=asked.pk).update(done=number, due_at=timezone.now() + LEFT_BEHIND)
        yield line


def _cell(path: str, value: Any, names: dict[str, str]) -> Any:
    """A value as a sheet shows it: words for codes, instants in UTC."""
    if isinstance(value, list):
        value = ", ".join(str(names.get(one, one)) if path in NAMED else str(one) for one in value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    text = str(WORDS.get(value, value) if path.rpartition("__")[2] in CODED else value or "")
    return NOT_IN_XML.sub("", text)


def _csv(heads: Sequence[str], lines: Iterator[list[Any]]) -> bytes:
    """No cell is one that a spreadsheet takes for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _as_text(sheet: Any, text: str) -> WriteOnlyCell:
    """A cell of text, whatever it begins with or is: no formula, and no error such as #N/A."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _xlsx(heads: Sequence[str], lines: Iterator[list[Any]]) -> bytes:
    book, data = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Referrals")
    sheet.freeze_panes = "A2"
    sheet.append(list(heads))
    for line in lines:
        sheet.append([_as_text(sheet, cell) if isinstance(cell, str) else cell for cell in line])
    book.save(data)
    return data.getvalue()


@transaction.atomic
def _finish(asked: ListExport, content: bytes) -> None:
    """Keep the file and tell the person, unless another worker was faster."""
    now = timezone.now()
    words = {"content": content, "finished_at": now, "done": asked.total}
    if not ListExport.objects.filter(pk=asked.pk, finished_at=None).update(**words):
        return
    path = reverse("pages:export", args=[asked.pk])
    said = _("Your export has %(number)d rows. Download it within seven days.") % {"number": asked.total}
    tell_person(asked.asked_by, "export", _("Your export is ready"), [said], now, path=path)
    ring()
