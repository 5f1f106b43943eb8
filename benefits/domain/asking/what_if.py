"""What would make the Benefit realized: the shortest set of changes to the facts, the seats or the request.

What cannot change is the catalogue, and nobody gives up a plan to have less to enable; so the changes are: enable a
workload in a tenant, say how many seats an unknown subscription has, say that an unknown product is none of the
Benefit's, add seats up to the floor, and leave a line that is out of the request.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from benefits.choices import Delivery, Outcome, Status, SubscriptionState

from ..catalogue import Edition
from ..compiled import compile_situation
from ..edition_on_date import EditionOnDate, edition_on
from ..lines import Line, list_lines, name_line
from ..reading import Reading, TenantReading
from ..rules import decide
from ..situation import Request, Situation, Subscription

MOST_UNKNOWNS = 4  # more of them are all taken for nothing, without trying every combination
PREFERRED = {"enable": 0, "set_seats": 0, "set_aside": 0, "add_seats": 1, "leave_out": 2}  # of ways of one length
NO_WAY = "No short way found: enabling workloads, adding seats or removing out-of-scope items isn't enough."
NO_CHANGES: "tuple[Change, ...]" = ()


class Change(NamedTuple):
    """One change. ``code``: a workload, plan, product or line; ``seats`` where seats are changed."""

    kind: str  # enable, set_seats, set_aside, add_seats or leave_out
    code: str
    tenant: str
    text: str
    seats: int = 0


class Way(NamedTuple):
    """The shortest way to realized; without one, ``why_not`` says what stands in the way."""

    changes: tuple[Change, ...]
    why_not: str = ""


class Step(NamedTuple):
    """A situation and the changes that led to it."""

    situation: Situation
    changes: tuple[Change, ...]


def find_shortest_way(edition: Edition, situation: Situation) -> Way:
    """The fewest changes after which the Benefit is realized. Empty when it is already."""
    on_date = edition_on(edition, situation.on)
    if not situation.subscriptions:
        return Way((), "No subscriptions are recorded yet. Record them first.")
    ways = [way for step in _steps(on_date, situation) if (way := _enable_all(on_date, step)) is not None]
    if not ways:
        return Way((), NO_WAY)
    return Way(min(ways, key=_rank))


def _rank(way: tuple[Change, ...]) -> tuple[int, int]:
    """The fewest changes first; of those, looking before buying, and buying before leaving out."""
    return len(way), sum(PREFERRED[change.kind] for change in way)


def _steps(edition: EditionOnDate, situation: Situation) -> Iterator[Step]:
    """Every way worth trying to be eligible and inside the Benefit; what is left is to enable."""
    for filled in _fill_unknowns(edition, situation):
        for eligible in _reach_floor(edition, filled):
            for brought in _bring_something(edition, eligible):
                yield from _come_inside(edition, brought)


def _read(edition: EditionOnDate, situation: Situation) -> Reading:
    return Reading(edition, compile_situation(edition, situation))


def _place(tenant: str) -> str:
    return f" in {tenant}" if tenant else ""


# --- unknown subscriptions: as they are, nothing, or enough for the floor


def _fill_unknowns(edition: EditionOnDate, situation: Situation) -> Iterator[Step]:
    facts = compile_situation(edition, situation)
    unknown = [row.subscription for tenant in facts.tenants for row in tenant.unknowns if row.subscription]
    yield Step(situation, NO_CHANGES)
    if not unknown:
        return
    options = [list(_fillings(edition, sub)) for sub in unknown]
    if len(unknown) > MOST_UNKNOWNS:
        options = [filling[1:2] for filling in options]
    for chosen in product(*options):
        pairs = [(sub, change) for sub, change in zip(unknown, chosen, strict=True) if change is not None]
        if pairs:
            yield Step(_apply_all(situation, [change for _sub, change in pairs]), tuple(c for _s, c in pairs))


def _fillings(edition: EditionOnDate, sub: Subscription) -> Iterator[Change | None]:
    yield None
    place = _place(sub.tenant)
    if sub.plan not in edition.plans:
        yield Change("set_aside", sub.plan, sub.tenant, f"Confirm {sub.product}{place} is not covered by the Benefit")
        return
    if sub.seats is not None:  # what it grants is not known, and no seats can say it
        return
    name = edition.plans[sub.plan].plan.name
    yield Change("set_seats", sub.plan, sub.tenant, f"Confirm {name}{place} has no paid seats", 0)
    if not edition.plans[sub.plan].counts_seats:
        yield Change("set_seats", sub.plan, sub.tenant, f"Confirm {name}{place} has a paid seat", 1)
    elif edition.floor:
        text = f"Confirm {name}{place} has {edition.floor:,} paid seats"
        yield Change("set_seats", sub.plan, sub.tenant, text, edition.floor)


# --- the floor


def _reach_floor(edition: EditionOnDate, step: Step) -> Iterator[Step]:
    reading = _read(edition, step.situation)
    if reading.eligible_least:
        yield step
        return
    readings = {tenant.tenant: tenant for tenant in reading.tenants}
    recorded = {(sub.tenant, sub.plan) for sub in step.situation.subscriptions if sub.plan in edition.plans}
    floors = sorted({edition.floor, *(least for least in _floors_of_items(reading) if least > edition.floor)})
    for (tenant, plan), floor in product(sorted(recorded), floors):
        if edition.plans[plan].counts_seats:
            yield _add_seats(edition, step, readings.get(tenant), tenant, plan, floor)


def _floors_of_items(reading: Reading) -> set[int]:
    return {least for ask in reading.facts.scope for _needs, least in ask.entries}


def _add_seats(
    edition: EditionOnDate, step: Step, reading: TenantReading | None, tenant: str, plan: str, floor: int
) -> Step:
    """Enough paid seats of a plan that is recorded, be it without paid seats so far."""
    held = reading.facts.held if reading else ()
    of_plan = sum(row.seats for row in held if row.plan == plan)
    known = reading.least_seats if reading and edition.sums_seats else of_plan
    missing = floor - known
    name = edition.plans[plan].plan.name
    text = f"Add {missing:,} paid seats of {name}{_place(tenant)}, to {floor:,}"
    change = Change("add_seats", plan, tenant, text, missing)
    return Step(apply_change(step.situation, change), (*step.changes, change))


# --- the request


def _come_inside(edition: EditionOnDate, step: Step) -> Iterator[Step]:
    """As it is when a line is in; else without its lines, or with the seats that a scope item's own floor asks for."""
    reading = _read(edition, step.situation)
    if not reading.has_lines or reading.some_line_in:
        yield step
        return
    lines = list_lines(reading)
    without = tuple(_leave_out(reading, line) for line in lines)
    yield Step(_apply_all(step.situation, without), (*step.changes, *without))
    for line in lines if len(lines) > 1 else ():
        change = _leave_out(reading, line)
        yield Step(apply_change(step.situation, change), (*step.changes, change))
    for change in _reach_scope_floors(reading):
        yield Step(apply_change(step.situation, change), (*step.changes, change))


