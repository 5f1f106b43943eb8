"""Exports of a tenant: look at what one would change, then read it into subscriptions or usage figures."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.choices import Status, SubscriptionState, WithheldReason
from benefits.domain.catalogue import Edition
from benefits.domain.evidence import Export, read_export
from benefits.domain.json_input import InputError
from benefits.domain.situation import UNMAPPED_PREFIX
from benefits.domain.situation import Subscription as Held
from benefits.domain.usage_reports import Figure, Proposal, UsageReport, propose_status, read_usage_report
from benefits.models import (
    Enablement,
    EvidenceKind,
    ExportUpload,
    StagedUpload,
    Tenant,
    UnknownProduct,
    UsageFigure,
)

from .customers import Author, as_held, record_subscriptions

NOT_KNOWN = gettext_lazy("(not in the service description)")  # stands after the name of a product

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Seats of one plan or product before and after; empty where there are none."""

    name: str
    before: str
    after: str
    note: str = ""

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class ProposedStatus:
    """A usage figure with the status it suggests, beside the one that is recorded."""

    workload: str
    name: str
    figure: Figure
    current: str
    proposal: Proposal

    @property
    def words(self) -> str:
        return UsageFigure(active=self.figure.active, total=self.figure.total).words

    @property
    def is_new(self) -> bool:
        """Is nothing recorded yet? Only then is the proposal chosen beforehand."""
        return self.current == Status.UNKNOWN


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading a file would change. Nothing has changed yet."""

    kind: str
    rows: int
    is_known: bool  # the same file was read before: reading it again changes nothing
    plans: tuple[PlanChange, ...] = ()
    usage: tuple[ProposedStatus, ...] = ()
    set_aside: tuple[str, ...] = ()
    is_partial: bool = False

    @property
    def kind_label(self) -> str:
        return str(EvidenceKind(self.kind).label)


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


def preview_upload(tenant: Tenant, raw: bytes, edition: Edition, today: dt.date) -> Preview:
    """What applying a file would change. Four queries at most."""
    found = read_evidence(raw, edition, today)
    if isinstance(found, Export):
        plans = tuple(_compare_plans(tenant, found, edition))
        aside = tuple(row.part_number for row in found.set_aside)
        kind, rows = EvidenceKind.SUBSCRIBED_SKUS.value, len(found.subscriptions) + len(aside) + len(found.unknown)
        return Preview(kind, rows, _is_known(tenant, raw, kind), plans, (), aside, found.is_partial)
    return Preview(
        found.name, found.rows, _is_known(tenant, raw, found.name), usage=tuple(_propose(tenant, found, edition))
    )


def _is_known(tenant: Tenant, raw: bytes, kind: str) -> bool:
    """Was this very file read before, and does what it said still stand? Usage figures always do."""
    of_kind = tenant.exports.filter(kind=kind)
    if kind != EvidenceKind.SUBSCRIBED_SKUS:
        return of_kind.filter(file_hash=hash_file(raw)).exists()
    newest = of_kind.first()
    return newest is not None and newest.file_hash == hash_file(raw) and not _is_replaced(newest)


def hash_file(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _is_replaced(upload: ExportUpload) -> bool:
    """Are the tenant's subscriptions no longer exactly those of this upload?"""
    return upload.tenant.subscriptions.current().exclude(from_export=upload).exists()


def _compare_plans(tenant: Tenant, export: Export, edition: Edition) -> list[PlanChange]:
    before = _seats_by_name([as_held(row, "") for row in tenant.subscriptions.current()], edition)
    held = _held(export, "")
    after, withheld = _seats_by_name(held, edition), _say_withheld(held, edition)
    names = sorted(before.keys() | after.keys())
    return [PlanChange(name, before.get(name, ""), after.get(name, ""), withheld.get(name, "")) for name in names]


def _seats_by_name(held: list[Held], edition: Edition) -> dict[str, str]:
    """Plan or product → its seats in words, states other than enabled named."""
    found: dict[str, list[str]] = defaultdict(list)
    for sub in held:
        seats = sub.unpaid_seats if sub.is_unpaid else sub.paid_seats
        words = _("seats not known") if seats is None else f"{seats:,}"
        words = _("%(seats)s free") % {"seats": words} if sub.is_unpaid else words
        if sub.state != SubscriptionState.ENABLED:
            words += f" ({SubscriptionState(sub.state).label.lower()})"
        found[_name(sub, edition)].append(words)
    return {name: ", ".join(words) for name, words in found.items()}


def _name(sub: Held, edition: Edition) -> str:
    plan = edition.plans.get(sub.plan)
    return plan.name if plan else f"{sub.product} {NOT_KNOWN}"


def _say_withheld(held: list[Held], edition: Edition) -> dict[str, str]:
    notes = {}
    for sub in held:
        named = [f"{edition.workloads[code].name} ({WithheldReason(why).label.lower()})" for code, why in sub.withheld]
        if named:
            notes[_name(sub, edition)] = _("Without %(workloads)s") % {"workloads": ", ".join(named)}
    return notes


def _propose(tenant: Tenant, report: UsageReport, edition: Edition) -> list[ProposedStatus]:
    current = {row.workload_code: row.status for row in Enablement.objects.filter(tenant=tenant).current()}
    seats: dict[str, int] = defaultdict(int)
    for row in tenant.subscriptions.current().filter(state__in=("enabled", "warning")):
        plan = edition.plans.get(row.plan_code)
        for code in plan.workloads if plan else ():
            seats[code] += row.paid_seats or 0
    return [
        ProposedStatus(
            figure.workload,
            edition.workloads[figure.workload].name,
            figure,
            current.get(figure.workload, Status.UNKNOWN.value),
            propose_status(figure, seats.get(figure.workload)),
        )
        for figure in report.figures
        if figure.workload in edition.workloads
    ]


@transaction.atomic
def apply_export(tenant: Tenant, export: Export, raw: bytes, file_name: str, *, by: Author, now: dt.datetime) -> bool:
    """Make a tenant's subscriptions those of its export. The same file again changes nothing (``False``)."""
    kind = EvidenceKind.SUBSCRIBED_SKUS.value
    if _is_known(tenant, raw, kind):
        return False
    withheld = {f"{row.plan} ({row.state})": dict(row.withheld) for row in export.subscriptions if row.withheld}
    result = export.as_data() | ({"withheld": withheld} if withheld else {})
    rows = len(export.subscriptions) + len(export.set_aside) + len(export.unknown)
    upload = _keep_upload(tenant, kind, rows, result, raw, file_name, by=by, now=now)
    record_subscriptions(tenant, _held(export, tenant.domain), by=by, now=now, upload=upload)
    _note_unknown_products(export, tenant, by, now)
    return True


@transaction.atomic
def apply_usage(
    tenant: Tenant, report: UsageReport, raw: bytes, file_name: str, *, by: Author, now: dt.datetime
) -> bool:
    """Record a report's figures. They decide nothing. The same file again changes nothing (``False``)."""
    if _is_known(tenant, raw, report.name):
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


def _held(export: Export, label: str) -> list[Held]:
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
