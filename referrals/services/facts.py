"""Facts that somebody records on a referral: they belong to the customer, and change its determination."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from benefits.domain.evidence import Export, read_export
from benefits.domain.situation import Subscription
from benefits.models import Tenant
from benefits.services.customers import Author, Recorded, apply_export, record_enablement, record_typed_plans
from benefits.services.editions import edition_in_force
from referrals.choices import EventKind
from referrals.models import Offer

from .determining import determine_all, lock_with_siblings
from .moving import By, record_event


def author_of(by: By) -> Author:
    """The side a fact is recorded for: a partner's own, the team's, or the requester's."""
    party = f"partner:{by.partner.pk}" if by.partner else str(by.actor)
    return Author(party, by.user)


@transaction.atomic
def record_statuses(
    pk: int, tenant: Tenant, facts: Mapping[str, Recorded], *, by: By, now: dt.datetime, offer: Offer | None = None
) -> int:
    """Record enablement and determine again; gives how many workloads changed. Raises FactRefused."""
    referral, others = lock_with_siblings(pk)
    _edition_id, edition = edition_in_force(now.date())
    changed = record_enablement(tenant, facts, edition=edition, by=author_of(by), now=now)
    if changed:
        statuses = {edition.workloads[row.workload_code].name: row.get_status_display() for row in changed}
        data = {"tenant": tenant.domain, "statuses": statuses}
        record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
        determine_all(referral, others, by, now)
    return len(changed)


@transaction.atomic
def record_plans(
    pk: int, tenant: Tenant, held: list[Subscription], *, by: By, now: dt.datetime, offer: Offer | None = None
) -> None:
    """Replace a tenant's typed subscriptions and determine again."""
    referral, others = lock_with_siblings(pk)
    record_typed_plans(tenant, held, by=author_of(by), now=now)
    data = {"tenant": tenant.domain, "plans": len(held)}
    record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
    determine_all(referral, others, by, now)


def record_export(
    pk: int, tenant: Tenant, raw: bytes, file_name: str, *, by: By, now: dt.datetime, offer: Offer | None = None
) -> tuple[Export, bool]:
    """Read a subscribedSkus export into a tenant's subscriptions and determine again.

    Reads the whole file before anything is locked. The same file again changes nothing (``False``).

    Raises:
        InputError: the file cannot be read; nothing is changed.
    """
    _edition_id, edition = edition_in_force(now.date())
    export = read_export(raw, edition)
    with transaction.atomic():
        referral, others = lock_with_siblings(pk)
        changed = apply_export(tenant, export, raw, file_name, by=author_of(by), now=now)
        if changed:
            data = {"tenant": tenant.domain, "file": file_name[:200], "plans": len(export.subscriptions)}
            record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
            determine_all(referral, others, by, now)
    return export, changed
