"""Sort a tenant's products by an edition: subscriptions of its plans, what is set aside, and what it does not know."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benefits.choices import SetAsideReason, WithheldReason

from ..catalogue import Edition, Plan
from ..edition_on_date import EditionOnDate, Mask, edition_on
from ..products import fold_part_number
from ..service_plans import bound_product, is_of_no_family, list_service_plans, read_plan
from ..situation import Listed, ReadProduct
from .products import Listing, Product, is_on

MOST_KEPT = 2_000  # lists of service plans that are kept in an edition's names
Withheld = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """Seats of one plan in one state, summed over its SKUs; those that are not known stand in a row of their own.

    ``withheld``: workloads of the plan whose service plan is disabled in, or missing from, every SKU held.
    """

    plan: str
    state: str
    paid_seats: int | None
    withheld: Withheld = ()
    granted: Withheld = ()  # beyond the edition: workload → the service plan that is on

    def as_data(self) -> dict[str, Any]:
        seats = {"plan": self.plan, "state": self.state, "paid_seats": self.paid_seats}
        return seats | {"withheld": dict(self.withheld), "granted": dict(self.granted)}


@dataclass(frozen=True, slots=True)
class SetAside:
    part_number: str
    sku_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnknownProduct:
    """A product the edition does not know. ``units``: of all states together, ``None`` where they are not known.

    ``may_grant``: the workloads that it could bring; ``None`` for any.
    """

    part_number: str
    sku_id: str
    units: int | None
    may_grant: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """What an export says. ``products``: all that are not for the whole company, each with its plan."""

    shape: str
    subscriptions: tuple[HeldPlan, ...]
    set_aside: tuple[SetAside, ...]
    unknown: tuple[UnknownProduct, ...]
    products: tuple[tuple[Plan | None, Product], ...]
    is_partial: bool
    warnings: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "subscriptions": [row.as_data() for row in self.subscriptions],
            "set_aside": [asdict(row) for row in self.set_aside],
            "unknown": [asdict(row) for row in self.unknown],
            "warnings": list(self.warnings),
        }


def match_product(read: ReadProduct, edition: Edition) -> Plan | None:
    """Plan of a product: by SKU id, else by part number, else by the name that exactly one product bears."""
    by_id = edition.plan_by_sku_id.get(read.sku_id.lower()) if read.sku_id else None
    if by_id is not None:
        return by_id
    if read.part_number:
        number = fold_part_number(read.part_number)
        return edition.plan_by_part_number.get(number) or edition.plan_by_sku_id.get(number)
    return edition.plan_by_name.get(fold_part_number(read.name)) if read.name else None


def list_read(read: ReadProduct, edition: Edition) -> Listed | None:
    """The service plans of a product as an edition names them; ``None`` when they are not listed."""
    if read.service_plans is None:
        return None
    kept = edition.kept
    found: Listed | None = kept.get(read.service_plans)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        plans = ((plan_id, name, is_on(status)) for plan_id, name, status in read.service_plans)
        found = kept[read.service_plans] = list_service_plans(edition, plans)
    return found


def sort_products(listing: Listing, edition: Edition, on: dt.date | None = None) -> Export:
    """What a file's products are in an edition on a day (left out: the edition's own)."""
    on_date = edition_on(edition, on or edition.as_of)
    rows = tuple((match_product(product.read(), edition), product) for product in listing.products)
    matched = [(plan, product) for plan, product in rows if plan and not plan.is_excluded and not product.company_wide]
    aside, unknown = [], []
    for plan, product in rows:
        listed = list_read(product.read(), edition) if plan is None and on_date.is_both_ways else None
        reason = _why_aside(on_date, plan, product, listed)
        if reason:
            aside.append(SetAside(product.label, product.sku_id, reason))
        elif plan is None:
            unknown.append(_unknown_product(on_date, product, listed))
    return Export(
        shape=listing.shape,
        subscriptions=_sum_seats(matched, on_date),
        set_aside=tuple(aside),
        unknown=tuple(unknown),
        products=tuple((plan, product) for plan, product in rows if not product.company_wide),
        is_partial=listing.is_partial,
        warnings=(*listing.warnings, *_by_two_names(matched, edition)),
    )


def _why_aside(edition: EditionOnDate, plan: Plan | None, product: Product, listed: Listed | None) -> str:
    """Why a product is set aside; empty when it is not."""
    if product.company_wide:
        return SetAsideReason.COMPANY_WIDE.value
    if plan is not None:
        return SetAsideReason.NOT_IN_BENEFIT.value if plan.is_excluded else ""
    outside = edition.edition.find_outside(product.sku_id, product.part_number, product.name)
    if outside is not None:
        return outside.reason
    return SetAsideReason.NO_FAMILY.value if is_of_no_family(listed) else ""


def _unknown_product(edition: EditionOnDate, product: Product, listed: Listed | None) -> UnknownProduct:
    may_grant = None
    if listed is not None and not listed.strange:
        may_grant = edition.numbering.names(_with_derived(edition, bound_product(edition, listed)))
    return UnknownProduct(product.label, product.sku_id, _all_units(product), may_grant)


def _with_derived(edition: EditionOnDate, bound: Mask) -> Mask:
    return bound | edition.derive([("", bound)])


def _by_two_names(matched: Iterable[tuple[Plan, Product]], edition: Edition) -> list[str]:
    """Products whose SKU id and part number belong to two plans: the id decides."""
    said = []
    for plan, product in matched:
        other = edition.plan_by_part_number.get(fold_part_number(product.part_number))
        if other is not None and other is not plan:
            said.append(f"{product.part_number} is a part number of {other.name}, but its SKU id says {plan.name}")
    return said


def _all_units(product: Product) -> int | None:
    counts = product.units.values()
    return None if None in counts else sum(count or 0 for count in counts)


def _sum_seats(matched: list[tuple[Plan, Product]], edition: EditionOnDate) -> tuple[HeldPlan, ...]:
    """Several SKUs of one plan are summed by plan and state, in the order of the export."""
    groups: dict[tuple[str, str, bool], list[Product]] = {}
    for plan, product in matched:
        for state, count in product.units.items():
            groups.setdefault((plan.code, state, count is None), []).append(product)
    return tuple(
        HeldPlan(plan, state, None if is_unknown else _paid(products, state), *_brought(edition, plan, products))
        for (plan, state, is_unknown), products in groups.items()
    )


def _paid(products: list[Product], state: str) -> int:
    """Seats in one state that are no trial, as far as anything says."""
    if all(product.trial_seats is None for product in products):
        return sum(product.units[state] or 0 for product in products)
    rows = [row for product in products for row in product.seats()]
    return sum(row.number or 0 for row in rows if row.state == state and not row.is_trial)


def _brought(edition: EditionOnDate, plan: str, products: list[Product]) -> tuple[Withheld, Withheld]:
    """What all SKUs of a plan together withhold, and what any of them grants beyond the edition."""
    if not edition.is_both_ways:
        return find_withheld(plan, [p.plans_by_name for p in products], edition.edition), ()
    listed = [(product.sku_id, list_read(product.read(), edition.edition)) for product in products]
    if plan not in edition.plans or any(plans is None for _sku_id, plans in listed):
        return (), ()
    read = [read_plan(edition, edition.plans[plan].plan, sku_id, plans) for sku_id, plans in listed if plans]
    granted = {code: service_plan for one in read for code, service_plan in one.granted}
    missing = [dict(one.withheld) for one in read]
    withheld = {code: why for code, why in missing[0].items() if all(code in other for other in missing)}
    return tuple(sorted(withheld.items())), tuple(sorted(granted.items()))


def find_withheld(plan: str, listed: list[Mapping[str, bool] | None], edition: Edition) -> Withheld:
    """Workloads of a plan that no SKU held brings, by each SKU's service plans; one without a list brings all."""
    if not all(listed):
        return ()
    found = []
    for code in edition.plans[plan].workloads:
        wanted = edition.service_plan_names[code]
        states = [plans[name] for plans in listed if plans for name in wanted & plans.keys()]
        if wanted and not any(states):
            found.append((code, (WithheldReason.DISABLED if states else WithheldReason.MISSING).value))
    return tuple(sorted(found))
