"""Read a service description file (JSON) into an Edition, refusing anything broken with its place."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol, TypeVar

from benefits import choices

from .catalogue import FLOOR_CODE, Edition, Family, Guide, Plan, ScopeItem, Settings, Sku, Threshold, Workload
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
    families = _unique(root.need("product_families").items(), _family)
    workloads = _unique(root.need("workloads").items(), lambda node: _workload(node, families))
    plans = _unique(root.need("plans").items(), lambda node: _plan(node, root, families, workloads))
    scope_items: dict[str, tuple[ScopeItem, ...]] = {}
    for node in root.need("scope_items").items():
        item = _scope_item(node, workloads)
        scope_items[item.code] = (*scope_items.get(item.code, ()), item)
    thresholds = root.need("thresholds").each(_threshold)
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


def _name(node: Node) -> str:
    """A name as it is shown and printed: one line of printable text."""
    child = node.need("name")
    if not child.text().isprintable():
        raise child.fail("must be one line of printable characters")
    return child.text()


CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def _code(node: Node) -> str:
    code = node.need("code").text()
    if not CODE.fullmatch(code):
        raise node.get("code").fail("must be letters, digits, - and _, at most 60")
    return code


def _dates(node: Node) -> dict[str, dt.date | None]:
    starts, ends = node.get("effective_from").optional_date(), node.get("effective_to").optional_date()
    if starts and ends and starts > ends:
        raise node.get("effective_to").fail("is before effective_from")
    return {"effective_from": starts, "effective_to": ends}


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
    granted = [entry for key in ("plan_workloads", "plan_workloads_limited") for entry in root.get(key).entries()]
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


def _family(node: Node) -> Family:
    return Family(_code(node), _name(node), node.get("source").texts())


def _workload(node: Node, families: dict[str, Family]) -> Workload:
    areas, address = node.need("areas"), node.get("guide_url")
    if areas.value == []:
        raise areas.fail("must name at least one solution area")
    if address.optional_text() and not address.text().startswith(("https://", "http://")):
        raise address.fail("must be an http(s) address")
    family = node.get("family")
    return Workload(
        **_dates(node),
        code=_code(node),
        name=_name(node),
        areas=areas.each(lambda item: item.one_of(choices.Area.values, "a solution area")),
        family="" if family.value is None else family.one_of(families, "a product family"),
        kind=node.need("kind").one_of(choices.WorkloadKind.values),
        counts_toward_full_value=node.need("counts_toward_full_value").flag(),
        granted_by=node.need("granted_by").one_of(choices.GrantedBy.values),
        entitlement_rule=node.get("entitlement_rule").optional_text(),
        guide=Guide(
            title=node.get("guide_title").optional_text(),
            url=address.optional_text(),
            match=node.get("guide_match").optional_text() or "none",
        ),
        replaced_by=node.get("replaced_by").optional_text(),
        aliases=node.get("aliases").texts(),
        service_plans=node.get("service_plan_names").texts(),
        scope_evidence=node.get("scope_evidence").optional_text(),
        notes=node.get("notes").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )


def _plan(node: Node, root: Node, families: dict[str, Family], workloads: dict[str, Workload]) -> Plan:
    code = _code(node)

    def granted(section: str) -> tuple[str, ...]:
        rows = root.get(section).get(code)
        codes = rows.each(lambda item: item.one_of(workloads, "a workload of this file"))
        if len(set(codes)) < len(codes):
            raise rows.fail("names a workload twice")
        return codes

    return Plan(
        **_dates(node),
        code=code,
        name=_name(node),
        family=node.need("family").one_of(families, "a product family"),
        kind=node.need("kind").one_of(choices.PlanKind.values),
        audience=node.need("audience").one_of(choices.PlanAudience.values),
        benefit_eligible=node.need("benefit_eligible").one_of(choices.BenefitEligible.values),
        max_seats=node.get("max_seats").optional_count(),
        skus=node.get("skus").each(_sku),
        workloads=granted("plan_workloads"),
        limited_workloads=granted("plan_workloads_limited") if root.has("plan_workloads_limited") else (),
        entitlement_basis=root.get("plan_workloads_basis").get(code).optional_text()
        if root.has("plan_workloads_basis")
        else "",
        aliases=_aliases(node, root),
        notes=node.get("notes").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )


def _aliases(node: Node, root: Node) -> tuple[str, ...]:
    """The plan's own aliases, else the former names that the ``renames`` section gives for exactly this plan."""
    if node.has("aliases"):
        return node.get("aliases").texts()
    name, renames = node.need("name").text(), root.get("renames").items()
    return tuple(node.need("old").text() for node in renames if node.need("new").text() == name)


def _sku(node: Node) -> Sku:
    try:
        uuid.UUID(node.need("sku_id").text())
    except ValueError:
        raise node.get("sku_id").fail("must be a UUID") from None
    return Sku(
        part_number=node.need("part_number").text(),
        sku_id=node.need("sku_id").text(),
        product_name=node.get("product_name").optional_text(),
    )


def _scope_item(node: Node, workloads: dict[str, Workload]) -> ScopeItem:
    workload = node.get("workload")
    return ScopeItem(
        **_dates(node),
        code=node.need("code").text(),
        workload="" if workload.value is None else workload.one_of(workloads, "a workload of this file"),
        text=node.need("text").text(),
        in_scope=node.need("in_scope").flag(),
        audience=node.need("audience").one_of(choices.ScopeAudience.values),
        min_eligible_seats=node.get("min_eligible_seats").optional_count(),
        seen_on=node.get("seen_on").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )


def _threshold(node: Node) -> Threshold:
    value, most = node.need("value").count(), node.get("max_value").optional_count()
    if most is not None and most < value:
        raise node.get("max_value").fail("is below value")
    return Threshold(
        **_dates(node),
        code=node.need("code").text(),
        value=node.need("value").count(),
        max_value=node.get("max_value").optional_count(),
        unit=node.get("unit").optional_text(),
        note=node.get("note").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )
