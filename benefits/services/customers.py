"""Customers' facts: record what is known, with its author, and read it back as a situation."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accounts.models import User
from benefits.choices import Status, SubscriptionState
from benefits.domain.catalogue import Edition
from benefits.domain.evidence import Export
from benefits.domain.situation import UNMAPPED_PREFIX, Request, Situation
from benefits.domain.situation import Subscription as HeldSubscription
from benefits.models import Customer, Enablement, ExportUpload, Subscription, Tenant, UnknownProduct

LONGEST_EVIDENCE = 2000
NEEDS_WORDS: dict[str, str] = {
    Status.NO_INTENT: "the customer’s reason",
    Status.PARTLY: "for how many of how many seats, or for which group",
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who records a fact: a person, and the side it speaks for (``team``, ``requester``, ``partner:7``)."""

    party: str
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is to be recorded about one workload."""

    status: str
    evidence: str = ""


class FactRefused(Exception):
    """The fact cannot be recorded as given; the message says why."""


@transaction.atomic
def record_enablement(
    tenant: Tenant, facts: Mapping[str, Recorded], *, edition: Edition, by: Author, now: dt.datetime
) -> list[Enablement]:
    """Record statuses of workloads in one tenant; unchanged ones are left alone.

    Raises:
        FactRefused: an unknown workload, or *no intent* without its reason.
    """
    for code, fact in facts.items():
        _check_fact(code, fact, edition)
    current = {row.workload_code: row for row in Enablement.objects.filter(tenant=tenant).current()}
    changed = [
        Enablement(
            tenant=tenant,
            workload_code=code,
            status=fact.status,
            evidence=fact.evidence,
            recorded_at=now,
            recorded_by=by.user,
            author_party=by.party,
        )
        for code, fact in facts.items()
        if _differs(current.get(code), fact)
    ]
    return Enablement.objects.bulk_create(changed)


def _check_fact(code: str, fact: Recorded, edition: Edition) -> None:
    if code not in edition.workloads:
        raise FactRefused(f"“{code}” is not a workload of the service description.")
    if fact.status not in Status.values:
        raise FactRefused(f"“{fact.status}” is not a status.")
    name = edition.workloads[code].name
    if len(fact.evidence) > LONGEST_EVIDENCE:
        raise FactRefused(
            f"{name}: the evidence note has {len(fact.evidence):,} characters; at most {LONGEST_EVIDENCE:,}."
        )
    if fact.status in NEEDS_WORDS and not fact.evidence.strip():
        raise FactRefused(f"{name}: “{Status(fact.status).label}” needs {NEEDS_WORDS[fact.status]}, as evidence note.")


def _differs(row: Enablement | None, fact: Recorded) -> bool:
    if row is None:
        return fact.status != Status.UNKNOWN or bool(fact.evidence)
    return row.status != fact.status or (bool(fact.evidence) and row.evidence != fact.evidence)


@transaction.atomic
def record_subscriptions(
    tenant: Tenant, held: list[HeldSubscription], *, by: Author, now: dt.datetime, upload: ExportUpload | None = None
) -> list[Subscription]:
    """Replace a tenant's subscriptions; the earlier ones stay as history."""
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    tenant.subscriptions.filter(replaced_at=None).update(replaced_at=now)
    return Subscription.objects.bulk_create(
        Subscription(
            tenant=tenant,
            plan_code="" if sub.plan.startswith(UNMAPPED_PREFIX) else sub.plan,
            part_number=sub.product if sub.plan.startswith(UNMAPPED_PREFIX) else "",
            state=sub.state,
            paid_seats=sub.paid_seats,
            unpaid_seats=sub.unpaid_seats,
            from_export=upload,
            recorded_at=now,
            recorded_by=by.user,
            author_party=by.party,
        )
        for sub in held
    )


@transaction.atomic
def record_typed_plans(tenant: Tenant, held: list[HeldSubscription], *, by: Author, now: dt.datetime) -> None:
    """Replace what a form can show; unmapped products, free seats and other states stay as they are."""
    current = tenant.subscriptions.current()
    kept = current.exclude(pk__in=current.typed().values("pk")).order_by("id")
    record_subscriptions(tenant, [*held, *(_as_held(row, tenant.domain) for row in kept)], by=by, now=now)


