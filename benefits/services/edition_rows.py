"""Write an edition's rows, set-based: one statement a table."""

from typing import Any

from benefits.domain.catalogue import Edition
from benefits.models import (
    Entitlement,
    Guide,
    OutsideProduct,
    Plan,
    PlanSku,
    ProductFamily,
    ScopeItem,
    ServiceDescription,
    ServicePlan,
    Source,
    Threshold,
    Workload,
)

OF_PRODUCTS = ("part_number", "product_name", "reason", "notes", "verified_on")


def write_rows(edition: Edition, row: ServiceDescription) -> None:
    """Write every row of ``edition`` under the empty edition ``row``."""
    Source.objects.bulk_create(Source(edition=row, key=key, text=text) for key, text in edition.sources.items())
    families = ProductFamily.objects.bulk_create(
        ProductFamily(edition=row, code=f.code, name=f.name, place=place, sources=list(f.sources))
        for place, f in enumerate(edition.families)
    )
    family_ids = {family.code: family.pk for family in families}
    workload_ids = _write_workloads(edition, row, family_ids)
    _write_plans(edition, row, family_ids, workload_ids)
    ScopeItem.objects.bulk_create(
        ScopeItem(
            edition=row,
            workload_id=workload_ids.get(item.workload),
            **_plain(item, "code", "text", "in_scope", "audience", "min_eligible_seats", "seen_on"),
        )
        for items in edition.scope_items.values()
        for item in items
    )
    Threshold.objects.bulk_create(
        Threshold(edition=row, **_plain(item, "code", "value", "max_value", "unit", "note"))
        for item in edition.thresholds
    )
    ServicePlan.objects.bulk_create(
        ServicePlan(edition=row, service_plan_id=plan.id, name=plan.name, in_families=plan.in_families)
        for plan in edition.service_plans
    )
    OutsideProduct.objects.bulk_create(
        OutsideProduct(
            edition=row,
            sku_id=product.sku_id or None,
            sources=list(product.sources),
            **{name: getattr(product, name) for name in OF_PRODUCTS},
        )
        for product in edition.products
    )


def _plain(item: Any, *names: str) -> dict[str, Any]:
    """Fields that have the same name and value in the file and in the table."""
    dated = {name: getattr(item, name) for name in ("effective_from", "effective_to", "verified_on")}
    dated["sources"] = list(item.sources)
    return dated | {name: getattr(item, name) for name in names}


def _write_workloads(edition: Edition, row: ServiceDescription, family_ids: dict[str, int]) -> dict[str, int]:
    names = ("code", "name", "kind", "counts_toward_full_value", "granted_by", "entitlement_rule")
    written = Workload.objects.bulk_create(
        Workload(
            edition=row,
            family_id=family_ids.get(item.family),
            areas=list(item.areas),
            aliases=list(item.aliases),
            service_plans=list(item.service_plans),
            derived_from=list(item.derived_from),
            **_plain(item, *names, "needs", "scope_evidence", "notes"),
        )
        for item in edition.workloads.values()
    )
    ids = {workload.code: workload.pk for workload in written}
    replaced = [workload for workload in written if edition.workloads[workload.code].replaced_by]
    for workload in replaced:
        workload.replaced_by_id = ids[edition.workloads[workload.code].replaced_by]
    Workload.objects.bulk_update(replaced, ["replaced_by"])
    Guide.objects.bulk_create(
        Guide(workload_id=ids[code], title=item.guide.title, url=item.guide.url, match=item.guide.match)
        for code, item in edition.workloads.items()
    )
    return ids


def _write_plans(
    edition: Edition, row: ServiceDescription, family_ids: dict[str, int], workload_ids: dict[str, int]
) -> None:
    names = ("code", "name", "kind", "audience", "benefit_eligible", "max_seats", "entitlement_basis", "notes")
    plans = Plan.objects.bulk_create(
        Plan(edition=row, family_id=family_ids[item.family], aliases=list(item.aliases), **_plain(item, *names))
        for item in edition.plans.values()
    )
    PlanSku.objects.bulk_create(
        PlanSku(plan=plan, sku_id=sku.sku_id or None, part_number=sku.part_number, product_name=sku.product_name)
        for plan in plans
        for sku in edition.plans[plan.code].skus
    )
    Entitlement.objects.bulk_create(
        Entitlement(
            plan=plan,
            workload_id=workload_ids[grant.workload],
            sku_id=grant.sku_id or None,
            **_plain(grant, "is_limited", "basis"),
        )
        for plan in plans
        for grant in edition.plans[plan.code].grants
    )
