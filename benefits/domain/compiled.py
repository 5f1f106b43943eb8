"""A situation in the numbering of an edition's day: what each tenant holds for certain, and what is not known."""

from typing import NamedTuple

from benefits.choices import Delivery, Status

from .catalogue import Edition
from .edition_on_date import EditionOnDate, Mask, Numbering, PlanOnDate, ScopeEntry
from .service_plans import ReadPlan, bound_product, is_of_no_family, read_plan
from .situation import EVERY_TENANT, UNMAPPED_PREFIX, Situation, Subscription

MOST_KEPT = 10_000  # readings of products, findings and sources of one edition's day
OPEN_STATUSES = (Status.NOT_STARTED, Status.BLOCKED, Status.IN_PROGRESS, Status.PARTLY)
MASK_OF = {**{str(status): 0 for status in OPEN_STATUSES}, str(Status.NO_INTENT): 1, str(Status.ENABLED): 2}


class Unknown(NamedTuple):
    """An unknown subscription: which one, and what it could add."""

    subscription: Subscription | None
    adds_seats: bool
    could_grant: Mask
    grants: Mask = 0  # what it brings for certain once it has seats
    is_bounded: bool = False  # by its service plans, whatever plan brings their workloads


class Held(NamedTuple):
    """Known, paid seats of a usable plan."""

    plan: str
    seats: int
    counts_seats: bool
    grants: Mask


class TenantFacts(NamedTuple):
    """One tenant: what it holds, what is unknown, and its statuses as sets of workloads."""

    name: str
    held: tuple[Held, ...]
    unknowns: tuple[Unknown, ...]
    open: Mask
    refused: Mask
    unknown: Mask


class ScopeAsk(NamedTuple):
    """A requested scope item."""

    code: str
    workloads: Mask
    entries: tuple[ScopeEntry, ...]


class CompiledSituation(NamedTuple):
    """A situation in the numbering of an edition's day. ``tenants`` are in alphabetical order."""

    situation: Situation
    tenants: tuple[TenantFacts, ...]
    has_unknowns: bool
    asked: Mask  # active workloads asked for
    asked_areas: Mask
    has_dead_lines: bool  # something is asked for that is out whatever the plans: ended, or delivered on site
    scope: tuple[ScopeAsk, ...]


def compile_situation(edition: EditionOnDate, situation: Situation) -> CompiledSituation:
    """Number a situation's facts; nothing is decided here."""
    request, mask = situation.request, edition.numbering.mask
    held, unknowns = _sort_subscriptions(edition, situation.subscriptions)
    if not situation.subscriptions:
        unknowns[""] = [Unknown(None, True, edition.grantable)]
    asked = mask(request.workloads) & edition.active if request.workloads else 0
    areas = 0
    for area in request.areas:
        areas |= edition.area_masks.get(area, 0)
    names = sorted(held.keys() | unknowns.keys())
    statuses = _number_statuses(edition.numbering, situation, names)
    return CompiledSituation(
        situation,
        tuple(
            TenantFacts(name, tuple(held.get(name, ())), tuple(unknowns.get(name, ())), *statuses[name])
            for name in names
        ),
        bool(unknowns),
        asked,
        areas,
        request.delivery != Delivery.REMOTE or asked.bit_count() < len(set(request.workloads)),
        tuple(
            ScopeAsk(
                code,
                edition.scope_workloads(code) & edition.active,
                edition.scope_entries(code, situation.audience),
            )
            for code in dict.fromkeys(request.services)
        ),
    )


