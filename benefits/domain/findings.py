"""What is known, workload by workload, solution area by solution area, and plan by plan."""

from collections.abc import Iterator
from typing import NamedTuple

from benefits.choices import Area, BenefitEligible, OutsideReason, SubscriptionState, label_in_record

from .compiled import is_set_aside, read_bought
from .edition_on_date import EditionOnDate, PlanOnDate
from .reading import Reading
from .situation import HeldProduct, Subscription

AREA_ORDER = {area.value: place for place, area in enumerate(Area)}


class Finding(NamedTuple):
    """One entitled workload. ``verdict``: enabled, remaining, to_confirm or not_counted.

    ``tenants``: where several are eligible, those whose status this is.
    """

    workload: str
    name: str
    area: str
    status: str
    verdict: str
    guide_title: str
    guide_url: str
    tenants: tuple[str, ...] = ()


class AreaVerdict(NamedTuple):
    """One solution area. ``verdict``: realized, remaining, to_confirm or not_counted; ``enabled`` of ``counted``."""

    area: str
    verdict: str
    enabled: int
    counted: int


class Withheld(NamedTuple):
    """A workload that a plan held would grant, but the export shows without its service plan."""

    workload: str
    name: str
    why: str


class Beyond(NamedTuple):
    """A workload that the tenant's own service plans grant, and the edition does not list."""

    workload: str
    name: str
    why: str


class PlanHeld(NamedTuple):
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
    """Every entitled workload, by solution area and name; none when no tenant is known to be eligible."""
    if not reading.eligible_least:
        return ()
    edition = reading.edition
    found, several = [], len(reading.eligible_least) > 1
    kept, status_of = edition.kept, reading.situation.status
    tenant = reading.eligible_least[0].tenant
    for code in edition.numbering.names(reading.entitled_least | reading.in_view):
        bit = edition.numbering.bits[code]
        status = reading.status(code) if several else status_of(code, tenant)
        key = code, status, _verdict(reading, bit)
        finding = kept.get(key)
        if finding is None:
            finding = kept[key] = _place(edition, code), _make_finding(edition, *key)
        if several:
            finding = finding[0], finding[1]._replace(tenants=reading.tenants_at(code, status))
        found.append(finding)
    found.sort()
    return tuple([finding for _place, finding in found])


def _place(edition: EditionOnDate, code: str) -> tuple[int, str]:
    workload = edition.edition.workloads[code]
    return AREA_ORDER.get(workload.area, len(AREA_ORDER)), workload.name


def _make_finding(edition: EditionOnDate, code: str, status: str, verdict: str) -> Finding:
    workload = edition.edition.workloads[code]
    guide = workload.guide
    return Finding(code, workload.name, workload.area, str(status), verdict, guide.title, guide.url)


def _verdict(reading: Reading, bit: int) -> str:
    if bit & reading.remaining:
        return "remaining"
    if bit & reading.to_confirm:
        return "to_confirm"
    return "enabled" if bit & reading.in_view else "not_counted"


def judge_areas(findings: tuple[Finding, ...]) -> tuple[AreaVerdict, ...]:
    """Each solution area's own verdict, over the workloads in view."""
    counts: dict[str, dict[str, int]] = {}
    for finding in findings:
        of_area = counts.setdefault(finding.area, {})
        of_area[finding.verdict] = of_area.get(finding.verdict, 0) + 1
    return tuple([_judge(area, of_area) for area, of_area in counts.items()])


def _judge(area: str, counts: dict[str, int]) -> AreaVerdict:
    enabled = counts.get("enabled", 0)
    counted = sum(counts.values()) - counts.get("not_counted", 0)
    for verdict in ("remaining", "to_confirm"):
        if verdict in counts:
            return AreaVerdict(area, verdict, enabled, counted)
    return AreaVerdict(area, "realized" if counted else "not_counted", enabled, counted)


