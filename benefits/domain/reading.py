"""What a situation gives at the least and at the most, whatever the unknown facts turn out to be.

Every rule is monotone in the unknown facts, so an outcome that holds for the least and for the most
they could be holds for all of them. Sets of workloads are masks (see ``compiled.py``).
"""

from math import inf
from typing import NamedTuple

from benefits.choices import SeatRule, Status

from .compiled import CompiledSituation, Held, TenantFacts, Unknown
from .edition_on_date import EditionOnDate, Mask
from .situation import Situation
from .wording import TODAY, Words


class TenantReading(NamedTuple):
    """One tenant's seats and granted workloads, at the least and at the most."""

    facts: TenantFacts
    least_seats: int
    most_seats: float
    granted_least: Mask
    granted_most: Mask

    @property
    def tenant(self) -> str:
        return self.facts.name


class Statuses(NamedTuple):
    """Workloads by the least advanced status among the tenants that hold them; what is in none is enabled."""

    open: Mask
    refused: Mask
    unknown: Mask


NO_STATUSES = Statuses(0, 0, 0)


class Reading:
    """One situation read by one edition; attributes stand in the order of the rules, and are computed once."""

    __slots__ = (
        *("edition", "facts", "words", "tenants", "eligible_least", "eligible_most", "entitled_least", "entitled_most"),
        *("has_lines", "some_line_in", "some_line_could_be", "asked_in", "asked_could_be", "in_view"),
        *("could_be_in_view", "statuses", "statuses_most", "remaining", "to_confirm", "undecided_in_view"),
    )

    def __init__(self, edition: EditionOnDate, facts: CompiledSituation, words: Words = TODAY) -> None:
        self.edition, self.facts, self.words = edition, facts, words
        self._read_seats()
        self._read_entitlement()
        self._read_lines()
        self._read_view()
        self._read_statuses()

    @property
    def situation(self) -> Situation:
        return self.facts.situation

    # 2 seat_floor (1 usable_subscriptions is read by compiling)
    def _read_seats(self) -> None:
        edition = self.edition
        self.tenants = tenants = [_read_tenant(edition, tenant) for tenant in self.facts.tenants]
        floor = edition.floor
        self.eligible_least = least = [tenant for tenant in tenants if tenant.least_seats >= floor]
        self.eligible_most = [t for t in tenants if t.most_seats >= floor] if self.facts.has_unknowns else least

    # 3 entitled
    def _read_entitlement(self) -> None:
        granted = self.edition.granted_to_all if self.eligible_least else 0
        for tenant in self.eligible_least:
            granted |= tenant.granted_least
        self.entitled_least = self.entitled_most = granted
        if self.facts.has_unknowns:
            granted = self.edition.granted_to_all if self.eligible_most else 0
            for tenant in self.eligible_most:
                granted |= tenant.granted_most
            self.entitled_most = granted

    # 4 request_lines
    def _read_lines(self) -> None:
        facts = self.facts
        self.has_lines = bool(facts.asked or facts.scope or facts.has_dead_lines)
        self.some_line_in = self.some_line_could_be = False
        self.asked_in = self.asked_could_be = 0
        if not self.has_lines:
            return
        seats = max((tenant.least_seats for tenant in self.eligible_least), default=0)
        self.some_line_in, self.asked_in = self._lines_in(self.entitled_least, seats)
        self.some_line_could_be, self.asked_could_be = self.some_line_in, self.asked_in
        if facts.has_unknowns:
            most = max((tenant.most_seats for tenant in self.eligible_most), default=0)
            self.some_line_could_be, self.asked_could_be = self._lines_in(self.entitled_most, most)

    def _lines_in(self, entitled: Mask, seats: float) -> tuple[bool, Mask]:
        """Is any line in, and which workloads do the lines that are in bring into view."""
        facts = self.facts
        some, brought, refused_services = False, 0, 0
        for ask in facts.scope:
            if self.is_scope_in(ask.entries, entitled, seats):
                some, brought = True, brought | ask.workloads
            else:
                refused_services |= ask.workloads
        workloads = facts.asked & (entitled | self.edition.services & ~refused_services)
        return some or bool(workloads), brought | workloads

    @staticmethod
    def is_scope_in(entries: tuple[tuple[Mask, int], ...], entitled: Mask, seats: float) -> bool:
        """Does any entry bring a scope item in: its workload entitled, its own floor of seats reached?"""
        return any((not needs or needs & entitled) and seats >= least for needs, least in entries)

    # 5 in_view
    def _read_view(self) -> None:
        self.in_view = self._full_value(self.entitled_least) | self.asked_in
        self.could_be_in_view = self._full_value(self.entitled_most) | self.asked_could_be

    def _full_value(self, entitled: Mask) -> Mask:
        counting = entitled & self.edition.counting
        return counting if self.edition.views_all or not self.names_something else counting & self.facts.asked_areas

    @property
    def names_something(self) -> bool:
        request = self.facts.situation.request
        return bool(request.areas or request.workloads or request.services)

    # 6 remaining, 7 to_confirm
    def _read_statuses(self) -> None:
        edition = self.edition
        self.statuses = self.statuses_most = _least_advanced(self.eligible_least, edition, at_most=False)
        if self.facts.has_unknowns:
            self.statuses_most = _least_advanced(self.eligible_most, edition, at_most=True)
        refused, refused_most = self.statuses.refused, self.statuses_most.refused
        if edition.settles_refused:
            refused = refused_most = 0  # settled where it is in view
        elif not edition.no_intent_remains:
            self.in_view &= ~refused
            self.could_be_in_view &= ~refused_most
        self.remaining = self.in_view & (self.statuses.open | refused)
        self.to_confirm = self.in_view & self.statuses.unknown
        not_enabled = self.statuses_most.open | refused_most | self.statuses_most.unknown
        self.undecided_in_view = self.could_be_in_view & not_enabled

    # for the explanations
    @property
    def not_entitled(self) -> Mask:
        """Requested active workloads that no known plan of an eligible tenant grants."""
        return self.facts.asked & ~self.edition.services & ~self.entitled_least

    def status(self, code: str) -> str:
        """The status to show of a workload: the least advanced one among the eligible tenants that hold it."""
        statuses = {self.situation.status(code, tenant.tenant) for tenant in self._holding(code)}
        last = (Status.NO_INTENT, Status.UNKNOWN) if self.edition.no_intent_remains else LAST_WHEN_REFUSED_LEAVES
        return next((status for status in (*FIRST, *last) if status in statuses), Status.ENABLED)

    def tenants_at(self, code: str, status: str) -> tuple[str, ...]:
        """The eligible tenants that hold a workload and have it at this status."""
        return tuple([t.tenant for t in self._holding(code) if self.situation.status(code, t.tenant) == status])

    def _holding(self, code: str) -> list[TenantReading]:
        bit = self.edition.numbering.bits[code]
        if bit & self.edition.held_by_all:
            return self.eligible_least
        return [tenant for tenant in self.eligible_least if tenant.granted_least & bit] or self.eligible_least

    @property
    def refused_in_view(self) -> Mask:
        """Workloads in view that are settled because the customer refuses them."""
        return self.in_view & self.statuses.refused & ~self.remaining

    @property
    def holds_unknown_contents(self) -> bool:
        """Does an eligible tenant hold a plan of which the edition does not know what it grants?"""
        plans = self.edition.edition.plans
        return any(not plans[h.plan].has_known_contents for t in self.eligible_least for h in t.facts.held)

    def unknown_by_tenant(self) -> tuple[tuple[str, Mask], ...]:
        """Of each eligible tenant, the workloads in view that it holds and has no known status of."""
        tenants = self.eligible_least
        held = 0
        for tenant in tenants:
            held |= tenant.granted_least
        everywhere = self.in_view & (~held | self.edition.held_by_all)
        masks = [(t.tenant, t.facts.unknown & (self.in_view & t.granted_least | everywhere)) for t in tenants]
        return tuple([(name, mask) for name, mask in masks if mask])


FIRST = (Status.NOT_STARTED, Status.BLOCKED, Status.IN_PROGRESS, Status.PARTLY)
LAST_WHEN_REFUSED_LEAVES = (Status.UNKNOWN, Status.NO_INTENT)


def _read_tenant(edition: EditionOnDate, facts: TenantFacts) -> TenantReading:
    granted, seats = 0, 0
    for held in facts.held:
        granted |= held.grants
        if held.counts_seats:
            seats += held.seats
    if not edition.sums_seats:
        seats = largest_plan(facts.held)
    if len(facts.held) > 1 and edition.derived & ~granted:
        granted |= edition.derive([(held.plan, held.grants) for held in facts.held])
    if not facts.unknowns:
        return TenantReading(facts, seats, seats, granted, granted)
    most = seats + sum(map(could_add, facts.unknowns))
    return TenantReading(facts, seats, most, granted, granted | _could_hold(edition, facts, seats))


def _could_hold(edition: EditionOnDate, facts: TenantFacts, seats: int) -> Mask:
    """What a tenant holds at the most, whatever its unknown subscriptions bring."""
    brought = [(held.plan, held.grants) for held in facts.held]
    adds = [could_add(unknown) for unknown in facts.unknowns]
    finite, endless = sum(add for add in adds if add != inf), adds.count(inf)
    for unknown, own in zip(facts.unknowns, adds, strict=True):
        others = inf if endless > (own == inf) else finite - (0 if own == inf else own)
        plan = unknown.subscription.plan if unknown.subscription else ""
        brought.append((plan, _could_grant(edition, unknown, seats + others)))
    could = edition.derive(brought)
    for _plan, grants in brought:
        could |= grants
    return could


