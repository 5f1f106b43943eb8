"""The service description as plain, immutable data. ``compiled.py`` has its form for one date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from benefits.choices import (
    BenefitEligible,
    ContentsRule,
    SeatRule,
    ServicePlanRule,
    UnknownsRule,
    ViewRule,
    WorkloadKind,
)

from .products import OutsideProduct, ServicePlan, Sku, fold_part_number

FLOOR_CODE = "BENEFIT_MIN_LICENSES"
ANY, ALL = "any", "all"
NO_BASIS = "none"
BY_SERVICE_PLANS = "service plans"  # how the basis of a grant begins that a SKU's service plans show


@dataclass(frozen=True, slots=True)
class Dated:
    """Days on which a row counts; both ends inclusive, ``None`` open."""

    effective_from: dt.date | None
    effective_to: dt.date | None

    def is_active(self, on: dt.date) -> bool:
        starts, ends = self.effective_from, self.effective_to
        return (starts is None or starts <= on) and (ends is None or on <= ends)


@dataclass(frozen=True, slots=True)
class Family:
    code: str
    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant(Dated):
    """A workload that a plan brings on its days.

    A limited form is a note, not an entitlement: the plan, or its one SKU ``sku_id``, only carries the service plan.
    """

    workload: str
    is_limited: bool = False
    sku_id: str = ""
    basis: str = ""
    sources: tuple[str, ...] = ()
    verified_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Plan(Dated):
    code: str
    name: str
    family: str
    kind: str
    audience: str
    benefit_eligible: str
    max_seats: int | None
    skus: tuple[Sku, ...]
    grants: tuple[Grant, ...]
    entitlement_basis: str
    aliases: tuple[str, ...]
    notes: str
    sources: tuple[str, ...]
    verified_on: dt.date | None = None

    @property
    def is_excluded(self) -> bool:
        return self.benefit_eligible == BenefitEligible.NO

    @property
    def counts_seats(self) -> bool:
        return self.benefit_eligible in (BenefitEligible.YES, BenefitEligible.UNVERIFIED)

    @property
    def has_known_contents(self) -> bool:
        """Does the edition know what it grants? Neither grants nor a basis means that nobody has seen."""
        return bool(self.grants) or self.entitlement_basis not in ("", NO_BASIS)

    @property
    def workloads(self) -> tuple[str, ...]:
        """What it grants on any day."""
        return tuple(dict.fromkeys(grant.workload for grant in self.grants if not grant.is_limited))

    def by_text_on(self, date: dt.date) -> tuple[Grant, ...]:
        """The grants of a day that rest on a page's text, not on the service plans of the plan's SKUs."""
        return tuple(g for g in self.grants if not g.is_limited and g.is_active(date) and self.is_by_text(g))

    def is_by_text(self, grant: Grant) -> bool:
        return not (grant.basis or self.entitlement_basis).startswith(BY_SERVICE_PLANS)

    def limits(self, workload: str, date: dt.date) -> bool:
        """Does the whole plan have a workload in a limited form only on a day?"""
        limited = (g for g in self.grants if g.is_limited and not g.sku_id and g.is_active(date))
        return any(grant.workload == workload for grant in limited)

    def granted_on(self, date: dt.date) -> tuple[str, ...]:
        """What it grants on a day."""
        return tuple(grant.workload for grant in self.grants if not grant.is_limited and grant.is_active(date))


@dataclass(frozen=True, slots=True)
class Guide:
    title: str = ""
    url: str = ""
    match: str = "none"


@dataclass(frozen=True, slots=True)
class Workload(Dated):
    code: str
    name: str
    areas: tuple[str, ...]
    family: str
    kind: str
    counts_toward_full_value: bool
    granted_by: str
    entitlement_rule: str
    guide: Guide
    replaced_by: str
    aliases: tuple[str, ...]
    service_plans: tuple[str, ...]
    scope_evidence: str
    notes: str
    sources: tuple[str, ...]
    verified_on: dt.date | None = None
    needs: str = ANY  # of its service plans: any, all, or how many
    derived_from: tuple[str, ...] = ()  # who holds all of these holds it, too

    @property
    def area(self) -> str:
        return self.areas[0] if self.areas else ""

    @property
    def is_service(self) -> bool:
        return self.kind == WorkloadKind.SERVICE


@dataclass(frozen=True, slots=True)
class ScopeItem(Dated):
    code: str
    workload: str
    text: str
    in_scope: bool
    audience: str
    min_eligible_seats: int | None
    seen_on: str
    sources: tuple[str, ...]
    verified_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Threshold(Dated):
    code: str
    value: int
    max_value: int | None
    unit: str
    note: str
    sources: tuple[str, ...]
    verified_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Readings the sources leave open; the edition decides them."""

    seat_rule: str = SeatRule.SUM
    view_rule: str = ViewRule.ALL
    no_intent_remains: bool = True
    contents_rule: str = ContentsRule.NOTHING
    service_plan_rule: str = ServicePlanRule.WITHHOLD
    unknowns_rule: str = UnknownsRule.BROAD


