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
from referrals.lifecycle.sights import author_of, sight_of
from referrals.models import Offer, Referral

from .facts import record_statuses

FROM_OTHERS = "Known from earlier due diligence"


def saved_with(pk: int, person: User) -> list[Enablement]:
    """The statuses that a person recorded in one go, found by one of them."""
    one = Enablement.objects.filter(pk=pk, recorded_by=person).first()
    if one is None:
        return []
    rows = Enablement.objects.filter(tenant=one.tenant_id, recorded_by=person, recorded_at=one.recorded_at)
    return list(rows.select_related("tenant__customer").order_by("pk"))


def why_not_restore(rows: list[Enablement], customer: int, sight: Sight, now: dt.datetime) -> str:
    """Empty while a save may be undone: for some minutes, and until one of its statuses is recorded again.

    ``customer``: of the referral that it is undone on; statuses of another one are none of its business.
    """
    if (
        not rows
        or rows[0].tenant.customer_id != customer
        or now > rows[0].recorded_at + dt.timedelta(minutes=settings.UNDO_MINUTES)
    ):
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
    sight, own = sight_of(offer), author_of(by).party
    rows = saved_with(saved, by.user) if by.user else []
    customer = Referral.objects.values_list("customer", flat=True).get(pk=pk)
    if problem := why_not_restore(rows, customer, sight, now):
        raise FactRefused(problem)
    tenant, codes = rows[0].tenant, [row.workload_code for row in rows]
    earlier = Enablement.objects.filter(tenant=tenant, workload_code__in=codes, recorded_at__lt=rows[0].recorded_at)
    before = {row.workload_code: row for row in earlier.known_to(sight).current()}
    facts = {code: _as_recorded(before.get(code), own) for code in codes}
    seen = {row.workload_code: str(row.pk) for row in rows}
    return record_statuses(pk, tenant, facts, by=by, now=now, offer=offer, seen=seen)


def _as_recorded(row: Enablement | None, own: str) -> Recorded:
    """What was known before. Of what another side recorded only the value: its words stay with it and the team."""
    if row is None:
        return Recorded(Status.UNKNOWN.value)
    if row.author_party == own:
        return Recorded(row.status, row.evidence, row.part)
    return Recorded(row.status, FROM_OTHERS, row.part_in_seats)