def _sort_subscriptions(
    edition: EditionOnDate, subscriptions: tuple[Subscription, ...]
) -> tuple[dict[str, list[Held]], dict[str, list[Unknown]]]:
    """What each tenant holds for certain, and what may be something; a usable plan without seats is an empty entry."""
    held: dict[str, list[Held]] = {}
    unknowns: dict[str, list[Unknown]] = {}
    for sub in subscriptions:
        plan, seats = edition.plans.get(sub.plan), sub.seats
        if not sub.is_live:
            continue
        if plan is not None:
            _sort_usable(edition, sub, plan, held.setdefault(sub.tenant, []), unknowns)
        elif seats != 0 and is_unmapped(edition.edition, sub) and not is_set_aside(edition, sub):
            listed = sub.bought.listed if sub.bought and edition.is_both_ways else None
            is_bounded = listed is not None and not listed.strange
            bound = Unknown(sub, True, bound_product(edition, listed), is_bounded=is_bounded)
            unknowns.setdefault(sub.tenant, []).append(bound)
    return held, unknowns


def _sort_usable(
    edition: EditionOnDate,
    sub: Subscription,
    plan: PlanOnDate,
    held: list[Held],
    unknowns: dict[str, list[Unknown]],
) -> None:
    grants, could, seats = plan.grants, plan.could_grant, sub.seats
    if sub.bought and edition.is_both_ways and (read := read_bought(edition, sub)):
        grants, could = read.grants, read.could_grant
    if sub.withheld:
        off = edition.numbering.mask(code for code, _why in sub.withheld)
        grants, could = grants & ~off, could & ~off
    if seats:
        follows = plan.follows if grants == plan.grants else edition.derive([(sub.plan, grants)])
        held.append(Held(sub.plan, seats, plan.counts_seats, grants | follows))
        if could & ~grants:
            unknowns.setdefault(sub.tenant, []).append(Unknown(sub, False, could & ~grants))
    elif seats is None:
        unknowns.setdefault(sub.tenant, []).append(Unknown(sub, plan.counts_seats, grants | could, grants))


def read_bought(edition: EditionOnDate, sub: Subscription) -> ReadPlan | None:
    """What the product read brings of its plan, where its service plans are listed and the edition counts them."""
    usable, bought = edition.plans.get(sub.plan), sub.bought
    if usable is None or bought is None or bought.listed is None or not edition.is_both_ways:
        return None
    key = "bought", sub.plan, bought.sku_id, bought.listed
    if key not in edition.kept:
        if len(edition.kept) >= MOST_KEPT:
            edition.kept.clear()
        edition.kept[key] = read_plan(edition, usable.plan, bought.sku_id, bought.listed)
    found: ReadPlan = edition.kept[key]
    return found


def is_set_aside(edition: EditionOnDate, sub: Subscription) -> bool:
    """Is this a product that is known to have no part in the Benefit, or whose service plans belong to no family?"""
    if sub.is_outside or (edition.edition.products and edition.edition.find_outside(*_names_of(sub)) is not None):
        return True
    return edition.is_both_ways and sub.bought is not None and is_of_no_family(sub.bought.listed)


def _names_of(sub: Subscription) -> tuple[str, ...]:
    """SKU id, part number and what else a product is called."""
    return (sub.bought.sku_id, sub.bought.part_number, sub.product) if sub.bought else ("", sub.product)


def is_unmapped(edition: Edition, sub: Subscription) -> bool:
    """Is this a product that the edition does not know?"""
    return sub.plan.startswith(UNMAPPED_PREFIX) or sub.plan not in edition.plans


def _number_statuses(
    numbering: Numbering, situation: Situation, names: list[str]
) -> dict[str, tuple[Mask, Mask, Mask]]:
    """Tenant → its open, refused and unknown workloads."""
    bits, found = numbering.bits, {}
    for name in names:
        masks = [0, 0, 0]
        for code, by_tenant in situation.enablement.items():
            place = MASK_OF.get(by_tenant.get(name) or by_tenant.get(EVERY_TENANT) or "")
            if place is not None:
                masks[place] |= bits.get(code, 0)
        open_, refused, enabled = masks
        found[name] = open_, refused, numbering.everything & ~(open_ | refused | enabled)
    return found