def list_withheld(reading: Reading) -> tuple[Withheld, ...]:
    """Workloads that nobody is entitled to because a service plan is switched off or missing."""
    edition, found = reading.edition, set()
    for sub in reading.situation.subscriptions:
        plan = edition.plans.get(sub.plan)
        if plan is None or not sub.is_live or not (sub.withheld or sub.bought):
            continue
        for code, why in _reasons(edition, plan, sub):
            if not edition.numbering.bits.get(code, 0) & reading.entitled_least:
                words = reading.words.not_entitled(why, plan.plan.name, sub.tenant)
                found.add(Withheld(code, edition.edition.workloads[code].name, words))
    return tuple(sorted(found))


def _reasons(edition: EditionOnDate, plan: PlanOnDate, sub: Subscription) -> Iterator[tuple[str, str]]:
    """Workloads that a subscription does not bring though its plan, or a service plan of it, would; each with why."""
    numbering = edition.numbering
    yield from ((code, why) for code, why in sub.withheld if numbering.bits.get(code, 0) & plan.grants)
    read = read_bought(edition, sub)
    if read is not None:
        said = dict.fromkeys(read.carried, "carried") | dict(read.withheld) | dict.fromkeys(read.partial, "partial")
        yield from ((code, why) for code, why in said.items() if numbering.bits[code] & edition.active)


def list_beyond(reading: Reading) -> tuple[Beyond, ...]:
    """Workloads that only the tenant's own service plans grant, each with the service plan."""
    edition, found = reading.edition, set()
    for sub in reading.situation.subscriptions:
        read = read_bought(edition, sub) if sub.is_live and sub.seats else None
        for code, service_plan in read.granted if read else ():
            if edition.numbering.bits[code] & reading.entitled_least:
                why = reading.words.beyond(service_plan.upper(), edition.plans[sub.plan].plan.name, sub.tenant)
                found.add(Beyond(code, edition.edition.workloads[code].name, why))
    return tuple(sorted(found))


def describe_plans_held(reading: Reading) -> tuple[PlanHeld, ...]:
    plans = reading.edition.edition.plans
    held = []
    for sub in reading.situation.subscriptions:
        plan = plans.get(sub.plan)
        counts, why = _why_counts(reading, sub)
        name, family = (plan.name, plan.family) if plan else (sub.product, "")
        seats = sub.unpaid_seats if sub.is_unpaid else sub.paid_seats
        held.append(PlanHeld(sub.plan, name, family, sub.tenant, sub.state, seats, counts, why))
    return tuple(sorted(held, key=_held_order)) if len(held) > 1 else tuple(held)


def _held_order(plan: PlanHeld) -> tuple[str | int | bool, ...]:
    return plan.family, plan.name, plan.tenant, plan.state, plan.seats is None, plan.seats or 0, plan.why


def _why_outside(reading: Reading, sub: Subscription) -> str:
    """Why a product that is no plan does not count."""
    edition, words = reading.edition, reading.words
    bought = sub.bought or HeldProduct("", sub.product)
    outside = edition.edition.find_outside(bought.sku_id, bought.part_number, sub.product)
    if outside is not None:
        return words.outside(label_in_record(OutsideReason(outside.reason)))
    if is_set_aside(edition, sub):
        return words.other_family
    return words.unlisted


def _why_counts(reading: Reading, sub: Subscription) -> tuple[bool, str]:
    words, plan = reading.words, reading.edition.edition.plans.get(sub.plan)
    if plan is None:
        return False, _why_outside(reading, sub)
    if not sub.is_live:
        return False, words.dead(label_in_record(SubscriptionState(sub.state)))
    refusals = (
        (plan.is_excluded, words.excluded),
        (not plan.is_active(reading.edition.date), words.plan_inactive),
        (sub.is_unpaid, words.unpaid),
        (not plan.counts_seats, words.counts_no_seats),
        (sub.paid_seats is None, words.seats_unknown),
    )
    for applies, why in refusals:
        if applies:
            return False, why
    return True, words.eligible(is_verified=plan.benefit_eligible != BenefitEligible.UNVERIFIED)