@transaction.atomic
def apply_export(tenant: Tenant, export: Export, raw: bytes, file_name: str, *, by: Author, now: dt.datetime) -> bool:
    """Make a tenant's subscriptions those of its export. The same file again changes nothing (``False``)."""
    digest = hashlib.sha256(raw).hexdigest()
    newest = tenant.exports.first()
    if newest is not None and newest.file_hash == digest and _is_current(newest):
        return False
    upload = ExportUpload.objects.create(
        tenant=tenant,
        file_name=file_name[:200],
        file_hash=digest,
        size=len(raw),
        result=export.as_data(),
        recorded_at=now,
        recorded_by=by.user,
        author_party=by.party,
    )
    record_subscriptions(tenant, _held(export, tenant.domain), by=by, now=now, upload=upload)
    _note_unknown_products(export, tenant, now)
    return True


def _is_current(upload: ExportUpload) -> bool:
    """Are the tenant's subscriptions still exactly those of this upload?"""
    return not upload.tenant.subscriptions.current().exclude(from_export=upload).exists()


def _held(export: Export, label: str) -> list[HeldSubscription]:
    """Everything the export shows for users: known plans, excluded ones as free seats, unmapped products."""
    held = [HeldSubscription(row.plan, label, row.state, paid_seats=row.paid_seats) for row in export.subscriptions]
    for plan, product in export.excluded:
        held += [HeldSubscription(plan.code, label, state, unpaid_seats=n) for state, n in product.units.items()]
    for product in export.unmapped:
        name = UNMAPPED_PREFIX + (product.part_number or product.sku_id)[:120]
        held += [HeldSubscription(name, label, state, paid_seats=n) for state, n in product.units.items()]
    return held


def _note_unknown_products(export: Export, tenant: Tenant, now: dt.datetime) -> None:
    for product in sorted(export.unknown, key=lambda row: (row.part_number, row.sku_id)):
        row, created = UnknownProduct.objects.get_or_create(
            part_number=product.part_number[:120],
            sku_id=product.sku_id[:60],
            defaults={"first_seen_at": now, "last_seen_at": now, "last_seen_in": tenant},
        )
        if not created:
            row.times_seen = F("times_seen") + 1
            row.last_seen_at, row.last_seen_in = now, tenant
            row.save(update_fields=["times_seen", "last_seen_at", "last_seen_in"])


@dataclass(frozen=True, slots=True)
class Facts:
    """A customer's current facts with their authors."""

    customer: Customer
    tenants: tuple[Tenant, ...]
    subscriptions: tuple[Subscription, ...]
    enablement: tuple[Enablement, ...]

    def situation(self, request: Request, on: dt.date) -> Situation:
        """The facts as the determination reads them."""
        domains = {tenant.pk: tenant.domain for tenant in self.tenants}
        statuses: dict[str, dict[str, str]] = defaultdict(dict)
        for fact in self.enablement:
            statuses[fact.workload_code][domains[fact.tenant_id]] = fact.status
        held = tuple(_as_held(row, domains[row.tenant_id]) for row in self.subscriptions)
        return Situation(self.customer.audience, on, held, request, dict(statuses))


def _as_held(row: Subscription, tenant: str) -> HeldSubscription:
    plan = row.plan_code or UNMAPPED_PREFIX + row.part_number
    return HeldSubscription(plan, tenant, SubscriptionState(row.state).value, row.paid_seats, row.unpaid_seats)


def load_facts(customer: Customer) -> Facts:
    """Read a customer's current facts in a stable order. Three queries."""
    tenants = tuple(customer.tenants.all())
    held = Subscription.objects.filter(tenant__in=tenants).current().order_by("tenant_id", "id")
    enablement = Enablement.objects.filter(tenant__in=tenants).current().select_related("recorded_by")
    return Facts(customer, tenants, tuple(held), tuple(enablement))