def _leave_out(reading: Reading, line: Line) -> Change:
    name, _guide = name_line(reading, line)
    return Change("leave_out", line.code, "", f"Leave “{name}” out of the request")


def _reach_scope_floors(reading: Reading) -> Iterator[Change]:
    edition = reading.edition
    asked = [entry for ask in reading.facts.scope for entry in ask.entries]
    floors = sorted({least for needs, least in asked if not needs or needs & reading.entitled_least})
    for floor, tenant in product(floors, reading.eligible_least):
        counting = [held for held in tenant.facts.held if held.counts_seats]
        if floor > tenant.least_seats and counting:
            held = max(counting, key=lambda row: (row.seats, row.plan))
            missing = floor - tenant.least_seats
            name = edition.plans[held.plan].plan.name
            text = f"Add {missing:,} paid seats of {name}{_place(tenant.tenant)}, which the item’s own floor asks for"
            yield Change("add_seats", held.plan, tenant.tenant, text, missing)


# --- something in view


def _bring_something(edition: EditionOnDate, step: Step) -> Iterator[Step]:
    """As it is; where nothing is in view, or every line is out, also with seats of a plan that brings nothing yet."""
    yield step
    reading = _read(edition, step.situation)
    if reading.in_view and (reading.some_line_in or not reading.has_lines):
        return
    tenants = {tenant.tenant: tenant for tenant in reading.tenants}
    eligible = {tenant.tenant for tenant in reading.eligible_least}
    held = {(row.plan, name) for name in eligible for row in tenants[name].facts.held}
    recorded = {(sub.plan, sub.tenant) for sub in step.situation.subscriptions if sub.plan in edition.plans}
    for plan, tenant in sorted(recorded - held):
        if tenant in eligible:
            text = f"Add a paid seat of {edition.plans[plan].plan.name}{_place(tenant)}"
            change = Change("add_seats", plan, tenant, text, 1)
            yield Step(apply_change(step.situation, change), (*step.changes, change))
        elif edition.plans[plan].counts_seats:
            yield _add_seats(edition, step, tenants.get(tenant), tenant, plan, edition.floor)