@dataclass(frozen=True, eq=False)
class Edition:
    """One edition of the service description. Compared by identity; ``name`` is its version."""

    name: str
    as_of: dt.date
    families: tuple[Family, ...]
    plans: Mapping[str, Plan]
    workloads: Mapping[str, Workload]
    scope_items: Mapping[str, tuple[ScopeItem, ...]]
    thresholds: tuple[Threshold, ...]
    sources: Mapping[str, str]
    settings: Settings = field(default_factory=Settings)
    service_plans: tuple[ServicePlan, ...] = ()
    products: tuple[OutsideProduct, ...] = ()
    products_as_of: dt.date | None = None  # of the public table of products that was read last

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """Where what is worked out again and again may be kept for as long as the edition lives."""
        return {}

    @cached_property
    def workload_names(self) -> Mapping[str, str]:
        """Lower-case code, name or alias → code. A code wins over a name, a name over an alias."""
        found: dict[str, str] = {}
        for workload in self.workloads.values():
            for alias in workload.aliases:
                found[alias.casefold()] = workload.code
        for workload in self.workloads.values():
            found[workload.name.casefold()] = workload.code
        for code in self.workloads:
            found[code.casefold()] = code
        return found

    @cached_property
    def plan_by_sku_id(self) -> Mapping[str, Plan]:
        return {sku.sku_id.lower(): plan for plan in self.plans.values() for sku in plan.skus if sku.sku_id}

    @cached_property
    def plan_by_part_number(self) -> Mapping[str, Plan]:
        return {fold_part_number(sku.part_number): plan for plan in self.plans.values() for sku in plan.skus}

    @cached_property
    def plan_by_name(self) -> Mapping[str, Plan]:
        """Folded name of a product or plan → its plan, where it is a name of one plan only."""
        found: dict[str, set[str]] = {}
        for plan in self.plans.values():
            for name in (plan.name, *plan.aliases, *(sku.product_name for sku in plan.skus)):
                found.setdefault(fold_part_number(name), set()).add(plan.code)
        return {name: self.plans[min(codes)] for name, codes in found.items() if name and len(codes) == 1}

    @cached_property
    def service_plan_names(self) -> Mapping[str, frozenset[str]]:
        """Workload → the names of its service plans, folded."""
        return {
            workload.code: frozenset(map(fold_part_number, workload.service_plans))
            for workload in self.workloads.values()
        }

    @cached_property
    def names_of_service_plans(self) -> Mapping[str, str]:
        """Id of a known service plan → its folded name, whatever an export calls it."""
        return {plan.id: fold_part_number(plan.name) for plan in self.service_plans}

    @cached_property
    def families_of_service_plans(self) -> Mapping[str, bool]:
        """Folded name of a known service plan → does any plan of the eligible families carry it?"""
        found: dict[str, bool] = {}
        for plan in self.service_plans:
            name = fold_part_number(plan.name)
            found[name] = found.get(name, False) or plan.in_families
        return found | {name: True for names in self.service_plan_names.values() for name in names}

    @cached_property
    def outside_by_name(self) -> Mapping[str, OutsideProduct]:
        """SKU id, folded part number or folded name of a product outside of the Benefit → the product."""
        found: dict[str, OutsideProduct] = {}
        for product in self.products:
            for name in (product.product_name, product.part_number):
                if name:
                    found[fold_part_number(name)] = product
        return found | {product.sku_id: product for product in self.products if product.sku_id}

    def find_outside(self, sku_id: str, *names: str) -> OutsideProduct | None:
        """The product outside of the Benefit that has this SKU id, else one of these part numbers or names."""
        folded = [fold_part_number(name) for name in names if name]
        keys = [*([sku_id.strip().lower()] if sku_id else []), *folded]
        return next((self.outside_by_name[key] for key in keys if key in self.outside_by_name), None)

    def plan_by_product(self, product: str) -> Plan | None:
        """The plan of a product that is known by its part number, or by its SKU id alone."""
        by_number = self.plan_by_part_number.get(fold_part_number(product))
        return by_number or self.plan_by_sku_id.get(product.strip().lower())

    def source_text(self, keys: tuple[str, ...]) -> str:
        return "; ".join(self.sources.get(key, key) for key in keys)