def largest_plan(held: tuple[Held, ...]) -> int:
    """Paid seats of the plan that has the most."""
    seats: dict[str, int] = {}
    for row in held:
        if row.counts_seats:
            seats[row.plan] = seats.get(row.plan, 0) + row.seats
    return max(seats.values(), default=0)


def seats_by(rule: str, facts: TenantFacts) -> int:
    """A tenant's known seats, counted by either reading of the floor."""
    if rule == SeatRule.SINGLE:
        return largest_plan(facts.held)
    return sum(held.seats for held in facts.held if held.counts_seats)


def _could_grant(edition: EditionOnDate, unknown: Unknown, other_seats: float) -> Mask:
    """What an unknown subscription could bring: a plan without seats only where the floor needs no seat of it."""
    is_needed = unknown.adds_seats and other_seats < edition.floor
    if unknown.subscription is None or unknown.is_bounded or not is_needed:
        return unknown.could_grant
    return unknown.could_grant & edition.granted_with_seats


def could_add(unknown: Unknown) -> float:
    if not unknown.adds_seats:
        return 0
    known = unknown.subscription.seats if unknown.subscription else None
    return inf if known is None else known


def _least_advanced(eligible: list[TenantReading], edition: EditionOnDate, *, at_most: bool) -> Statuses:
    """Statuses over the eligible tenants: a workload counts where it is held, or everywhere when nobody holds it."""
    if len(eligible) == 1:
        facts = eligible[0].facts
        return Statuses(facts.open, facts.refused, facts.unknown)
    if not eligible:
        return NO_STATUSES
    granted = [tenant.granted_most if at_most else tenant.granted_least for tenant in eligible]
    held = 0
    for mask in granted:
        held |= mask
    open_, refused, unknown = 0, 0, 0
    for tenant, mask in zip(eligible, granted, strict=True):
        counts = mask | ~held | edition.held_by_all
        open_ |= tenant.facts.open & counts
        refused |= tenant.facts.refused & counts
        unknown |= tenant.facts.unknown & counts
    refused &= ~open_
    unknown &= ~open_
    if edition.no_intent_remains:
        return Statuses(open_, refused, unknown & ~refused)
    return Statuses(open_, refused & ~unknown, unknown)
