"""What is known, workload by workload and plan by plan, and what to ask next."""

from dataclasses import dataclass

from benefits.choices import Area, BenefitEligible, Outcome, Status, SubscriptionState

from .reading import Reading, TenantReading
from .situation import Subscription


@dataclass(frozen=True, slots=True)
class Finding:
    """One entitled workload. ``verdict``: enabled, remaining, to_confirm or not_counted."""

    workload: str
    name: str
    area: str
    status: str
    verdict: str
    guide_title: str
    guide_url: str


@dataclass(frozen=True, slots=True)
class PlanHeld:
    """One subscription with whether it counts toward the floor, and why."""

    plan: str
    name: str
    family: str
    tenant: str
    state: str
    seats: int | None
    counts: bool
    why: str


def list_findings(reading: Reading) -> tuple[Finding, ...]:
    """Every entitled workload, by solution area and name."""
    workloads = reading.edition.edition.workloads
    order = {area: place for place, area in enumerate(Area.values)}
    entitled = sorted((workloads[code] for code in reading.entitled_least | reading.in_view), key=lambda w: w.code)
    found = []
    for workload in sorted(entitled, key=lambda w: (order.get(w.area, len(order)), w.name)):
        status = reading.status(workload.code)
        found.append(
            Finding(
                workload.code,
                workload.name,
                workload.area,
                str(status),
                _verdict(reading, workload.code, status),
                workload.guide.title,
                workload.guide.url,
            )
        )
    return tuple(found)


def _verdict(reading: Reading, code: str, status: str) -> str:
    if code in reading.remaining:
        return "remaining"
    if code in reading.to_confirm:
        return "to_confirm"
    if code not in reading.in_view:
        return "not_counted"
    return "enabled" if status == Status.ENABLED else "not_counted"


def order_questions(reading: Reading, to_confirm: tuple[str, ...]) -> tuple[str, ...]:
    """Workloads to ask about: requested ones first, then requested areas, then the rest."""
    request = reading.situation.request
    workloads = reading.edition.edition.workloads

    def place(code: str) -> tuple[int, str]:
        if code in request.workloads:
            return 0, code
        return (1, code) if set(workloads[code].areas) & set(request.areas) else (2, code)

    return tuple(sorted(to_confirm, key=place))


def name_missing_facts(reading: Reading, outcome: str) -> tuple[str, ...]:
    """The unknown subscriptions that could still change the outcome, in words."""
    if outcome != Outcome.NEEDS_INFORMATION:
        return ()
    could_matter = {tenant.tenant: tenant for tenant in reading.eligible_most}
    found = set()
    for unknown in reading.unknowns:
        tenant = could_matter.get(unknown.tenant)
        if tenant and _matters(reading, tenant, unknown.could_grant, unknown.adds_seats):
            found.add(_name_unknown(reading, unknown.subscription))
    return tuple(sorted(found))


def _matters(reading: Reading, tenant: TenantReading, could_grant: frozenset[str], adds_seats: bool) -> bool:
    if tenant not in reading.eligible_least:
        return True
    if could_grant & reading.undecided_in_view - reading.in_view:
        return True
    return any(line.in_most and not line.in_least for line in reading.lines) and adds_seats


def _name_unknown(reading: Reading, sub: Subscription | None) -> str:
    if sub is None:
        return "subscriptions: none is recorded"
    place = f" in {sub.tenant}" if sub.tenant else ""
    plan = reading.edition.edition.plans.get(sub.plan)
    if plan is None:
        return f"{sub.plan}{place}: the edition does not know this product"
    return f"{sub.plan}{place}: the number of paid seats is not known"


def describe_plans_held(reading: Reading) -> tuple[PlanHeld, ...]:
    edition = reading.edition.edition
    held = []
    for sub in reading.situation.subscriptions:
        plan = edition.plans.get(sub.plan)
        counts, why = _why_counts(reading, sub)
        name, family = (plan.name, plan.family) if plan else (sub.product, "")
        seats = sub.unpaid_seats if sub.is_unpaid else sub.paid_seats
        held.append(PlanHeld(sub.plan, name, family, sub.tenant, sub.state, seats, counts, why))
    return tuple(sorted(held, key=_held_order))


def _held_order(plan: PlanHeld) -> tuple[str | int | bool, ...]:
    return plan.family, plan.name, plan.tenant, plan.state, plan.seats is None, plan.seats or 0, plan.why


def _why_counts(reading: Reading, sub: Subscription) -> tuple[bool, str]:
    plan = reading.edition.edition.plans.get(sub.plan)
    if plan is None:
        return False, "Not in the service description: an admin has to say what it is."
    refusals = (
        (not sub.is_live, f"{SubscriptionState(sub.state).label}: seats do not count."),
        (plan.is_excluded, "Named as outside the Benefit."),
        (not plan.is_active(reading.edition.date), "The plan is not active on this date."),
        (sub.is_unpaid, "Free or trial seats do not count."),
        (not plan.counts_seats, "Brings its workloads but counts no seats."),
        (sub.paid_seats is None, "The number of paid seats is not known yet."),
    )
    refused = next((why for applies, why in refusals if applies), None)
    if refused:
        return False, refused
    note = " (eligibility not verified)" if plan.benefit_eligible == BenefitEligible.UNVERIFIED else ""
    return True, f"Eligible: paid seats count{note}."
