"""What a situation gives at the least and at the most, whatever the unknown facts turn out to be.

Every rule is monotone in the unknown facts, so an outcome that holds for the least and for the most
they could be holds for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import inf

from benefits.choices import Delivery, ScopeAudience, SeatRule, Status, ViewRule

from .catalogue import EditionOnDate, ScopeItem
from .situation import UNMAPPED_PREFIX, Situation, Subscription

OPEN_STATUSES = (Status.NOT_STARTED, Status.BLOCKED, Status.IN_PROGRESS, Status.PARTLY)

Codes = frozenset[str]
NO_CODES: Codes = frozenset()


@dataclass(frozen=True, slots=True)
class TenantReading:
    """One tenant's seats and granted workloads, at the least and at the most."""

    tenant: str
    least_seats: int
    most_seats: float
    other_rule_seats: int
    granted_least: Codes
    granted_most: Codes


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the request; ``in_least`` when in whatever the unknown facts are."""

    kind: str  # workload, scope_item or delivery
    code: str
    in_least: bool
    in_most: bool
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown subscription: which one, and what it could add."""

    subscription: Subscription | None
    tenant: str
    adds_seats: bool
    could_grant: Codes


class Reading:
    """One situation read by one edition; attributes are computed once, and stand in the order of the rules."""

    def __init__(self, edition: EditionOnDate, situation: Situation) -> None:
        self.edition, self.situation = edition, situation
        self.settings = edition.edition.settings

    # 1 usable_subscriptions
    @cached_property
    def usable(self) -> tuple[Subscription, ...]:
        plans = self.edition.plans
        return tuple(sub for sub in self.situation.subscriptions if sub.is_live and sub.plan in plans)

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        if not self.situation.subscriptions:
            return (Unknown(None, "", True, self.edition.grantable),)
        return tuple(unknown for sub in self.situation.subscriptions if (unknown := self._unknown(sub)))

    def _unknown(self, sub: Subscription) -> Unknown | None:
        if not sub.is_live or sub.is_unpaid or sub.seats == 0:
            return None
        if self._is_unmapped(sub):
            return Unknown(sub, sub.tenant, True, self.edition.grantable)
        if sub.seats is None and sub.plan in self.edition.plans:
            counts = self.edition.plans[sub.plan].counts_seats
            return Unknown(sub, sub.tenant, counts, self.edition.grants[sub.plan])
        return None

    def _is_unmapped(self, sub: Subscription) -> bool:
        return sub.plan.startswith(UNMAPPED_PREFIX) or sub.plan not in self.edition.edition.plans

    # 2 seat_floor
    @cached_property
    def tenants(self) -> tuple[TenantReading, ...]:
        names = {sub.tenant for sub in self.usable} | {unknown.tenant for unknown in self.unknowns}
        return tuple(self._read_tenant(name) for name in sorted(names))

    def _read_tenant(self, tenant: str) -> TenantReading:
        seats: dict[str, int] = {}
        granted: set[str] = set()
        for sub in self.usable:
            if sub.tenant == tenant and sub.seats:
                granted |= self.edition.grants[sub.plan]
                if self.edition.plans[sub.plan].counts_seats:
                    seats[sub.plan] = seats.get(sub.plan, 0) + sub.seats
        unknowns = [unknown for unknown in self.unknowns if unknown.tenant == tenant]
        extra = sum(self._could_add(unknown) for unknown in unknowns)
        readings = {SeatRule.SUM: sum(seats.values()), SeatRule.SINGLE: max(seats.values(), default=0)}
        least = readings[SeatRule(self.settings.seat_rule)]
        other = SeatRule.SINGLE if self.settings.seat_rule == SeatRule.SUM else SeatRule.SUM
        could_grant = granted.copy()
        for place, unknown in enumerate(unknowns):
            others = unknowns[:place] + unknowns[place + 1 :]
            could_grant |= self._could_grant(unknown, least + sum(map(self._could_add, others)))
        return TenantReading(tenant, least, least + extra, readings[other], frozenset(granted), frozenset(could_grant))

    def _could_grant(self, unknown: Unknown, other_seats: float) -> Codes:
        """What an unknown subscription could bring: a plan without seats only where the floor needs no seat of it."""
        is_needed = unknown.adds_seats and other_seats < self.edition.floor
        if unknown.subscription is None or not is_needed:
            return unknown.could_grant
        return unknown.could_grant & self.edition.granted_with_seats

    @staticmethod
    def _could_add(unknown: Unknown) -> float:
        if not unknown.adds_seats:
            return 0
        known = unknown.subscription.seats if unknown.subscription else None
        return inf if known is None else known

    @cached_property
    def eligible_least(self) -> tuple[TenantReading, ...]:
        return tuple(t for t in self.tenants if t.least_seats >= self.edition.floor)

    @cached_property
    def eligible_most(self) -> tuple[TenantReading, ...]:
        return tuple(t for t in self.tenants if t.most_seats >= self.edition.floor)

    # 3 entitled
    @cached_property
    def entitled_least(self) -> Codes:
        granted = (t.granted_least for t in self.eligible_least)
        return NO_CODES.union(*granted) | self.edition.granted_to_all if self.eligible_least else NO_CODES

    @cached_property
    def entitled_most(self) -> Codes:
        granted = (t.granted_most for t in self.eligible_most)
        return NO_CODES.union(*granted) | self.edition.granted_to_all if self.eligible_most else NO_CODES

    # 4 request_lines
    @cached_property
    def lines(self) -> tuple[Line, ...]:
        request = self.situation.request
        scope = tuple(self._scope_line(code) for code in dict.fromkeys(request.services))
        workloads = tuple(self._workload_line(code, scope) for code in dict.fromkeys(request.workloads))
        delivery = (Line("delivery", request.delivery, False, False),) if request.delivery != Delivery.REMOTE else ()
        return workloads + scope + delivery

    def _workload_line(self, code: str, scope: tuple[Line, ...]) -> Line:
        workload = self.edition.edition.workloads.get(code)
        if workload is None or code not in self.edition.active:
            return Line("workload", code, False, False, ended=True)
        if not workload.is_service:
            return Line("workload", code, code in self.entitled_least, code in self.entitled_most)
        asked = [line for line in scope if code in self.scope_workloads(line.code)]
        return Line("workload", code, all(x.in_least for x in asked), all(x.in_most for x in asked))

    def scope_workloads(self, code: str) -> Codes:
        """Workloads that the entries of one scope item belong to."""
        return frozenset(entry.workload for entry in self.edition.edition.scope_items.get(code, ()) if entry.workload)

    def _scope_line(self, code: str) -> Line:
        entries = self.edition.edition.scope_items.get(code, ())
        least_seats = max((t.least_seats for t in self.eligible_least), default=0)
        most_seats = max((t.most_seats for t in self.eligible_most), default=0)
        return Line(
            "scope_item",
            code,
            any(self._entry_is_in(entry, self.entitled_least, least_seats) for entry in entries),
            any(self._entry_is_in(entry, self.entitled_most, most_seats) for entry in entries),
            ended=not any(entry.is_active(self.edition.date) for entry in entries),
        )

    def _entry_is_in(self, entry: ScopeItem, entitled: Codes, seats: float) -> bool:
        audiences = (ScopeAudience.ALL, self.situation.audience)
        if not (entry.in_scope and entry.audience in audiences and entry.is_active(self.edition.date)):
            return False
        if entry.min_eligible_seats is not None and seats < entry.min_eligible_seats:
            return False
        return not entry.workload or self._is_reachable(entry.workload, entitled)

    def _is_reachable(self, code: str, entitled: Codes) -> bool:
        if self.edition.edition.workloads[code].is_service:
            return code in self.edition.active
        return code in entitled

    # 5 in_view
    @cached_property
    def in_view(self) -> Codes:
        return self._view(self.entitled_least, [line for line in self.lines if line.in_least], at_most=False)

    @cached_property
    def could_be_in_view(self) -> Codes:
        return self._view(self.entitled_most, [line for line in self.lines if line.in_most], at_most=True)

    def _view(self, entitled: Codes, lines_in: Iterable[Line], *, at_most: bool) -> Codes:
        view = set(self._full_value(entitled))
        for line in lines_in:
            view |= {line.code} if line.kind == "workload" else self.scope_workloads(line.code) & self.edition.active
        if not self.settings.no_intent_remains:
            view = {code for code in view if self.status(code, at_most=at_most) != Status.NO_INTENT}
        return frozenset(view)

    def _full_value(self, entitled: Codes) -> Codes:
        counting = entitled & self.edition.counting
        request = self.situation.request
        if self.settings.view_rule == ViewRule.ALL or not self.names_something:
            return counting
        workloads = self.edition.edition.workloads
        return frozenset(code for code in counting if set(workloads[code].areas) & set(request.areas))

    @cached_property
    def names_something(self) -> bool:
        request = self.situation.request
        return bool(request.areas or request.workloads or request.services)

    # 6 remaining, 7 to_confirm
    def status(self, code: str, *, at_most: bool = False) -> str:
        """Least advanced status of a workload among the eligible tenants that hold it."""
        statuses = {self.situation.status(code, tenant) for tenant in self._holders(code, at_most=at_most)}
        order = [*OPEN_STATUSES, Status.UNKNOWN, Status.NO_INTENT]
        if self.settings.no_intent_remains:
            order = [*OPEN_STATUSES, Status.NO_INTENT, Status.UNKNOWN]
        return next((status for status in order if status in statuses), Status.ENABLED)

    def _holders(self, code: str, *, at_most: bool) -> list[str]:
        eligible = self.eligible_most if at_most else self.eligible_least
        holding = [t.tenant for t in eligible if code in (t.granted_most if at_most else t.granted_least)]
        return holding or [t.tenant for t in eligible]

    @cached_property
    def remaining(self) -> Codes:
        return frozenset(code for code in self.in_view if self._is_open(self.status(code)))

    @staticmethod
    def _is_open(status: str) -> bool:
        return status in OPEN_STATUSES or status == Status.NO_INTENT

    @cached_property
    def to_confirm(self) -> Codes:
        return frozenset(code for code in self.in_view if self.status(code) == Status.UNKNOWN)

    @cached_property
    def undecided_in_view(self) -> Codes:
        """Workloads that an unknown subscription could bring into view and that are not known to be enabled."""
        return frozenset(code for code in self.could_be_in_view if self.status(code, at_most=True) != Status.ENABLED)

    @cached_property
    def not_entitled(self) -> Codes:
        workloads = self.edition.edition.workloads
        return frozenset(
            code
            for code in self.situation.request.workloads
            if code in self.edition.active and not workloads[code].is_service and code not in self.entitled_least
        )
