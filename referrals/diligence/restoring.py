"""Undo one save of several statuses: the records from before are written again, for a few minutes."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.choices import Status
from benefits.domain.sight import Sight
from benefits.models import Enablement
from benefits.services.customers import FactRefused, Recorded
from referrals.lifecycle.acting import By
from referrals.lifecycle.sights import sight_of
from referrals.models import Offer

from .facts import record_statuses


def saved_with(pk: int, person: User) -> list[Enablement]:
    """The statuses that a person recorded in one go, found by one of them."""
    one = Enablement.objects.filter(pk=pk, recorded_by=person).first()
    if one is None:
        return []
    rows = Enablement.objects.filter(tenant=one.tenant_id, recorded_by=person, recorded_at=one.recorded_at)
    return list(rows.select_related("tenant__customer").order_by("pk"))


def why_not_restore(rows: list[Enablement], sight: Sight, now: dt.datetime) -> str:
    """Empty while a save may be undone: for some minutes, and until one of its statuses is recorded again."""
    if not rows or now > rows[0].recorded_at + dt.timedelta(minutes=settings.UNDO_MINUTES):
        return _("It’s too late to undo this.")
    codes = [row.workload_code for row in rows]
    current = Enablement.objects.filter(tenant=rows[0].tenant_id, workload_code__in=codes).known_to(sight).current()
    if {row.pk for row in current} != {row.pk for row in rows}:
        return _("These statuses were changed since. Nothing was undone.")
    return ""


@transaction.atomic
def restore_statuses(pk: int, saved: int, *, by: By, now: dt.datetime, offer: Offer | None = None) -> int:
    """Record what was known before one save, and determine again; gives how many workloads changed.

    Raises:
        FactRefused: it is too late, or one of the statuses was recorded again.
    """
    sight = sight_of(offer)
    rows = saved_with(saved, by.user) if by.user else []
    if problem := why_not_restore(rows, sight, now):
        raise FactRefused(problem)
    tenant, codes = rows[0].tenant, [row.workload_code for row in rows]
    earlier = Enablement.objects.filter(tenant=tenant, workload_code__in=codes, recorded_at__lt=rows[0].recorded_at)
    before = {row.workload_code: row for row in earlier.known_to(sight).current()}
    facts = {code: _as_recorded(before.get(code)) for code in codes}
    seen = {row.workload_code: str(row.pk) for row in rows}
    return record_statuses(pk, tenant, facts, by=by, now=now, offer=offer, seen=seen)


def _as_recorded(row: Enablement | None) -> Recorded:
    return Recorded(row.status, row.evidence, row.part) if row else Recorded(Status.UNKNOWN.value)
