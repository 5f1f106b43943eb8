"""Facts that somebody records on a referral: they belong to the customer, and change its determination."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from benefits.domain.evidence import Export
from benefits.domain.situation import Subscription
from benefits.models import Tenant
from benefits.services.customers import Author, Recorded, apply_export, record_enablement, record_typed_plans
from benefits.services.editions import edition_in_force
from referrals.choices import OPEN_STATES, EventKind
from referrals.models import Offer, Referral

from .determining import determine_referral
from .moving import SYSTEM, By, record_event


def author_of(by: By) -> Author:
    """The side a fact is recorded for: a partner's own, the team's, or the requester's."""
    party = f"partner:{by.partner.pk}" if by.partner else str(by.actor)
    return Author(party, by.user)


def _lock_with_siblings(pk: int) -> tuple[Referral, list[Referral]]:
    """Lock a referral and the customer's other open ones in ascending id: the facts are the customer's."""
    customer_id = Referral.objects.values_list("customer_id", flat=True).get(pk=pk)
    theirs = Referral.objects.filter(customer_id=customer_id).filter(Q(pk=pk) | Q(state__in=OPEN_STATES))
    locked = list(theirs.select_for_update(no_key=True).order_by("id"))
    return next(row for row in locked if row.pk == pk), [row for row in locked if row.pk != pk]


def _determine_all(referral: Referral, others: list[Referral], by: By, now: dt.datetime) -> None:
    """Determine this referral, and those others that had a determination before."""
    determine_referral(referral, by, now, occasion="facts")
    for other in others:
        if other.determination_id is not None:
            determine_referral(other, SYSTEM, now, occasion="facts")


@transaction.atomic
def record_statuses(
    pk: int, tenant: Tenant, facts: Mapping[str, Recorded], *, by: By, now: dt.datetime, offer: Offer | None = None
) -> int:
    """Record enablement and determine again; gives how many workloads changed. Raises FactRefused."""
    referral, others = _lock_with_siblings(pk)
    _edition_id, edition = edition_in_force(now.date())
    changed = record_enablement(tenant, facts, edition=edition, by=author_of(by), now=now)
    if changed:
        statuses = {row.workload_code: row.status for row in changed}
        data = {"tenant": tenant.domain, "statuses": statuses}
        record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
        _determine_all(referral, others, by, now)
    return len(changed)


@transaction.atomic
def record_plans(
    pk: int, tenant: Tenant, held: list[Subscription], *, by: By, now: dt.datetime, offer: Offer | None = None
) -> None:
    """Replace a tenant's typed subscriptions and determine again."""
    referral, others = _lock_with_siblings(pk)
    record_typed_plans(tenant, held, by=author_of(by), now=now)
    data = {"tenant": tenant.domain, "plans": len(held)}
    record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
    _determine_all(referral, others, by, now)


@transaction.atomic
def record_export(
    pk: int, tenant: Tenant, raw: bytes, file_name: str, *, by: By, now: dt.datetime, offer: Offer | None = None
) -> tuple[Export, bool]:
    """Read a subscribedSkus export into a tenant's subscriptions and determine again. Raises InputError."""
    referral, others = _lock_with_siblings(pk)
    _edition_id, edition = edition_in_force(now.date())
    export, changed = apply_export(tenant, raw, file_name, edition=edition, by=author_of(by), now=now)
    if changed:
        data = {"tenant": tenant.domain, "file": file_name[:200], "plans": len(export.subscriptions)}
        record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
        _determine_all(referral, others, by, now)
    return export, changed
