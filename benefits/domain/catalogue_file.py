"""Read a service description file (JSON) into an Edition, refusing anything broken with its place."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from benefits import choices

from .catalogue import FLOOR_CODE, Edition, Plan, ScopeItem, Settings, Threshold, Workload
from .catalogue_rows import (
    LIMITED,
    read_family,
    read_outside_product,
    read_plan,
    read_scope_item,
    read_service_plan,
    read_threshold,
    read_workload,
)
from .json_input import InputError, line_of, read_json
from .products import ServicePlan, fold_part_number
from .shape import Node, ShapeError

MAX_CATALOGUE_BYTES = 16 * 1024 * 1024


class Coded(Protocol):
    @property
    def code(self) -> str: ...


Row = TypeVar("Row", bound=Coded)


def read_edition(raw: bytes | str) -> Edition:
    """Parse and cross-check a whole file.

    Raises:
        InputError: with line and place of the first thing that is wrong.
    """
    data = read_json(raw, max_bytes=MAX_CATALOGUE_BYTES)
    try:
        return build_edition(data)
    except ShapeError as error:
        error_line = line_of(raw, error.path)
        raise InputError(error.cause, error.place, error_line) from None


def build_edition(data: Any) -> Edition:
    """Build an Edition from parsed JSON. Raises ShapeError."""
    root = Node(data)
    as_of = root.need("as_of").date()
    sources = {key: node.text() for key, node in root.need("sources").entries()}
    families = _unique(root.need("product_families").items(), read_family)
    workloads = _unique(root.need("workloads").items(), lambda node: read_workload(node, families))
    plans = _unique(root.need("plans").items(), lambda node: read_plan(node, root, families, workloads))
    scope_items: dict[str, tuple[ScopeItem, ...]] = {}
    for node in root.need("scope_items").items():
        item = read_scope_item(node, workloads)
        scope_items[item.code] = (*scope_items.get(item.code, ()), item)
    thresholds = root.need("thresholds").each(read_threshold)
    service_plans = root.get("service_plans").each(read_service_plan)
    _check_whole(root, plans, workloads, thresholds)
    _check_derivations(root, workloads)
    _check_service_plans(service_plans)
    name = root.get("name").optional_text() or as_of.isoformat()
    return Edition(
        name=name,
        as_of=as_of,
        families=tuple(families.values()),
        plans=plans,
        workloads=workloads,
        scope_items=scope_items,
        thresholds=thresholds,
        sources=sources,
        settings=_settings(root.get("settings")),
        service_plans=service_plans,
        products=root.get("products").each(read_outside_product),
        products_as_of=root.get("products_as_of").optional_date(),
    )


def _unique(nodes: Iterable[Node], read: Callable[[Node], Row]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for node in nodes:
        row = read(node)
        code = row.code
        if code in found:
            raise node.get("code").fail(f"“{code}” stands twice")
        found[code] = row
    return found


def _check_whole(
    root: Node, plans: dict[str, Plan], workloads: dict[str, Workload], thresholds: tuple[Threshold, ...]
) -> None:
    granted = [entry for key in ("plan_workloads", LIMITED) for entry in root.get(key).entries()]
    for code, node in granted:
        if code not in plans:
            raise node.fail(f"“{code}” is not a plan of this file")
    for node in root.need("workloads").items():
        _check_replacement(node, workloads)
    if not any(threshold.code == FLOOR_CODE for threshold in thresholds):
        raise root.get("thresholds").fail(f"{FLOOR_CODE} is missing")
    _check_skus(root)


def _check_replacement(node: Node, workloads: dict[str, Workload]) -> None:
    if not node.has("replaced_by"):
        return
    other = node.get("replaced_by").one_of(workloads, "a workload of this file")
    if other == node.get("code").value:
        raise node.get("replaced_by").fail("is the workload itself")


def _check_skus(root: Node) -> None:
    """A SKU id belongs to one plan or product, and so does a part number however it is written."""
    ids: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for owner, sku in _all_skus(root):
        sku_id = sku.get("sku_id").optional_text().lower()
        if sku_id in ids:
            raise sku.get("sku_id").fail(f"{sku_id} already belongs to {ids[sku_id]}")
        number = sku.need("part_number").text()
        if numbers.setdefault(fold_part_number(number), owner) != owner:
            raise sku.get("part_number").fail(f"“{number}” already belongs to {numbers[fold_part_number(number)]}")
        if sku_id:
            ids[sku_id] = owner


def _all_skus(root: Node) -> Iterator[tuple[str, Node]]:
    """Every SKU with what it belongs to: a plan, or a product outside of the Benefit."""
    for plan in root.need("plans").items():
        yield from ((plan.need("code").text(), sku) for sku in plan.get("skus").items())
    for number, product in enumerate(root.get("products").items()):
        yield f"products[{number}]", product


def _check_derivations(root: Node, workloads: dict[str, Workload]) -> None:
    """A workload follows from others that do not follow from any themselves."""
    for node in root.need("workloads").items():
        for base in node.get("derived_from").items():
            known = workloads[base.one_of(workloads, "a workload of this file")]
            if known.derived_from:
                raise base.fail(f"{known.code} follows from others itself")


def _check_service_plans(service_plans: tuple[ServicePlan, ...]) -> None:
    seen: set[str] = set()
    for place, plan in enumerate(service_plans):
        if plan.id in seen:
            raise Node(plan.id, ("service_plans", place, "id")).fail(f"{plan.id} stands twice")
        seen.add(plan.id)


def _settings(node: Node) -> Settings:
    if node.value is None:
        return Settings()
    default = Settings()
    keep = node.get("no_intent_remains")
    return Settings(
        contents_rule=_choice(node, "contents_rule", choices.ContentsRule.values, default.contents_rule),
        service_plan_rule=_choice(node, "service_plan_rule", choices.ServicePlanRule.values, default.service_plan_rule),
        unknowns_rule=_choice(node, "unknowns_rule", choices.UnknownsRule.values, default.unknowns_rule),
        seat_rule=_choice(node, "seat_rule", choices.SeatRule.values, default.seat_rule),
        view_rule=_choice(node, "view_rule", choices.ViewRule.values, default.view_rule),
        no_intent_remains=default.no_intent_remains if keep.value is None else keep.flag(),
    )


def _choice(node: Node, key: str, allowed: Collection[str], default: str) -> str:
    child = node.get(key)
    return default if child.value is None else child.one_of(allowed)
