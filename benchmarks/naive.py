"""The control: the same decision made the plain way, with the ORM and sets, one customer at a time.

It knows what the measured customers need (sum of seats, every entitled workload, workloads asked for) and no more.
"""

import datetime as dt

from django.db.models import Q

from benefits.models import Customer, Enablement, Plan, ServiceDescription, Subscription, Threshold, Workload

OPEN = {"not_enabled", "blocked", "in_progress", "partly_enabled", "declined"}


def decide_over_orm(customer_id: int, asked: tuple[str, ...], edition: ServiceDescription, on: dt.date) -> str:
    """Outcome for a customer with one tenant, read row by row as a straightforward view would."""
    customer = Customer.objects.get(pk=customer_id)
    active = Q(effective_from=None) | Q(effective_from__lte=on)
    active &= Q(effective_to=None) | Q(effective_to__gte=on)
    floor = Threshold.objects.filter(active, edition=edition, code="BENEFIT_MIN_LICENSES").get().value
    seats, is_unknown, granted, could_grant = 0, False, set[str](), set[str]()
    for sub in Subscription.objects.filter(tenant__customer=customer, replaced_at=None):
        plan = Plan.objects.filter(active, edition=edition, code=sub.plan_code).exclude(benefit_eligible="no").first()
        if plan is None:
            continue
        grants = plan.entitlements.filter(is_limited=False).values_list("workload__code", flat=True)
        counts = plan.benefit_eligible in ("yes", "unverified")
        if sub.paid_seats is None:
            is_unknown, could_grant = is_unknown or counts, could_grant | set(grants)
        elif sub.paid_seats:
            granted |= set(grants)
            seats += sub.paid_seats if counts else 0
    if seats < floor:
        return "needs_information" if is_unknown else "not_eligible"
    return _judge(customer, granted, could_grant, asked, edition, active)


def _judge(
    customer: Customer,
    granted: set[str],
    could_grant: set[str],
    asked: tuple[str, ...],
    edition: ServiceDescription,
    active: Q,
) -> str:
    workloads = {row.code: row for row in Workload.objects.filter(active, edition=edition)}
    to_all = {code for code, row in workloads.items() if row.granted_by == "any_eligible_plan"}
    entitled = (granted & workloads.keys()) | to_all
    possible = entitled | (could_grant & workloads.keys())
    asked_in = [code for code in asked if code in entitled]
    if asked and not asked_in:
        return "needs_information" if set(asked) & possible else "out_of_scope"
    view = {code for code in entitled if workloads[code].counts_toward_full_value} | set(asked_in)
    more = {code for code in possible if workloads[code].counts_toward_full_value} | (set(asked) & possible)
    current = Enablement.objects.filter(tenant__customer=customer).current()
    statuses = {row.workload_code: row.status for row in current}
    if any(statuses.get(code) in OPEN for code in view):
        return "benefit_not_realized"
    unsettled = any(statuses.get(code, "unknown") == "unknown" for code in view)
    unsettled = unsettled or any(statuses.get(code, "unknown") != "enabled" for code in more)
    return "needs_information" if unsettled or not view else "benefit_realized"
