"""What tenants have beyond the service description: service plans that are on in products of plans that lack them."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.domain.catalogue import BY_SERVICE_PLANS, Edition
from benefits.domain.compiled import read_bought
from benefits.domain.edition_on_date import edition_on
from benefits.domain.situation import LIVE_STATES
from benefits.models import Entitlement, ServiceDescription, Subscription

from ..editions import note_editor, open_draft
from ..governing import GovernanceRefused
from ..situations import hold_read, read_of


class Beyond(NamedTuple):
    """A workload that products of a plan bring although the edition does not list it, and in how many tenants."""

    plan: str
    workload: str
    service_plan: str
    tenants: int


def list_beyond(edition: Edition, on: dt.date) -> list[Beyond]:
    """All of it, what most tenants have first. One statement: tenants that bought the same product count together."""
    on_date = edition_on(edition, on)
    if not on_date.is_both_ways:
        return []
    live = Subscription.objects.current().exclude(read=None).filter(state__in=LIVE_STATES, unpaid_seats=None)
    rows = live.filter(tenant__is_confirmed=True).order_by().values_list("read")
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    carriers: dict[tuple[str, str], str] = {}
    for read, tenants in rows.annotate(tenants=ArrayAgg("tenant", distinct=True)):
        product = read_of("", "", {}, read)
        held = hold_read(product, "", "enabled", 1, None, edition) if product else None
        found = read_bought(on_date, held) if held else None
        if held is None or found is None:
            continue
        for workload, service_plan in found.granted:
            seen[held.plan, workload].update(tenants)
            carriers.setdefault((held.plan, workload), service_plan)
    found_rows = [Beyond(*key, carriers[key], len(tenants)) for key, tenants in seen.items()]
    return sorted(found_rows, key=lambda row: (-row.tenants, row.plan, row.workload))


@transaction.atomic
def list_in_draft(row: Beyond, *, is_limited: bool, by: User, now: dt.datetime) -> ServiceDescription:
    """The plan brings the workload, or only carries it, in the newest draft; without one a draft is made.

    Raises:
        GovernanceRefused: the draft does not have the plan or the workload, or says it already.
    """
    draft = open_draft(now=now, by=by)
    plan, workload = draft.plans.filter(code=row.plan).first(), draft.workloads.filter(code=row.workload).first()
    if plan is None or workload is None:
        raise GovernanceRefused(_("The draft %(draft)s has no such plan or workload.") % {"draft": draft})
    if Entitlement.objects.filter(plan=plan, workload=workload).exists():
        words = {"draft": draft, "plan": plan, "workload": workload}
        raise GovernanceRefused(_("The draft %(draft)s already covers %(plan)s and %(workload)s.") % words)
    basis = f"{BY_SERVICE_PLANS} of {row.tenants} tenants: {row.service_plan}"
    Entitlement.objects.create(plan=plan, workload=workload, is_limited=is_limited, basis=basis)
    note_editor(draft, by)
    return draft
