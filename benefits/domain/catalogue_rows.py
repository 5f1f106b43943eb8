"""Read the rows of a service description file: each checked by itself, and refused with its place."""

import datetime as dt
import re
import uuid

from benefits import choices

from .catalogue import ALL, ANY, Dated, Family, Grant, Guide, Plan, ScopeItem, Threshold, Workload
from .products import OutsideProduct, ServicePlan, Sku
from .shape import Node

LIMITED = "plan_workloads_limited"


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
        raise node.get("code").fail("must be letters, digits, - and _, up to 60 characters")
    return code


def _dates(node: Node) -> dict[str, dt.date | None]:
    starts, ends = node.get("effective_from").optional_date(), node.get("effective_to").optional_date()
    if starts and ends and starts > ends:
        raise node.get("effective_to").fail("is before effective_from")
    return {"effective_from": starts, "effective_to": ends}


def read_family(node: Node) -> Family:
    return Family(_code(node), _name(node), node.get("source").texts())


def read_workload(node: Node, families: dict[str, Family]) -> Workload:
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
        needs=_check_needs(
            node.get("service_plans_needed"),
            _needs(node.get("service_plans_needed")),
            node.get("service_plan_names").texts(),
        ),
        derived_from=node.get("derived_from").texts(),
        scope_evidence=node.get("scope_evidence").optional_text(),
        notes=node.get("notes").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )


def _needs(node: Node) -> str:
    """How many of its service plans a workload needs."""
    if node.value is None:
        return ANY
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        if node.count() < 1:
            raise node.fail("must be at least 1")
        return str(node.value)
    return node.one_of((ANY, ALL))


def _check_needs(node: Node, needs: str, service_plans: tuple[str, ...]) -> str:
    """Refuse a workload that needs service plans which it does not name."""
    if needs != ANY and len(service_plans) < (1 if needs == ALL else int(needs)):
        raise node.fail("asks for more service plans than the workload names")
    return needs


def read_plan(node: Node, root: Node, families: dict[str, Family], workloads: dict[str, Workload]) -> Plan:
    code = _code(node)
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
        grants=(*_grants(root, "plan_workloads", code, workloads), *_grants(root, LIMITED, code, workloads)),
        entitlement_basis=root.get("plan_workloads_basis").get(code).optional_text()
        if root.has("plan_workloads_basis")
        else "",
        aliases=_aliases(node, root),
        notes=node.get("notes").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )


def _grants(root: Node, section: str, plan: str, workloads: dict[str, Workload]) -> tuple[Grant, ...]:
    """A plan's grants: codes of workloads, or objects where a grant has days, a basis or sources of its own."""
    if not root.has(section):
        return ()
    rows = root.get(section).get(plan)
    grants = rows.each(lambda item: _grant(item, workloads, is_limited=section == LIMITED))
    for place, grant in enumerate(grants):
        if any(_is_of_one(grant, earlier) and _overlap(grant, earlier) for earlier in grants[:place]):
            raise rows.fail(f"names {grant.workload} twice for the same day")
    return grants


def _is_of_one(one: Grant, other: Grant) -> bool:
    return (one.workload, one.sku_id.lower()) == (other.workload, other.sku_id.lower())


def _overlap(one: Dated, other: Dated) -> bool:
    starts = max(one.effective_from or dt.date.min, other.effective_from or dt.date.min)
    return starts <= min(one.effective_to or dt.date.max, other.effective_to or dt.date.max)


def _grant(node: Node, workloads: dict[str, Workload], *, is_limited: bool) -> Grant:
    if not isinstance(node.value, dict):
        return Grant(None, None, node.one_of(workloads, "a workload of this file"), is_limited)
    if node.has("sku_id") and not is_limited:
        raise node.get("sku_id").fail("only a limited form can be one of a single SKU")
    return Grant(
        **_dates(node),
        workload=node.need("workload").one_of(workloads, "a workload of this file"),
        is_limited=is_limited,
        sku_id=_uuid(node.get("sku_id")) if node.has("sku_id") else "",
        basis=node.get("basis").optional_text(),
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
    return Sku(
        part_number=node.need("part_number").text(),
        sku_id=_uuid(node.get("sku_id")) if node.has("sku_id") else "",
        product_name=node.get("product_name").optional_text(),
    )


def _uuid(node: Node) -> str:
    try:
        uuid.UUID(node.text())
    except ValueError:
        raise node.fail("must be a UUID") from None
    return node.text()


def read_service_plan(node: Node) -> ServicePlan:
    is_in = node.get("in_families")
    name = node.need("name").text()
    return ServicePlan(_uuid(node.need("id")).lower(), name, True if is_in.value is None else is_in.flag())


def read_outside_product(node: Node) -> OutsideProduct:
    return OutsideProduct(
        sku_id=_uuid(node.need("sku_id")).lower() if node.has("sku_id") else "",
        part_number=node.need("part_number").text(),
        product_name=node.get("product_name").optional_text(),
        reason=node.need("reason").one_of(choices.OutsideReason.values, "a reason"),
        notes=node.get("notes").optional_text(),
        sources=node.get("source").texts(),
        verified_on=node.get("verified_on").optional_date(),
    )


def read_scope_item(node: Node, workloads: dict[str, Workload]) -> ScopeItem:
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


def read_threshold(node: Node) -> Threshold:
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
