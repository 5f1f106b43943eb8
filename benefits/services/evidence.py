"""Exports of a tenant: what they say is kept until somebody has looked, then recorded. The files themselves are not."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from benefits.domain.catalogue import Edition
from benefits.domain.exports.products import Listing, Product, Seats, read_written_listing
from benefits.domain.exports.reading import SIGNED_IN, read_listing
from benefits.domain.exports.sorting import Export, sort_products
from benefits.domain.exports.trials import MAX_BYTES as MOST_OF_DIRECTORY
from benefits.domain.exports.trials import read_directory, settle_trials
from benefits.domain.json_input import InputError
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import ReadProduct
from benefits.domain.situation import Subscription as Held
from benefits.domain.usage.figures import UsageReport, read_written_report
from benefits.domain.usage.reports import is_usage_report, read_usage_report
from benefits.models import (
    EvidenceKind,
    ExportUpload,
    StagedUpload,
    Tenant,
    UnknownProduct,
    UsageFigure,
)

from .customers import Author, record_subscriptions
from .situations import hold_read

BLOCK = 1024 * 1024  # bytes


class DirectoryRefused(InputError):
    """The second file, which is to say what is a trial, cannot be read."""


def read_evidence(file: BinaryIO, today: dt.date) -> Listing | UsageReport:
    """Read a tenant's export: its products in any form, or a usage report. ``file`` can be sought in.

    Raises:
        InputError: neither, or broken, with its place; or figures of a day that has not come.
    """
    if not is_usage_report(file):
        file.seek(0)
        return read_listing(file.read(SIGNED_IN.max_bytes + 1))
    report = read_usage_report(file)
    newest = max((figure.on for figure in report.figures), default=today)
    if newest > today + dt.timedelta(days=1):
        raise InputError(_("holds figures of %(day)s, which has not come yet") % {"day": newest})
    return report


def stage_upload(
    tenant: Tenant,
    file: BinaryIO,
    file_name: str,
    *,
    by: Author,
    now: dt.datetime,
    directory: BinaryIO | None = None,
) -> StagedUpload:
    """Keep what a file says for its preview. ``directory``: a second file, which says what is a trial.

    Raises:
        InputError: one of them cannot be read; nothing is kept then.
    """
    found = read_evidence(file, now.date())
    if directory is not None:
        found = _settle(found, directory)
    file_hash, size = _measure(file)
    return StagedUpload.objects.create(
        tenant=tenant,
        file_name=file_name[:200],
        kind=EvidenceKind.SUBSCRIBED_SKUS.value if isinstance(found, Listing) else found.name,
        file_hash=file_hash,
        size=size,
        content=found.as_data(),
        recorded_at=now,
        recorded_by=by.user,
        author_party=by.party,
    )


def _settle(found: Listing | UsageReport, directory: BinaryIO) -> Listing:
    if not isinstance(found, Listing):
        raise InputError(_("is a usage report; a list of trials is read beside the tenant’s products only"))
    try:
        return settle_trials(found, read_directory(directory.read(MOST_OF_DIRECTORY + 1)))
    except InputError as error:
        raise DirectoryRefused(error.cause, error.place, error.line) from None


def _measure(file: BinaryIO) -> tuple[str, int]:
    """Hash and size of a file, read in blocks."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest(), file.tell()


def read_staged(staged: StagedUpload, edition: Edition, on: dt.date | None = None) -> Export | UsageReport:
    """What a staged file said, its products sorted by an edition. Raises InputError when they are beyond counting."""
    if staged.kind == EvidenceKind.SUBSCRIBED_SKUS:
        return sort_products(read_written_listing(staged.content), edition, on)
    return read_written_report(staged.content)


def was_read_before(staged: StagedUpload, sight: Sight) -> bool:
    """Was this very file read before, and does what it said still stand? Usage figures always do."""
    of_kind = staged.tenant.exports.filter(kind=staged.kind).known_to(sight)
    if staged.kind != EvidenceKind.SUBSCRIBED_SKUS:
        return of_kind.filter(file_hash=staged.file_hash).exists()
    newest = of_kind.first()
    return newest is not None and newest.file_hash == staged.file_hash and not _is_replaced(newest, sight)


def is_known(staged: StagedUpload, held: Iterable[Held], sight: Sight) -> bool:
    """Was this very file read before, and would the tenant's subscriptions stay as they are?"""
    if not was_read_before(staged, sight):
        return False
    rows = staged.tenant.subscriptions.known_to(sight)
    stand = Counter((row.state, row.paid_seats, row.unpaid_seats, _written(row.read)) for row in rows)
    return stand == Counter((one.state, one.paid_seats, one.unpaid_seats, _written(one.read)) for one in held)


def _written(read: Any) -> str:
    """What is kept of a product, comparably; rows of before do not say whether it is a trial."""
    return json.dumps(
        {"trial": None, **(read._asdict() if isinstance(read, ReadProduct) else read or {})}, sort_keys=True
    )


