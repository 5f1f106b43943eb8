"""Editions of the service description: import and export, copy to a draft, publish."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, replace

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.choices import EditionState
from benefits.domain import catalogue
from benefits.domain.catalogue_file import read_edition
from benefits.domain.catalogue_writing import OWN_SECTIONS, write_edition
from benefits.domain.json_input import InputError
from benefits.models import ServiceDescription

from .edition_reading import NoEditionInForce, build_from_rows, edition_in_force, load_edition
from .edition_rows import write_rows
from .products.unknown import fold_ignored

__all__ = ["NoEditionInForce", "build_from_rows", "edition_in_force", "load_edition"]

DRAFT_MARK = " draft"


class NotADraft(Exception):
    """Only a draft can be published."""


@transaction.atomic
def import_edition(raw: bytes, *, by: User | None, now: dt.datetime) -> tuple[ServiceDescription, bool]:
    """Load a file as a published edition, in force from its ``as_of`` date.

    Idempotent: the same content again changes nothing and answers ``False``.

    Raises:
        InputError: the file is broken, or its name already belongs to other content.
    """
    edition = read_edition(raw)
    content_hash = hash_file(raw)
    known = ServiceDescription.objects.select_for_update().filter(name=edition.name).first()
    if known is not None:
        if known.content_hash == content_hash:
            return known, False
        said = _("an edition named “%(name)s” with other content exists; give the file another “name”")
        raise InputError(said % {"name": edition.name})
    row = _new_row(edition, name=edition.name, effective_from=edition.as_of)
    row.content_hash = content_hash
    _store(row, edition, raw)
    publish_edition(row, by=by, now=now)
    return row, True


@transaction.atomic
def import_draft(raw: bytes, *, by: User | None, now: dt.datetime) -> ServiceDescription:
    """Load a file as a draft, to be previewed and published. A name that is taken gives way to a draft's name.

    Raises:
        InputError: the file is broken; nothing is changed.
    """
    edition = read_edition(raw)
    taken = ServiceDescription.objects.filter(name=edition.name).exists()
    name = _free_name(now.date().isoformat() + DRAFT_MARK) if taken else edition.name
    row = _new_row(edition, name=name, effective_from=now.date())
    row.prepared_by, row.content_hash = by, hash_file(raw)
    _store(row, edition, raw)
    fold_ignored(row)
    row.refresh_from_db(fields=("reference",))  # as the database writes it: its hash is compared
    if by is not None:
        row.editors.add(by)
    return row


def find_same(raw: bytes) -> ServiceDescription | None:
    """The edition that was loaded from a file of the same content. Raises InputError when it cannot be read."""
    read_edition(raw)
    return ServiceDescription.objects.published().filter(content_hash=hash_file(raw)).first()


def hash_file(raw: bytes) -> str:
    """Hash of a file's content, however it is laid out."""
    data = json.loads(raw.decode("utf-8-sig"))
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _store(row: ServiceDescription, edition: catalogue.Edition, raw: bytes) -> None:
    data = json.loads(raw.decode("utf-8-sig"))
    row.reference = {key: value for key, value in data.items() if key not in OWN_SECTIONS}
    try:
        with transaction.atomic():
            row.save()
            write_rows(edition, row)
    except (DataError, IntegrityError, ValueError) as error:
        raise InputError(_("can’t be stored: %(cause)s") % {"cause": str(error).splitlines()[0]}) from None


def export_edition(row: ServiceDescription) -> str:
    """The edition as a service description file; equal editions give equal bytes."""
    return write_edition(build_from_rows(row), row.reference)


def hash_content(row: ServiceDescription, edition: catalogue.Edition | None = None) -> str:
    """Hash of everything an edition says that can decide or explain; its name and guides may be corrected later.

    ``edition``: its rows, where they were read already.
    """
    edition = edition or build_from_rows(row)
    workloads = {code: replace(item, guide=catalogue.Guide()) for code, item in edition.workloads.items()}
    plain = replace(edition, name="", workloads=workloads)
    content = f"{row.effective_from} {write_edition(plain, row.reference)}"
    return hashlib.sha256(content.encode()).hexdigest()


def _new_row(edition: catalogue.Edition, *, name: str, effective_from: dt.date) -> ServiceDescription:
    return ServiceDescription(
        name=name,
        as_of=edition.as_of,
        effective_from=effective_from,
        products_as_of=edition.products_as_of,
        **asdict(edition.settings),
    )


def _free_name(base: str) -> str:
    """The name itself, or with the first number that makes it a new one."""
    taken = set(ServiceDescription.objects.filter(name__startswith=base).values_list("name", flat=True))
    names = (base, *(f"{base} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


@transaction.atomic
def copy_to_draft(row: ServiceDescription, *, now: dt.datetime, by: User | None = None) -> ServiceDescription:
    """Make a draft with the same rows, to be edited and published later."""
    edition = build_from_rows(row)
    name = _free_name(now.date().isoformat() + DRAFT_MARK)
    draft = _new_row(edition, name=name, effective_from=now.date())
    draft.copied_from, draft.reference, draft.prepared_by = row, row.reference, by
    draft.save()
    write_rows(edition, draft)
    fold_ignored(draft)
    if by is not None:
        draft.editors.add(by)
    return draft


def open_draft(*, now: dt.datetime, by: User | None) -> ServiceDescription:
    """The newest draft; without one it is copied from the edition in force.

    Raises:
        NoEditionInForce: there is neither.
    """
    draft = ServiceDescription.objects.drafts().order_by("-id").first()
    if draft is not None:
        return draft
    in_force_pk, _edition = edition_in_force(now.date())
    return copy_to_draft(ServiceDescription.objects.get(pk=in_force_pk), now=now, by=by)


def note_editor(row: ServiceDescription, by: User) -> None:
    """Remember who changed a draft; somebody else publishes it."""
    if ServiceDescription.objects.filter(pk=row.pk, state=EditionState.DRAFT).update(prepared_by=by):
        row.editors.add(by)


@transaction.atomic
def publish_edition(row: ServiceDescription, *, by: User | None, now: dt.datetime, reason: str = "") -> None:
    """Make a draft current from its effective date; editions that it replaces become superseded.

    Raises:
        NotADraft: it is published already.
    """
    locked = ServiceDescription.objects.select_for_update().get(pk=row.pk)
    if not locked.is_draft:
        raise NotADraft(_("Edition %(name)s is already published.") % {"name": locked.name})
    locked.state, locked.published_at, locked.published_by = EditionState.PUBLISHED, now, by
    locked.publish_reason = reason
    if DRAFT_MARK in locked.name:
        locked.name = _free_name(locked.effective_from.isoformat())
    locked.save(update_fields=["name", "state", "published_at", "published_by", "publish_reason"])
    supersede_earlier(now.date())
    row.refresh_from_db()


def supersede_earlier(on: dt.date) -> None:
    """Published editions that no longer decide on a day are superseded."""
    in_force = ServiceDescription.objects.in_force(on).values_list("pk", flat=True)
    earlier = ServiceDescription.objects.filter(state=EditionState.PUBLISHED, effective_from__lte=on)
    earlier.exclude(pk__in=list(in_force)).update(state=EditionState.SUPERSEDED)
