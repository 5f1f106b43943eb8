"""A product of a tenant as an export shows it, whatever the form of the file. Nothing is decided here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from benefits.choices import SubscriptionState, label_in_record

from ..json_input import InputError
from ..products import fold_part_number
from ..situation import LIVE_STATES, ReadProduct

DISABLED = "disabled"  # every other provisioning status is on, or waits to be
LIMIT = 2**31
LONGEST_NAME = 120  # of a product, as the database keeps it
NOT_USABLE = {"deleted": SubscriptionState.DELETED, "lockedout": SubscriptionState.LOCKED_OUT}
Units = dict[str, int | None]


def is_on(status: str) -> bool:
    """Is a service plan of this provisioning status on, or waiting to be?"""
    return status.casefold() != DISABLED


class ServicePlan(NamedTuple):
    """One service plan of a product: id and name (either may be missing) and its provisioning status."""

    id: str
    name: str
    status: str

    @property
    def is_on(self) -> bool:
        return is_on(self.status)


class Seats(NamedTuple):
    """Units of a product in one state. ``is_trial``: ``None`` when nobody knows."""

    state: str
    number: int | None
    is_trial: bool | None


@dataclass(frozen=True, slots=True)
class Product:
    """One product. ``units``: state → prepaid units above zero, ``None`` where they are not known.

    ``name``: what it is called where a file has neither part number nor SKU id. ``service_plans``: ``None`` when the
    file does not list them. ``trial_seats``: how many seats are a trial, where something says it; ``None`` otherwise.
    """

    part_number: str
    sku_id: str
    units: Units
    capability_status: str = ""
    company_wide: bool = False
    service_plans: tuple[ServicePlan, ...] | None = None
    name: str = ""
    trial_seats: int | None = None

    @property
    def label(self) -> str:
        return self.part_number or self.name or self.sku_id

    @property
    def key(self) -> str:
        """What tells it from other products: its SKU id, else what it is called."""
        return self.sku_id.lower() or fold_part_number(self.label)

    def read(self, *, trial: bool | None = None) -> ReadProduct:
        """What is kept of it, whatever its units. ``trial``: is it one, where somebody knows?"""
        return ReadProduct(self.sku_id, self.part_number, self.name, self.service_plans, trial)

    def seats(self) -> Iterator["Seats"]:
        """Its units by state; those of a trial, which are the enabled ones first, stand for themselves."""
        left = self.trial_seats
        for state, count in self.units.items():
            if left is None or count is None or state not in LIVE_STATES:
                yield Seats(state, count, None)
                continue
            trial = min(left, count)
            left -= trial
            if trial:
                yield Seats(state, trial, is_trial=True)
            if count > trial:
                yield Seats(state, count - trial, is_trial=False)

    @property
    def plans_by_name(self) -> dict[str, bool] | None:
        """Name of each service plan, folded → is it on; ``None`` when they are not listed."""
        if self.service_plans is None:
            return None
        return {fold_part_number(plan.name or plan.id): plan.is_on for plan in self.service_plans}


@dataclass(frozen=True, slots=True)
class Listing:
    """The products of one file. ``shape``: what the file is. ``warnings``: what to know of it, in words."""

    shape: str
    products: tuple[Product, ...]
    is_partial: bool = False
    warnings: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data, which ``read_written_listing`` reads back."""
        return {**asdict(self), "products": [asdict(product) for product in self.products]}


def read_written_listing(data: Mapping[str, Any]) -> Listing:
    """The listing that ``Listing.as_data`` wrote."""
    products = tuple(_read_written_product(row) for row in data["products"])
    return Listing(data["shape"], products, data["is_partial"], tuple(data["warnings"]))


def _read_written_product(row: Mapping[str, Any]) -> Product:
    plans = row["service_plans"]
    return Product(**{**row, "service_plans": None if plans is None else tuple(ServicePlan(*plan) for plan in plans)})


def settle_units(product: Product) -> tuple[Product, str]:
    """A product with the states that its capability status allows, and what is odd about it, in words."""
    status = "".join(product.capability_status.casefold().split())
    if status in NOT_USABLE and product.units:
        state = NOT_USABLE[status]
        units: Units = {state.value: None if None in product.units.values() else _total(product)}
        said = f"{product.label} is {label_in_record(state).lower()}: its seats do not count"
        return replace(product, units=units), said if "enabled" in product.units else ""
    if None in product.units.values():
        return product, f"{product.label}: its units are not given, so that its state and seats are not known"
    if status == "suspended" and product.units.get("enabled"):
        units = product.units | {"enabled": None}
        return replace(product, units=units), f"{product.label} is suspended, yet shows enabled units: seats not known"
    return product, ""


def _total(product: Product) -> int:
    return sum(count or 0 for count in product.units.values())


def known_units(counts: Mapping[str, int | None]) -> Units:
    """Units above zero; where those that are enabled are not given, nor any other, state and seats are not known."""
    found: Units = {state: count for state, count in counts.items() if count}
    if not found and counts.get(SubscriptionState.ENABLED.value) is None:
        return {SubscriptionState.ENABLED.value: None}
    return found


def check_sizes(products: Iterable[Product]) -> None:
    """Refuse names and seats that no table can hold. Raises InputError."""
    seats = 0
    for product in products:
        seats += _total(product)
        if max(map(len, (product.part_number, product.sku_id, product.name))) > LONGEST_NAME:
            raise InputError(f"“{product.label[:40]}…” is named with more than {LONGEST_NAME} characters")
    if seats >= LIMIT:
        raise InputError(f"its products have more than {LIMIT - 1:,} seats in sum")


def merge_rows(products: tuple[Product, ...]) -> tuple[tuple[Product, ...], tuple[str, ...]]:
    """Each SKU once: equal rows are one, and of rows that differ the seats are not known. With what is said of it.

    Rows that only bear a name are purchases: those of one name are summed, state by state.
    """
    found: dict[str, Product] = {}
    said: list[str] = []
    for product in products:
        key = product.sku_id.lower() or fold_part_number(product.part_number or product.name)
        known = found.setdefault(key, product)
        if known is product:
            continue
        if product.name:
            found[key] = replace(known, units=_sum_units(known.units, product.units))
        elif known == product:
            said.append(f"{product.label} stands twice with equal figures: it counts once")
        else:
            said.append(f"{product.label} stands twice, with {_say(known)} and {_say(product)}: seats not known")
            found[key] = replace(known, units=dict.fromkeys({**known.units, **product.units}))
    return tuple(found.values()), tuple(dict.fromkeys(said))


def _sum_units(one: Units, other: Units) -> Units:
    summed = dict(one)
    for state, count in other.items():
        known = summed.get(state, 0)
        summed[state] = None if known is None or count is None else known + count
    return summed


def _say(product: Product) -> str:
    return " and ".join(f"{count:,} {state}" for state, count in product.units.items() if count) or "no units"
