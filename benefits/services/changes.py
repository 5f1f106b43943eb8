"""What one side did not know of a customer's facts, and now does: the value before and after, and the day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from benefits.choices import Status, SubscriptionState
from benefits.domain.catalogue import Edition
from benefits.domain.situation import Subscription as Held
from benefits.models import Enablement

from .situations import Facts, as_held, number_unmapped


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact in one tenant: ``about`` what, what it ``was`` and ``now`` is in words, and the day it was recorded."""

    tenant: str
    about: str
    was: str
    now: str
    on: dt.date


def list_changes(before: Facts, after: Facts, edition: Edition) -> tuple[FactChange, ...]:
    """What differs between two readings of the same customer's facts, by tenant and name."""
    found = [*_changed_statuses(before, after, edition), *_changed_plans(before, after, edition)]
    return tuple(sorted(found, key=lambda row: (row.tenant, row.about)))


def _changed_statuses(before: Facts, after: Facts, edition: Edition) -> Iterator[FactChange]:
    domains = {tenant.pk: tenant.domain for tenant in after.tenants}
    was = {(row.tenant_id, row.workload_code): row for row in before.enablement}
    for row in after.enablement:
        known = was.get((row.tenant_id, row.workload_code))
        if say_status(known) != say_status(row):
            workload = edition.workloads.get(row.workload_code)
            about = workload.name if workload else row.workload_code
            on = row.recorded_at.date()
            yield FactChange(domains[row.tenant_id], about, say_status(known), say_status(row), on)


def say_status(row: Enablement | None) -> str:
    """A status as another side may know it: its value, with seats but no group's name."""
    if row is None:
        return str(Status.UNKNOWN.label)
    return f"{row.get_status_display()} ({row.part_in_seats})" if row.part_in_seats else row.get_status_display()


def _changed_plans(before: Facts, after: Facts, edition: Edition) -> Iterator[FactChange]:
    numbers: dict[str, int] = {}
    was, now = (_plans_in_words(facts, edition, numbers) for facts in (before, after))
    days = {tenant.domain: _newest_day(after, tenant.pk) for tenant in after.tenants}
    for tenant, about in sorted(was.keys() | now.keys()):
        words = was.get((tenant, about), _("none")), now.get((tenant, about), _("none"))
        if words[0] != words[1]:
            yield FactChange(tenant, about, *words, days[tenant])


def _newest_day(facts: Facts, tenant: int) -> dt.date:
    """The day of the newest recording of a tenant's plans; of one that only took plans away, the day it is known."""
    rows = [row.recorded_at for row in facts.subscriptions if row.tenant_id == tenant]
    return max(rows, default=facts.known_at).date()


def _plans_in_words(facts: Facts, edition: Edition, numbers: dict[str, int]) -> dict[tuple[str, str], str]:
    domains = {tenant.pk: tenant.domain for tenant in facts.tenants}
    rows = (
        (as_held(row, domains[row.tenant_id], edition), row.is_named_by(facts.party)) for row in facts.subscriptions
    )
    return say_plans(number_unmapped(rows, numbers), edition)


def say_plans(held: Iterable[Held], edition: Edition) -> dict[tuple[str, str], str]:
    """Tenant and plan or product → its seats in words."""
    found: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for sub in held:
        plan = edition.plans.get(sub.plan)
        found[sub.tenant, plan.name if plan else sub.product].append(sub)
    return {key: say_all_seats(subs) for key, subs in found.items()}


def say_all_seats(held: Iterable[Held]) -> str:
    """Seats of one plan in words: those of one state and kind are summed, whatever the SKUs."""
    groups: dict[tuple[str, bool, bool], Held] = {}
    for sub in held:
        key = sub.state, sub.is_unpaid, sub.paid_seats is None and not sub.is_unpaid
        known = groups.get(key)
        groups[key] = sub if known is None else _together(known, sub)
    return ", ".join(sorted(map(say_seats, groups.values())))


def _together(one: Held, other: Held) -> Held:
    """Two subscriptions of one state and kind as one."""
    if one.is_unpaid:
        return replace(one, unpaid_seats=(one.unpaid_seats or 0) + (other.unpaid_seats or 0))
    if one.paid_seats is None or other.paid_seats is None:
        return one
    return replace(one, paid_seats=one.paid_seats + other.paid_seats)


def say_seats(sub: Held) -> str:
    """Seats in words, states other than enabled named."""
    seats = sub.unpaid_seats if sub.is_unpaid else sub.paid_seats
    words = _("seats unknown") if seats is None else f"{seats:,}"
    words = _("%(seats)s free") % {"seats": words} if sub.is_unpaid else words
    if sub.state != SubscriptionState.ENABLED:
        words += f" ({SubscriptionState(sub.state).label.lower()})"
    return words
