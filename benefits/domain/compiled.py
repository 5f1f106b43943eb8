"""An edition with one day's dates already read, and a situation in its numbering.

Sets of workloads are whole numbers: bit *i* stands for the *i*-th workload code of the edition in alphabetical order.
Membership, union and difference are then single operations, which is what makes a determination cost microseconds.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from benefits.choices import Delivery, GrantedBy, ScopeAudience, SeatRule, Status, ViewRule

from .catalogue import FLOOR_CODE, Edition, Plan, ScopeItem, Threshold
from .situation import EVERY_TENANT, UNMAPPED_PREFIX, Situation, Subscription

KEPT_DATES = 256
OPEN_STATUSES = (Status.NOT_STARTED, Status.BLOCKED, Status.IN_PROGRESS, Status.PARTLY)
MASK_OF = {**{str(status): 0 for status in OPEN_STATUSES}, str(Status.NO_INTENT): 1, str(Status.ENABLED): 2}

Mask = int


class Numbering:
    """Which bit stands for which workload code of an edition."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(sorted(codes))
        self.bits: dict[str, Mask] = {code: 1 << place for place, code in enumerate(self.codes)}
        self.everything: Mask = (1 << len(self.codes)) - 1
        self._by_byte = [
            [tuple(code for place, code in enumerate(eight) if byte >> place & 1) for byte in range(256)]
            for eight in (self.codes[start : start + 8] for start in range(0, len(self.codes), 8))
        ]

    def mask(self, codes: Iterable[str]) -> Mask:
        """The set of these codes; codes the edition does not know are left out."""
        bits, found = self.bits, 0
        for code in codes:
            found |= bits.get(code, 0)
        return found

    def names(self, mask: Mask) -> tuple[str, ...]:
        """The codes of a set, in alphabetical order."""
        if not mask:
            return ()
        found: tuple[str, ...] = ()
        for table in self._by_byte:
            found += table[mask & 255]
            mask >>= 8
            if not mask:
                break
        return found


class PlanOnDate(NamedTuple):
    """A usable plan: active on the day and not excluded."""

    plan: Plan
    grants: Mask
    counts_seats: bool


class ScopeEntry(NamedTuple):
    """An entry in scope on the day for one audience: what must be entitled, and the seats it asks for."""

    needs: Mask  # nothing: general, or of an active service
    least_seats: int


class EditionOnDate:
    """An edition on one day: what is active, what each plan grants, and the floor."""

    def __init__(self, edition: Edition, date: dt.date, numbering: Numbering) -> None:
        self.edition, self.date, self.numbering = edition, date, numbering
        workloads, mask = edition.workloads.values(), numbering.mask
        self.active = mask(w.code for w in workloads if w.is_active(date))
        self.services = mask(w.code for w in workloads if w.is_service)
        self.counting = mask(w.code for w in workloads if w.counts_toward_full_value) & self.active
        to_all = (w.code for w in workloads if w.granted_by == GrantedBy.ANY_ELIGIBLE_PLAN)
        self.granted_to_all = mask(to_all) & self.active
        usable = (plan for plan in edition.plans.values() if plan.is_active(date) and not plan.is_excluded)
        self.plans = {p.code: PlanOnDate(p, mask(p.granted_on(date)) & self.active, p.counts_seats) for p in usable}
        self.grantable = self.granted_with_seats = 0
        for plan in self.plans.values():
            self.grantable |= plan.grants
            self.granted_with_seats |= plan.grants if plan.counts_seats else 0
        self.floor = next((t.value for t in self._thresholds(FLOOR_CODE)), 0)
        self.sums_seats = edition.settings.seat_rule == SeatRule.SUM
        self.views_all = edition.settings.view_rule == ViewRule.ALL
        self.no_intent_remains = edition.settings.no_intent_remains
        self.area_masks = {
            area: mask(w.code for w in workloads if area in w.areas) for w in workloads for area in w.areas
        }
        self.kept: dict[Any, Any] = {}  # what is said again and again: findings, and the sources of the rules
        self._scope: dict[tuple[str, str], tuple[ScopeEntry, ...]] = {}

    def _thresholds(self, code: str) -> list[Threshold]:
        """Thresholds of a code, active ones first."""
        found = [t for t in self.edition.thresholds if t.code == code]
        return sorted(found, key=lambda t: not t.is_active(self.date))

    def scope_workloads(self, code: str) -> Mask:
        """Workloads that the entries of one scope item belong to, whatever their dates."""
        entries = self.edition.scope_items.get(code, ())
        return self.numbering.mask(entry.workload for entry in entries if entry.workload)

    def scope_entries(self, code: str, audience: str) -> tuple[ScopeEntry, ...]:
        """Entries of a scope item that can bring it in for an audience on the day."""
        key = code, audience
        if key not in self._scope:
            entries = self.edition.scope_items.get(code, ())
            self._scope[key] = tuple(self._entry(entry) for entry in entries if self._can_be_in(entry, audience))
        return self._scope[key]

    def _can_be_in(self, entry: ScopeItem, audience: str) -> bool:
        is_for = entry.audience in (ScopeAudience.ALL, audience)
        bit = self.numbering.bits.get(entry.workload, 0)
        is_dead_service = bit & self.services and not bit & self.active
        return entry.in_scope and is_for and entry.is_active(self.date) and not is_dead_service

    def _entry(self, entry: ScopeItem) -> ScopeEntry:
        bit = self.numbering.bits.get(entry.workload, 0)
        return ScopeEntry(bit & ~self.services, entry.min_eligible_seats or 0)


_compiled: WeakKeyDictionary[Edition, tuple[Numbering, dict[dt.date, EditionOnDate]]] = WeakKeyDictionary()


def edition_on(edition: Edition, date: dt.date) -> EditionOnDate:
    """Compile an edition for one date; a number of dates are kept for as long as the edition lives."""
    if edition not in _compiled:
        _compiled[edition] = Numbering(edition.workloads), {}
    numbering, dates = _compiled[edition]
    if date not in dates:
        if len(dates) >= KEPT_DATES:
            dates.clear()
        dates[date] = EditionOnDate(edition, date, numbering)
    return dates[date]


class Unknown(NamedTuple):
    """An unknown subscription: which one, and what it could add."""

    subscription: Subscription | None
    adds_seats: bool
    could_grant: Mask


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
        elif seats != 0 and is_unmapped(edition.edition, sub):
            unknowns.setdefault(sub.tenant, []).append(Unknown(sub, True, edition.grantable))
    return held, unknowns


def _sort_usable(
    edition: EditionOnDate,
    sub: Subscription,
    plan: PlanOnDate,
    held: list[Held],
    unknowns: dict[str, list[Unknown]],
) -> None:
    grants, seats = plan.grants, sub.seats
    if sub.withheld:
        grants &= ~edition.numbering.mask(code for code, _why in sub.withheld)
    if seats:
        held.append(Held(sub.plan, seats, plan.counts_seats, grants))
    elif seats is None:
        unknowns.setdefault(sub.tenant, []).append(Unknown(sub, plan.counts_seats, grants))


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
