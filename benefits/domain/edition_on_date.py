"""An edition with one day's dates already read: what is active, what each plan grants, and the floor.

Sets of workloads are whole numbers: bit *i* stands for the *i*-th workload code of the edition in alphabetical order.
Membership, union and difference are then single operations, which is what makes a determination cost microseconds.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from benefits.choices import ContentsRule, GrantedBy, ScopeAudience, SeatRule, ServicePlanRule, UnknownsRule, ViewRule

from .catalogue import FLOOR_CODE, Edition, Plan, ScopeItem, Threshold, Workload

KEPT_DATES = 256

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
    """A usable plan: active on the day and not excluded. ``could_grant``: what it may bring if nobody knows what."""

    plan: Plan
    grants: Mask
    counts_seats: bool
    could_grant: Mask = 0
    follows: Mask = 0  # from what it grants

    @property
    def could_bring(self) -> Mask:
        return self.grants | self.could_grant


def _outdoes(one: Mask, other: Mask) -> bool:
    return one != other and one & other == other


class Derivation(NamedTuple):
    """A workload that follows from others, but not from what plans bring that have it in a limited form only."""

    workload: Mask
    bases: Mask
    limiting: frozenset[str]


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
        self.granted_by_text = self._granted_by_text()
        self.derivations = tuple(self._derivation(w) for w in workloads if w.derived_from and w.is_active(date))
        self.derived = mask(w.code for w in workloads if w.derived_from and w.is_active(date))
        for code, plan in self.plans.items() if self.derivations else ():
            self.plans[code] = plan._replace(follows=self.derive([(code, plan.grants)]))
        self.is_both_ways = edition.settings.service_plan_rule == ServicePlanRule.BOTH_WAYS
        if edition.settings.contents_rule == ContentsRule.UNKNOWN:
            self._open_unknown_contents()
        self.floor = next((t.value for t in self._thresholds(FLOOR_CODE)), 0)
        self.sums_seats = edition.settings.seat_rule == SeatRule.SUM
        self.views_all = edition.settings.view_rule == ViewRule.ALL
        self.no_intent_remains = edition.settings.no_intent_remains
        self.is_exact = edition.settings.unknowns_rule == UnknownsRule.EXACT
        self.settles_refused = self.is_exact and not self.no_intent_remains
        self.held_by_all = self.granted_to_all | self.services if self.is_exact else 0
        self.area_masks = {
            area: mask(w.code for w in workloads if area in w.areas) for w in workloads for area in w.areas
        }
        self.kept: dict[Any, Any] = {}  # what is said again and again: findings, and the sources of the rules
        self._scope: dict[tuple[str, str], tuple[ScopeEntry, ...]] = {}

    def _granted_by_text(self) -> Mask:
        """What any plan grants that no export shows: by a page's text, or a workload without service plans."""
        shown = self.edition.service_plan_names
        granted = {grant.workload for plan in self.plans.values() for grant in plan.plan.by_text_on(self.date)}
        granted |= {code for plan in self.plans.values() for code in plan.plan.workloads if not shown[code]}
        return self.numbering.mask(granted) & self.active

    def _open_unknown_contents(self) -> None:
        """A plan of which nobody knows what it grants may grant anything that plans grant."""
        for code, usable in self.plans.items():
            if not usable.plan.has_known_contents:
                self.plans[code] = usable._replace(could_grant=self.grantable)
                self.granted_with_seats |= self.grantable if usable.counts_seats else 0

    @cached_property
    def extreme_plans(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Plans that count seats and bring the least, and plans that bring the most: one for each such set."""
        plans = sorted(self.plans.items(), reverse=True)
        at_least = {plan.grants: code for code, plan in plans if plan.counts_seats}
        with_seats = {plan.could_bring: code for code, plan in plans if plan.counts_seats}
        others = {plan.could_bring: code for code, plan in plans if not plan.counts_seats}
        least = [code for own, code in at_least.items() if not any(_outdoes(own, other) for other in at_least)]
        most = [code for own, code in with_seats.items() if not any(_outdoes(other, own) for other in with_seats)]
        most += [code for own, code in others.items() if not any(_outdoes(other, own) for other in others)]
        return tuple(sorted(least)), tuple(sorted(most))

    def _derivation(self, workload: Workload) -> "Derivation":
        limiting = frozenset(plan.code for plan in self.edition.plans.values() if plan.limits(workload.code, self.date))
        mask = self.numbering.mask
        return Derivation(mask([workload.code]), mask(workload.derived_from), limiting)

    def derive(self, brought: Sequence[tuple[str, Mask]]) -> Mask:
        """The workloads that follow from what plans bring. ``brought``: plan code, or nothing, and its workloads."""
        together = 0
        for _plan, workloads in brought:
            together |= workloads
        found = 0
        for bit, bases, limiting in self.derivations:
            if together & bit or together & bases != bases:
                continue  # held anyway, or not all of what it follows from
            held = 0
            for plan, workloads in brought:
                held |= 0 if plan in limiting else workloads
            if held & bases == bases:
                found |= bit
        return found

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
