"""Exports of a tenant: kept until somebody has looked, then read into subscriptions or usage figures."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from benefits.domain.catalogue import Edition
from benefits.domain.evidence import Export, read_export
from benefits.domain.json_input import InputError
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import UNMAPPED_PREFIX
from benefits.domain.situation import Subscription as Held
from benefits.domain.usage_reports import UsageReport, read_usage_report
from benefits.models import (
    EvidenceKind,
    ExportUpload,
    StagedUpload,
    Tenant,
    UnknownProduct,
    UsageFigure,
)

from .customers import Author, record_subscriptions

BOM = b"\xef\xbb\xbf"


def read_evidence(raw: bytes, edition: Edition, today: dt.date) -> Export | UsageReport:
    """Parse a tenant's export: a subscribedSkus answer (JSON) or a usage report (CSV).

    Raises:
        InputError: neither, or broken, with its place; or figures of a day that has not come.
    """
    start = raw.removeprefix(BOM).lstrip()[:1]
    if not start:
        raise InputError(_("the file is empty"))
    if start in (b"{", b"["):
        return read_export(raw, edition)
    report = read_usage_report(raw)
    newest = max((figure.on for figure in report.figures), default=today)
    if newest > today + dt.timedelta(days=1):
        raise InputError(_("holds figures of %(day)s, which has not come yet") % {"day": newest})
    return report


def stage_upload(
    tenant: Tenant, raw: bytes, file_name: str, *, edition: Edition, by: Author, now: dt.datetime
) -> StagedUpload:
    """Keep a readable file for its preview. Raises InputError; nothing is kept then."""
    read_evidence(raw, edition, now.date())
    words = {"recorded_at": now, "recorded_by": by.user, "author_party": by.party}
    return StagedUpload.objects.create(tenant=tenant, file_name=file_name[:200], raw=raw, **words)


def was_read_before(tenant: Tenant, raw: bytes, kind: str, sight: Sight) -> bool:
    """Was this very file read before, and does what it said still stand? Usage figures always do."""
    of_kind = tenant.exports.filter(kind=kind).known_to(sight)
    if kind != EvidenceKind.SUBSCRIBED_SKUS:
        return of_kind.filter(file_hash=hash_file(raw)).exists()
    newest = of_kind.first()
    return newest is not None and newest.file_hash == hash_file(raw) and not _is_replaced(newest, sight)


def hash_file(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _is_replaced(upload: ExportUpload, sight: Sight) -> bool:
    """Are the tenant's subscriptions no longer exactly those of this upload?"""
    return upload.tenant.subscriptions.known_to(sight).exclude(from_export=upload).exists()


@transaction.atomic
def apply_export(
    tenant: Tenant,
    export: Export,
    raw: bytes,
    file_name: str,
    *,
    by: Author,
    now: dt.datetime,
    sight: Sight = EVERYTHING,
) -> bool:
    """Make a tenant's subscriptions those of its export. A file that the side knows changes nothing (``False``)."""
    kind = EvidenceKind.SUBSCRIBED_SKUS.value
    if was_read_before(tenant, raw, kind, sight):
        return False
    withheld = {f"{row.plan} ({row.state})": dict(row.withheld) for row in export.subscriptions if row.withheld}
    result = export.as_data() | ({"withheld": withheld} if withheld else {})
    rows = len(export.subscriptions) + len(export.set_aside) + len(export.unknown)
    upload = _keep_upload(tenant, kind, rows, result, raw, file_name, by=by, now=now)
    record_subscriptions(tenant, held_by_export(export, tenant.domain), by=by, now=now, upload=upload)
    _note_unknown_products(export, tenant, by, now)
    return True


@transaction.atomic
def apply_usage(
    tenant: Tenant,
    report: UsageReport,
    raw: bytes,
    file_name: str,
    *,
    by: Author,
    now: dt.datetime,
    sight: Sight = EVERYTHING,
) -> bool:
    """Record a report's figures. They decide nothing. A file that the side knows changes nothing (``False``)."""
    if was_read_before(tenant, raw, report.name, sight):
        return False
    result = {"figures": {row.workload: {"active": row.active, "total": row.total} for row in report.figures}}
    upload = _keep_upload(tenant, report.name, report.rows, result, raw, file_name, by=by, now=now)
    UsageFigure.objects.bulk_create(
        UsageFigure(
            tenant=tenant,
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
    tenant: Tenant,
    kind: str,
    rows: int,
    result: Mapping[str, object],
    raw: bytes,
    file_name: str,
    *,
    by: Author,
    now: dt.datetime,
) -> ExportUpload:
    return ExportUpload.objects.create(
        tenant=tenant,
        kind=kind,
        rows=rows,
        file_name=file_name[:200],
        file_hash=hash_file(raw),
        size=len(raw),
        result=result,
        recorded_at=now,
        recorded_by=by.user,
        author_party=by.party,
    )


def held_by_export(export: Export, label: str) -> list[Held]:
    """Everything the export shows for users: known plans, excluded ones as free seats, unmapped products."""
    held = [
        Held(row.plan, label, row.state, paid_seats=row.paid_seats, withheld=row.withheld)
        for row in export.subscriptions
    ]
    for plan, product in export.excluded:
        held += [Held(plan.code, label, state, unpaid_seats=n) for state, n in product.units.items()]
    for product in export.unmapped:
        name = UNMAPPED_PREFIX + (product.part_number or product.sku_id)[:120]
        plans = tuple(sorted((product.service_plans or {}).items()))
        held += [Held(name, label, state, paid_seats=n, service_plans=plans) for state, n in product.units.items()]
    return held


def _note_unknown_products(export: Export, tenant: Tenant, by: Author, now: dt.datetime) -> None:
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