def _is_replaced(upload: ExportUpload, sight: Sight) -> bool:
    """Are the tenant's subscriptions no longer exactly those of this upload?"""
    return upload.tenant.subscriptions.known_to(sight).exclude(from_export=upload).exists()


@transaction.atomic
def apply_export(
    staged: StagedUpload,
    export: Export,
    edition: Edition,
    *,
    by: Author,
    now: dt.datetime,
    sight: Sight = EVERYTHING,
    trials: Collection[str] | None = None,
    paid: Collection[str] = frozenset(),
) -> bool:
    """Make a tenant's subscriptions those of its export. A file that the side knows changes nothing (``False``).

    ``trials``, ``paid``: keys of products that a person takes for trials, or says to be none; left out: those that
    somebody took for trials before.
    """
    trials = marked_trials(staged.tenant, sight) if trials is None else trials
    held = held_by_export(export, staged.tenant.domain, edition, trials, paid)
    if is_known(staged, held, sight):
        return False
    rows = len(export.subscriptions) + len(export.set_aside) + len(export.unknown)
    upload = _keep_upload(staged, rows, export.as_data(), by=by, now=now)
    record_subscriptions(staged.tenant, held, by=by, now=now, upload=upload)
    note_unknown_products(export, staged.tenant, by, now)
    return True


@transaction.atomic
def apply_usage(
    staged: StagedUpload, report: UsageReport, *, by: Author, now: dt.datetime, sight: Sight = EVERYTHING
) -> bool:
    """Record a report's figures. They decide nothing. A file that the side knows changes nothing (``False``)."""
    if was_read_before(staged, sight):
        return False
    figures = {row.workload: {"active": row.active, "total": row.total} for row in report.figures}
    upload = _keep_upload(staged, report.rows, {"figures": figures, "header": list(report.header)}, by=by, now=now)
    UsageFigure.objects.bulk_create(
        UsageFigure(
            tenant=staged.tenant,
            workload_code=row.workload,
            active=row.active,
            total=row.total,
            on=row.on,
            what=row.what,
            from_export=upload,
            recorded_at=now,
            recorded_by=by.user,
            author_party=by.party,
        )
        for row in report.figures
    )
    return True


def _keep_upload(
    staged: StagedUpload, rows: int, result: Mapping[str, object], *, by: Author, now: dt.datetime
) -> ExportUpload:
    of_file = {name: getattr(staged, name) for name in ("tenant", "kind", "file_name", "file_hash", "size")}
    words = {"recorded_at": now, "recorded_by": by.user, "author_party": by.party}
    return ExportUpload.objects.create(**of_file, **words, rows=rows, result=result)


def held_by_export(
    export: Export,
    label: str,
    edition: Edition,
    trials: Collection[str] = frozenset(),
    paid: Collection[str] = frozenset(),
) -> list[Held]:
    """Everything the export shows for users, product by product and state by state, as the edition knows it.

    ``trials``, ``paid``: keys of products that a person takes for trials, or says to be none, where no file says it.
    """
    said = {**dict.fromkeys(paid, False), **dict.fromkeys(trials, True)}
    return [
        _hold(product, row, label, edition, said=said.get(product.key))
        for _plan, product in export.products
        for row in product.seats()
    ]


def _hold(product: Product, row: Seats, label: str, edition: Edition, *, said: bool | None) -> Held:
    is_trial = said if row.is_trial is None else row.is_trial
    paid, unpaid = (None, row.number or 0) if is_trial else (row.number, None)
    return hold_read(product.read(trial=is_trial), label, row.state, paid, unpaid, edition)


def marked_trials(tenant: Tenant, sight: Sight) -> frozenset[str]:
    """Keys of the products that were taken for trials as a whole when they were read last."""
    found: dict[str, bool] = {}
    for row in tenant.subscriptions.known_to(sight).exclude(read=None):
        read = row.read or {}
        key = Product(read["part_number"], read["sku_id"], {}, name=read["name"]).key
        found[key] = found.get(key, True) and read.get("trial") is True
    return frozenset(key for key, is_trial in found.items() if is_trial)


def note_unknown_products(export: Export, tenant: Tenant, by: Author, now: dt.datetime) -> None:
    """Put the products that the edition does not know on the admins' list."""
    for product in sorted(export.unknown, key=lambda row: (row.part_number, row.sku_id)):
        row, created = UnknownProduct.objects.get_or_create(
            part_number=product.part_number[:120],
            sku_id=product.sku_id[:60],
            defaults={"first_seen_at": now, "last_seen_at": now, "last_seen_in": tenant, "last_seen_by": by.user},
        )
        if not created:
            row.times_seen = F("times_seen") + 1
            row.last_seen_at, row.last_seen_in, row.last_seen_by = now, tenant, by.user
            row.save(update_fields=["times_seen", "last_seen_at", "last_seen_in", "last_seen_by"])
