"""Sort a tenant's products by an edition: subscriptions of its plans, what is set aside, and what it does not know."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benefits.choices import SetAsideReason, WithheldReason

from ..catalogue import Edition, Plan, fold_part_number
from ..json_input import InputError
from .products import LIMIT, Listing, Product

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

    def as_data(self) -> dict[str, Any]:
        seats = {"plan": self.plan, "state": self.state, "paid_seats": self.paid_seats}
        return seats | {"withheld": dict(self.withheld), "granted": {}}


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
    """What an export says. ``excluded`` and ``unmapped`` keep the rows behind ``set_aside`` and ``unknown``."""

    shape: str
    subscriptions: tuple[HeldPlan, ...]
    set_aside: tuple[SetAside, ...]
    unknown: tuple[UnknownProduct, ...]
    excluded: tuple[tuple[Plan, Product], ...]
    unmapped: tuple[Product, ...]
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


def match_product(product: Product, edition: Edition) -> Plan | None:
    """Plan of a product: by SKU id, else by part number, else by the name that exactly one product bears."""
    by_id = edition.plan_by_sku_id.get(product.sku_id.lower()) if product.sku_id else None
    if by_id is not None:
        return by_id
    if product.part_number:
        return edition.plan_by_part_number.get(fold_part_number(product.part_number))
    return edition.plan_by_name.get(fold_part_number(product.name)) if product.name else None


def sort_products(listing: Listing, edition: Edition) -> Export:
    """What a file's products are in an edition. Raises InputError when the seats of one plan are beyond counting."""
    set_aside: list[SetAside] = []
    excluded: list[tuple[Plan, Product]] = []
    matched: list[tuple[Plan, Product]] = []
    unmapped: list[Product] = []
    for product in listing.products:
        plan = match_product(product, edition)
        if product.company_wide:
            set_aside.append(SetAside(product.label, product.sku_id, SetAsideReason.COMPANY_WIDE.value))
        elif plan is None:
            unmapped.append(product)
        elif plan.is_excluded:
            set_aside.append(SetAside(product.label, product.sku_id, SetAsideReason.NOT_IN_BENEFIT.value))
            excluded.append((plan, product))
        else:
            matched.append((plan, product))
    return Export(
        shape=listing.shape,
        subscriptions=_sum_seats(matched, edition),
        set_aside=tuple(set_aside),
        unknown=tuple(UnknownProduct(product.label, product.sku_id, _all_units(product)) for product in unmapped),
        excluded=tuple(excluded),
        unmapped=tuple(unmapped),
        is_partial=listing.is_partial,
        warnings=(*listing.warnings, *_by_two_names(matched, edition)),
    )


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


def _sum_seats(matched: list[tuple[Plan, Product]], edition: Edition) -> tuple[HeldPlan, ...]:
    """Several SKUs of one plan are summed by plan and state, in the order of the export."""
    groups: dict[tuple[str, str, bool], list[Product]] = {}
    for plan, product in matched:
        for state, count in product.units.items():
            groups.setdefault((plan.code, state, count is None), []).append(product)
    held = [
        HeldPlan(
            plan,
            state,
            None if is_unknown else sum(p.units[state] or 0 for p in products),
            find_withheld(plan, [p.plans_by_name for p in products], edition),
        )
        for (plan, state, is_unknown), products in groups.items()
    ]
    if max((row.paid_seats or 0 for row in held), default=0) >= LIMIT:
        raise InputError(f"one plan has more than {LIMIT - 1:,} seats in sum")
    return tuple(held)


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
