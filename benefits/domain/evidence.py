"""Read a tenant's Microsoft Graph ``subscribedSkus`` export into subscriptions; nothing is guessed.

Source: https://learn.microsoft.com/en-us/graph/api/subscribedsku-list
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from benefits.choices import SetAsideReason, SubscriptionState, WithheldReason

from .catalogue import Edition, Plan, fold_part_number
from .json_input import InputError, line_of, read_json
from .shape import Node, ShapeError

LIMIT = 2**31
MOST_PRODUCTS = 500
DISABLED = "Disabled"  # every other provisioning status is on, or waits to be
BUCKETS = {
    "enabled": SubscriptionState.ENABLED,
    "warning": SubscriptionState.WARNING,
    "suspended": SubscriptionState.SUSPENDED,
    "lockedOut": SubscriptionState.LOCKED_OUT,
}


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """Seats of one plan in one state, summed over its SKUs.

    ``withheld``: workloads of the plan whose service plan is disabled in, or missing from, every SKU held.
    """

    plan: str
    state: str
    paid_seats: int
    withheld: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    part_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnknownProduct:
    """A product the edition does not know. ``units``: of all states together."""

    part_number: str
    sku_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Product:
    """One row of the export. ``units``: state → prepaid units above zero.

    ``service_plans``: name in lower case → is it on; ``None`` when the export does not list them.
    """

    part_number: str
    sku_id: str
    capability_status: str
    company_wide: bool
    units: dict[str, int]
    service_plans: dict[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """What an export says. ``excluded`` and ``unmapped`` keep the rows behind ``set_aside`` and ``unknown``."""

    subscriptions: tuple[HeldPlan, ...]
    set_aside: tuple[SetAside, ...]
    unknown: tuple[UnknownProduct, ...]
    excluded: tuple[tuple[Plan, Product], ...]
    unmapped: tuple[Product, ...]
    is_partial: bool

    def as_data(self) -> dict[str, Any]:
        return {
            "subscriptions": [
                {"plan": row.plan, "state": row.state, "paid_seats": row.paid_seats} for row in self.subscriptions
            ],
            "set_aside": [asdict(row) for row in self.set_aside],
            "unknown": [asdict(row) for row in self.unknown],
        }


def read_export(raw: bytes | str, edition: Edition) -> Export:
    """Parse an export of at most 2 MB and sort its products by the edition.

    A product is matched on its SKU id first, then on its part number.

    Raises:
        InputError: too large, not JSON, nested deeper than 32, NaN, or of the wrong shape, with the place.
    """
    data = read_json(raw)
    try:
        root = Node(data)
        if not isinstance(data, dict) or "value" not in data:
            raise root.fail("must be an object with a “value” list, as Graph’s subscribedSkus answers")
        if isinstance(data["value"], list) and len(data["value"]) > MOST_PRODUCTS:
            raise root.get("value").fail(f"lists {len(data['value']):,} products; at most {MOST_PRODUCTS:,} are read")
        products = root.need("value").each(_read_product)
        return _sort_products(products, edition, is_partial=root.has("@odata.nextLink"))
    except ShapeError as error:
        raise InputError(error.cause, error.place, line_of(raw, error.path)) from None


def _read_product(node: Node) -> Product:
    prepaid = node.need("prepaidUnits")
    if not isinstance(prepaid.value, dict):
        raise prepaid.fail("must be an object")
    units = {str(state): prepaid.get(key).optional_count() or 0 for key, state in BUCKETS.items()}
    applies_to = node.get("appliesTo").optional_text() or "User"
    part_number, sku_id = node.get("skuPartNumber").optional_text(), node.get("skuId").optional_text()
    if not part_number and not sku_id:
        raise node.get("skuPartNumber").fail("is missing, and so is skuId")
    return Product(
        part_number=part_number,
        sku_id=sku_id,
        capability_status=node.get("capabilityStatus").optional_text(),
        company_wide=applies_to.casefold() == "company",
        units={state: count for state, count in units.items() if count},
        service_plans=_read_service_plans(node.get("servicePlans")),
    )


def _read_service_plans(node: Node) -> dict[str, bool] | None:
    plans = {
        item.need("servicePlanName").text().casefold(): item.get("provisioningStatus").optional_text() != DISABLED
        for item in node.items()
    }
    return plans or None


def match_product(product: Product, edition: Edition) -> Plan | None:
    """Plan of a product: by SKU id, else by part number."""
    by_id = edition.plan_by_sku_id.get(product.sku_id.strip().lower()) if product.sku_id else None
    return by_id or edition.plan_by_part_number.get(fold_part_number(product.part_number))


def _sort_products(products: tuple[Product, ...], edition: Edition, *, is_partial: bool) -> Export:
    set_aside: list[SetAside] = []
    excluded: list[tuple[Plan, Product]] = []
    matched: list[tuple[Plan, Product]] = []
    unmapped: list[Product] = []
    for product in products:
        plan = match_product(product, edition)
        if product.company_wide:
            set_aside.append(SetAside(product.part_number, SetAsideReason.COMPANY_WIDE.value))
        elif plan is None:
            unmapped.append(product)
        elif plan.is_excluded:
            set_aside.append(SetAside(product.part_number, SetAsideReason.NOT_IN_BENEFIT.value))
            excluded.append((plan, product))
        else:
            matched.append((plan, product))
    return Export(
        subscriptions=_sum_seats(matched, edition),
        set_aside=tuple(set_aside),
        unknown=tuple(_unknown_products(unmapped)),
        excluded=tuple(excluded),
        unmapped=tuple(unmapped),
        is_partial=is_partial,
    )


def _sum_seats(matched: list[tuple[Plan, Product]], edition: Edition) -> tuple[HeldPlan, ...]:
    """Several SKUs of one plan are summed by plan and state, in the order of the export."""
    groups: dict[tuple[str, str], list[Product]] = {}
    for plan, product in matched:
        for state in product.units:
            groups.setdefault((plan.code, state), []).append(product)
    held = [
        HeldPlan(
            plan,
            state,
            sum(p.units[state] for p in products),
            find_withheld(plan, [p.service_plans for p in products], edition),
        )
        for (plan, state), products in groups.items()
    ]
    if max((row.paid_seats for row in held), default=0) >= LIMIT:
        raise InputError(f"one plan has more than {LIMIT - 1:,} seats in sum")
    return tuple(held)


def find_withheld(plan: str, listed: list[dict[str, bool] | None], edition: Edition) -> tuple[tuple[str, str], ...]:
    """Workloads of a plan that no SKU held brings, by each SKU's service plans; one without a list brings all."""
    if not all(listed):
        return ()
    found = []
    for code in edition.plans[plan].workloads:
        wanted = {name.casefold() for name in edition.workloads[code].service_plans}
        states = [plans[name] for plans in listed if plans for name in wanted & plans.keys()]
        if wanted and not any(states):
            found.append((code, (WithheldReason.DISABLED if states else WithheldReason.MISSING).value))
    return tuple(sorted(found))


def _unknown_products(unmapped: list[Product]) -> Iterator[UnknownProduct]:
    for product in unmapped:
        yield UnknownProduct(product.part_number, product.sku_id, sum(product.units.values()))