# --- enablement


def _enable_all(edition: EditionOnDate, step: Step) -> tuple[Change, ...] | None:
    """Enable what is in view wherever it is held; ``None`` when even that is not realized."""
    reading, situation = _read(edition, step.situation), step.situation
    wanted = reading.in_view | reading.undecided_in_view
    settled = (Status.ENABLED, Status.NO_INTENT) if edition.settles_refused else (Status.ENABLED,)
    changes = [
        change
        for code in edition.numbering.names(wanted)
        for tenant in _holders(reading, edition.numbering.bits[code])
        if situation.status(code, tenant) not in settled
        for change in [_enable(edition, code, tenant, situation.status(code, tenant))]
    ]
    done = _read(edition, _apply_all(situation, changes))
    return (*step.changes, *changes) if decide(done)[0] == Outcome.REALIZED else None


def _holders(reading: Reading, bit: int) -> list[str]:
    """Tenants in which a workload has to be enabled: those that hold it, or all eligible ones when nobody does."""
    eligible = reading.eligible_most
    if bit & reading.edition.held_by_all:
        return [t.tenant for t in eligible]
    return [t.tenant for t in eligible if t.granted_most & bit] or [t.tenant for t in eligible]


def _enable(edition: EditionOnDate, code: str, tenant: str, status: str) -> Change:
    name, place = edition.edition.workloads[code].name, _place(tenant)
    text = f"Confirm {name} is enabled{place}" if status == Status.UNKNOWN else f"Enable {name}{place}"
    return Change("enable", code, tenant, text)


# --- applying


def _apply_all(situation: Situation, changes: Iterable[Change]) -> Situation:
    for change in changes:
        situation = apply_change(situation, change)
    return situation


def apply_change(situation: Situation, change: Change) -> Situation:
    """The situation after one change."""
    if change.kind == "enable":
        return with_status(situation, change.code, change.tenant, Status.ENABLED)
    if change.kind == "leave_out":
        return replace(situation, request=_without(situation.request, change.code))
    return replace(situation, subscriptions=tuple(_change_seats(situation.subscriptions, change)))


def with_status(situation: Situation, code: str, tenant: str, status: str) -> Situation:
    """The situation with a workload's status in one tenant changed."""
    by_tenant = {**situation.enablement.get(code, {}), tenant: str(status)}
    return replace(situation, enablement={**situation.enablement, code: by_tenant})


def _without(request: Request, code: str) -> Request:
    return replace(
        request,
        workloads=tuple(row for row in request.workloads if row != code),
        services=tuple(row for row in request.services if row != code),
        delivery=Delivery.REMOTE.value if request.delivery == code else request.delivery,
    )


def _change_seats(subscriptions: tuple[Subscription, ...], change: Change) -> Iterator[Subscription]:
    for sub in subscriptions:
        is_meant = (sub.plan, sub.tenant) == (change.code, change.tenant) and sub.is_live
        if not is_meant or change.kind == "add_seats":
            yield sub
        elif change.kind == "set_seats":
            yield replace(sub, paid_seats=change.seats) if sub.seats is None else sub
    if change.kind == "add_seats":
        yield Subscription(change.code, change.tenant, SubscriptionState.ENABLED.value, paid_seats=change.seats)
