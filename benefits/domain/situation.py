"""A customer's situation and request: the facts a determination looks at, and their written form."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from benefits.choices import Delivery, Status, SubscriptionState

EVERY_TENANT = "*"
UNMAPPED_PREFIX = "UNMAPPED_SKU:"
OUTSIDE_PREFIX = "OUTSIDE_SKU:"
LIVE_STATES = frozenset(str(state) for state in (SubscriptionState.ENABLED, SubscriptionState.WARNING))


class Listed(NamedTuple):
    """The service plans of a product as an edition names them: on, off, and on but known to nobody.

    Those that are known to belong to no eligible family are left out; ``others`` says whether any of them is on.
    """

    on: tuple[str, ...]
    off: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    others: bool = False


class ReadProduct(NamedTuple):
    """A product as an export shows it. ``service_plans``: id, name and provisioning status of each, if listed.

    ``trial``: is it one? No export of products tells it; ``None`` when nobody has said.
    """

    sku_id: str
    part_number: str
    name: str = ""
    service_plans: tuple[tuple[str, str, str], ...] | None = None
    trial: bool | None = None

    @property
    def label(self) -> str:
        return self.part_number or self.name or self.sku_id


class HeldProduct(NamedTuple):
    """A product as an edition reads it; ``listed`` is ``None`` when its service plans are not known.

    ``is_settled``: does anything say whether it is a trial?
    """

    sku_id: str
    part_number: str
    listed: Listed | None = None
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """Seats of one plan in one tenant.

    ``plan`` is a plan code, or ``UNMAPPED_SKU:`` and a part number for a product the edition does not know.
    ``paid_seats`` is ``None`` when not known; ``unpaid_seats`` is set instead for trials and free products.
    ``withheld``: workloads the plan would grant, each with why it does not here: its service plan is ``disabled``
    or ``missing`` in the SKU held. ``bought``: the product, where it was read; its service plans say what it brings.
    """

    plan: str
    tenant: str
    state: str
    paid_seats: int | None = None
    unpaid_seats: int | None = None
    withheld: tuple[tuple[str, str], ...] = ()
    bought: HeldProduct | None = None
    read: ReadProduct | None = None  # for whoever keeps the fact; a determination looks at ``bought``
    gained: tuple[str, ...] = field(default=(), compare=False)  # workloads unknown of the plan when it was read

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_unpaid(self) -> bool:
        return self.unpaid_seats is not None and self.paid_seats is None

    @property
    def seats(self) -> int | None:
        """Paid seats; zero when unpaid, ``None`` when not known."""
        return 0 if self.is_unpaid else self.paid_seats

    @property
    def is_unmapped(self) -> bool:
        return self.plan.startswith(UNMAPPED_PREFIX)

    @property
    def is_outside(self) -> bool:
        """Is this a product that the edition knows to have no part in the Benefit?"""
        return self.plan.startswith(OUTSIDE_PREFIX)

    @property
    def product(self) -> str:
        return self.plan.removeprefix(UNMAPPED_PREFIX).removeprefix(OUTSIDE_PREFIX)


@dataclass(frozen=True, slots=True)
class Request:
    """What the customer asks for; ``text`` is never decisive."""

    text: str = ""
    workloads: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    delivery: str = Delivery.REMOTE


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything known on one date. ``enablement``: workload → tenant (or ``*``) → status."""

    audience: str
    on: dt.date
    subscriptions: tuple[Subscription, ...] = ()
    request: Request = field(default_factory=Request)
    enablement: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def status(self, workload: str, tenant: str) -> str:
        by_tenant = self.enablement.get(workload)
        if not by_tenant:
            return Status.UNKNOWN
        return by_tenant.get(tenant) or by_tenant.get(EVERY_TENANT) or Status.UNKNOWN


def write_situation(situation: Situation) -> dict[str, Any]:
    """Facts in the scenario format, so that a stored record can be read back by ``read_situation``."""
    request = situation.request
    return {
        "evaluate_on": situation.on.isoformat(),
        "customer": {
            "audience": situation.audience,
            "subscriptions": [_write_subscription(sub) for sub in situation.subscriptions],
        },
        "request": {
            "text": request.text,
            "workloads": list(request.workloads),
            "areas": list(request.areas),
            "services": list(request.services),
            "delivery": request.delivery,
        },
        "enablement": {
            code: dict(sorted(by_tenant.items())) for code, by_tenant in sorted(situation.enablement.items())
        },
    }


def read_written(data: Mapping[str, Any]) -> Situation:
    """The situation that ``write_situation`` wrote. Nothing is checked: names may have left the edition since."""
    customer, request = data["customer"], data["request"]
    lists = {name: tuple(request[name]) for name in ("workloads", "areas", "services")}
    return Situation(
        audience=customer["audience"],
        on=dt.date.fromisoformat(data["evaluate_on"]),
        subscriptions=tuple(_read_subscription(row) for row in customer["subscriptions"]),
        request=Request(text=request["text"], delivery=request["delivery"], **lists),
        enablement=data["enablement"],
    )


def _write_subscription(sub: Subscription) -> dict[str, Any]:
    seats = {"unpaid_seats": sub.unpaid_seats} if sub.is_unpaid else {"paid_seats": sub.paid_seats}
    withheld = {"withheld": dict(sub.withheld)} if sub.withheld else {}
    bought = {"product": write_product(sub.bought)} if sub.bought else {}
    gained = {"gained": list(sub.gained)} if sub.gained else {}
    return {"plan": sub.plan, "tenant": sub.tenant, "state": sub.state, **seats, **withheld, **bought, **gained}


def write_product(product: HeldProduct) -> dict[str, Any]:
    """A product in the scenario format; lists that are empty are left out."""
    named: dict[str, Any] = {"sku_id": product.sku_id, "part_number": product.part_number}
    named |= {"is_settled": True} if product.is_settled else {}
    if product.listed is None:
        return named
    listed = product.listed
    plans = {"on": list(listed.on), "off": list(listed.off), "strange": list(listed.strange), "others": listed.others}
    return named | {"service_plans": {key: value for key, value in plans.items() if value}}


def _read_subscription(row: Mapping[str, Any]) -> Subscription:
    product = row.get("product")
    plain = {key: value for key, value in row.items() if key != "product"}
    lists = {"withheld": tuple(sorted(row.get("withheld", {}).items())), "gained": tuple(row.get("gained", ()))}
    return Subscription(**{**plain, **lists}, bought=_read_product(product) if product else None)


def _read_product(row: Mapping[str, Any]) -> HeldProduct:
    plans, listed = row.get("service_plans"), None
    if plans is not None:
        lists = {key: tuple(plans.get(key, ())) for key in ("on", "off", "strange")}
        listed = Listed(**lists, others=plans.get("others", False))
    return HeldProduct(row["sku_id"], row["part_number"], listed, row.get("is_settled", False))
