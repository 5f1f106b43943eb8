"""Read situations in the scenario format: customer, request, enablement, and what is expected of them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benefits.choices import Area, Audience, Delivery, Outcome, Status, SubscriptionState, WithheldReason

from .catalogue import Edition
from .json_input import InputError, line_of, read_json
from .service_plans import list_service_plans
from .shape import Node, ShapeError
from .situation import EVERY_TENANT, OUTSIDE_PREFIX, UNMAPPED_PREFIX, HeldProduct, Request, Situation, Subscription

EXPECTED_LISTS = ("remaining_workloads", "to_confirm", "not_entitled")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One situation with its name; ``expected`` holds only the fields to be compared."""

    id: str
    title: str
    situation: Situation
    expected: Mapping[str, Any] | None


def read_scenarios(raw: bytes | str, edition: Edition, today: dt.date) -> list[Scenario]:
    """Parse and validate a whole file: ``{"scenarios": […]}``, a list, or one object.

    Raises:
        InputError: with line, place and cause of the first thing that is wrong.
    """
    data = read_json(raw, max_bytes=64 * 1024 * 1024)
    try:
        nodes = _scenario_nodes(Node(data))
        return [_read_scenario(node, index, edition, today) for index, node in enumerate(nodes)]
    except ShapeError as error:
        raise InputError(error.cause, error.place, line_of(raw, error.path)) from None


def _scenario_nodes(root: Node) -> list[Node]:
    if isinstance(root.value, dict):
        nodes = list(root.get("scenarios").items()) if "scenarios" in root.value else [root]
    elif isinstance(root.value, list):
        nodes = list(root.items())
    else:
        raise root.fail("must be an object or a list of scenarios")
    if not nodes:
        raise root.fail("holds no scenario")
    return nodes


def _read_scenario(node: Node, index: int, edition: Edition, today: dt.date) -> Scenario:
    identity = node.get("id")
    if isinstance(identity.value, int) and not isinstance(identity.value, bool):
        name = str(identity.value)
    else:
        name = identity.optional_text() or str(index + 1)
    expected = node.get("expected")
    return Scenario(
        id=name,
        title=node.get("title").optional_text(),
        situation=read_situation(node, edition, today),
        expected=None if expected.value is None else _read_expected(expected),
    )


def _read_expected(node: Node) -> dict[str, Any]:
    expected: dict[str, Any] = {}
    if not isinstance(node.value, dict):
        raise node.fail("must be an object")
    if node.has("outcome"):
        expected["outcome"] = node.get("outcome").one_of(Outcome.values, "an outcome")
    for key in EXPECTED_LISTS:
        if node.has(key):
            expected[key] = sorted(node.get(key).texts())
    return expected


def read_situation(node: Node, edition: Edition, today: dt.date) -> Situation:
    """Read one situation; names are checked against the edition. Raises ShapeError."""
    customer = node.need("customer")
    on = node.get("evaluate_on")
    audience = customer.get("audience")
    return Situation(
        audience=Audience.COMMERCIAL if audience.value is None else audience.one_of(Audience.values, "an audience"),
        on=today if on.value is None else on.date(),
        subscriptions=customer.get("subscriptions").each(lambda item: _read_subscription(item, edition)),
        request=_read_request(node.get("request"), edition),
        enablement=_read_enablement(node.get("enablement"), edition),
    )


def _read_subscription(node: Node, edition: Edition) -> Subscription:
    given = [key for key in ("paid_seats", "unpaid_seats") if isinstance(node.value, dict) and key in node.value]
    if not given:
        raise node.fail("needs paid_seats (null when not known) or unpaid_seats")
    if node.get("paid_seats").value is not None and node.get("unpaid_seats").value is not None:
        raise node.fail("has paid_seats and unpaid_seats; give one of them")
    tenant = node.get("tenant")
    state = node.get("state")
    return Subscription(
        plan=_read_plan(node.need("plan"), edition),
        tenant=tenant.optional_text(),
        state=SubscriptionState.ENABLED
        if state.value is None
        else state.one_of(SubscriptionState.values, "a subscription state"),
        paid_seats=node.get("paid_seats").optional_count(),
        unpaid_seats=node.get("unpaid_seats").optional_count(),
        withheld=tuple(sorted(_read_withheld(node.get("withheld"), edition))),
        bought=_read_product(node.get("product"), edition) if node.has("product") else None,
    )


def _read_plan(node: Node, edition: Edition) -> str:
    """Code of a plan; a product that is written as unknown is the plan that has its part number, where one has."""
    name = node.text()
    if not name.startswith((UNMAPPED_PREFIX, OUTSIDE_PREFIX)):
        return node.one_of(edition.plans, f"a plan of this edition (write {UNMAPPED_PREFIX}… for an unknown product)")
    known = edition.plan_by_product(name.removeprefix(UNMAPPED_PREFIX))
    return known.code if known else name


def _read_product(node: Node, edition: Edition) -> HeldProduct:
    """A product as it was read. ``service_plans``: lists of names that are on, off, and on but known to nobody."""
    settled = node.get("is_settled")
    named = node.get("sku_id").optional_text(), node.get("part_number").optional_text()
    held = HeldProduct(*named, is_settled=bool(settled.value is not None and settled.flag()))
    if not node.has("service_plans"):
        return held
    plans = node.get("service_plans")
    lists = {key: plans.get(key).texts() for key in ("on", "off", "strange")}
    read = [("", name, key != "off") for key, names in lists.items() for name in names]
    listed = list_service_plans(edition, read)
    others = plans.get("others")
    return held._replace(listed=listed._replace(others=listed.others or bool(others.value and others.flag())))


def _read_withheld(node: Node, edition: Edition) -> Iterator[tuple[str, str]]:
    """Workloads whose service plan the export shows as disabled or missing."""
    for key, child in node.entries():
        yield _workload(key, child, edition), child.one_of(WithheldReason.values, "a reason")


def _read_request(node: Node, edition: Edition) -> Request:
    if node.value is None:
        return Request()
    delivery = node.get("delivery")
    return Request(
        text=node.get("text").optional_text(),
        workloads=node.get("workloads").each(lambda item: _workload(item.text(), item, edition)),
        areas=node.get("areas").each(lambda item: item.one_of(Area.values, "a solution area")),
        services=node.get("services").each(lambda item: item.one_of(edition.scope_items, "a scope item")),
        delivery=Delivery.REMOTE if delivery.value is None else delivery.one_of(Delivery.values, "a delivery"),
    )


def _workload(name: str, node: Node, edition: Edition) -> str:
    """Code of a workload given by code, name or former name."""
    code = edition.workload_names.get(name.casefold())
    if code is None:
        raise node.fail(f"“{name}” is not a workload of this edition")
    return code


def _read_enablement(node: Node, edition: Edition) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, child in node.entries():
        code = _workload(key, child, edition)
        if code in found:
            raise child.fail(f"{code} has a status under another name already")
        found[code] = _read_status(child)
    return found


def _read_status(node: Node) -> dict[str, str]:
    if isinstance(node.value, dict):
        return {tenant: child.one_of(Status.values, "a status") for tenant, child in node.entries()}
    return {EVERY_TENANT: Status.UNKNOWN if node.value is None else node.one_of(Status.values, "a status")}
