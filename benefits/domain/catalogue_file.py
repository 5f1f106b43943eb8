"""Read a service description file (JSON) into an Edition, refusing anything broken with its place."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol, TypeVar

from benefits import choices

from .catalogue import FLOOR_CODE, Edition, Plan, ScopeItem, Settings, Threshold, Workload
from .catalogue_rows import LIMITED, read_family, read_plan, read_scope_item, read_threshold, read_workload
from .json_input import InputError, line_of, read_json
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
    _check_whole(root, plans, workloads, thresholds)
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
    seen: dict[str, str] = {}
    for plan in root.need("plans").items():
        for sku in plan.get("skus").items():
            sku_id = sku.need("sku_id").text().lower()
            if sku_id in seen:
                raise sku.get("sku_id").fail(f"{sku_id} already belongs to {seen[sku_id]}")
            seen[sku_id] = plan.need("code").text()


def _settings(node: Node) -> Settings:
    if node.value is None:
        return Settings()
    default = Settings()
    keep = node.get("no_intent_remains")
    return Settings(
        seat_rule=_choice(node, "seat_rule", choices.SeatRule.values, default.seat_rule),
        view_rule=_choice(node, "view_rule", choices.ViewRule.values, default.view_rule),
        no_intent_remains=default.no_intent_remains if keep.value is None else keep.flag(),
    )


def _choice(node: Node, key: str, allowed: Collection[str], default: str) -> str:
    child = node.get(key)
    return default if child.value is None else child.one_of(allowed)
