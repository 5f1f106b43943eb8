"""The tables of a draft, one resource each. Rows are known by their codes."""

from typing import Any

from import_export import fields

from benefits.models import (
    Entitlement,
    OutsideProduct,
    Plan,
    PlanSku,
    ProductFamily,
    ScopeItem,
    ServicePlan,
    Source,
    Threshold,
    Workload,
)

from .base import DATED, CodeWidget, EditionResource, FlagWidget, ListWidget, Options, UuidWidget


def _code(name: str, model: Any) -> fields.Field:
    return fields.Field(column_name=name, attribute=name, widget=CodeWidget(model, "code"))


def _list(name: str) -> fields.Field:
    return fields.Field(column_name=name, attribute=name, widget=ListWidget())


def _flag(name: str) -> fields.Field:
    return fields.Field(column_name=name, attribute=name, widget=FlagWidget())


def _uuid(name: str) -> fields.Field:
    return fields.Field(column_name=name, attribute=name, widget=UuidWidget())


class FamilyResource(EditionResource):
    sources = _list("sources")

    class Meta(Options):
        model = ProductFamily
        import_id_fields = ("code",)
        fields = ("code", "name", "place", "sources")


class SourceResource(EditionResource):
    class Meta(Options):
        model = Source
        import_id_fields = ("key",)
        fields = ("key", "text")


class WorkloadResource(EditionResource):
    optional = ("needs", "derived_from")
    areas, aliases, service_plans, derived_from, sources = (
        _list(name) for name in ("areas", "aliases", "service_plans", "derived_from", "sources")
    )
    family = _code("family", ProductFamily)
    replaced_by = _code("replaced_by", Workload)
    counts_toward_full_value = _flag("counts_toward_full_value")

    class Meta(Options):
        model = Workload
        import_id_fields = ("code",)
        fields = (
            *("code", "name", "areas", "family", "kind", "counts_toward_full_value", "granted_by", "entitlement_rule"),
            *("replaced_by", "aliases", "service_plans", "needs", "derived_from", "scope_evidence", "notes", *DATED),
        )


class PlanResource(EditionResource):
    aliases, sources = _list("aliases"), _list("sources")
    family = _code("family", ProductFamily)

    class Meta(Options):
        model = Plan
        import_id_fields = ("code",)
        fields = (
            *("code", "name", "family", "kind", "audience", "benefit_eligible", "max_seats", "entitlement_basis"),
            *("aliases", "notes", *DATED),
        )


class SkuResource(EditionResource):
    edition_path, related = "plan__edition", ("plan",)
    plan = _code("plan", Plan)
    sku_id = _uuid("sku_id")

    class Meta(Options):
        model = PlanSku
        import_id_fields = ("plan", "sku_id", "part_number")
        fields = ("plan", "sku_id", "part_number", "product_name")

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        """A SKU is known by its id, and by its part number where nobody has seen an id."""
        if not row.get("sku_id"):
            return super().get_instance(instance_loader, row)
        try:
            named = {name: self.fields[name].clean(row) for name in ("plan", "sku_id")}
        except ValueError:
            return None
        return self.get_queryset().filter(**named).first()


class EntitlementResource(EditionResource):
    edition_path, related = "plan__edition", ("plan", "workload")
    optional = ("sku_id", "basis", *DATED)
    plan, workload = _code("plan", Plan), _code("workload", Workload)
    is_limited = _flag("is_limited")
    sku_id = _uuid("sku_id")
    sources = _list("sources")

    class Meta(Options):
        model = Entitlement
        import_id_fields = ("plan", "workload", "is_limited", "sku_id", "effective_from")
        fields = ("plan", "workload", "is_limited", "sku_id", "basis", *DATED)


class ScopeItemResource(EditionResource):
    sources = _list("sources")
    workload = _code("workload", Workload)
    in_scope = _flag("in_scope")

    class Meta(Options):
        model = ScopeItem
        import_id_fields = ("code", "audience", "effective_from", "text")
        fields = ("code", "workload", "text", "in_scope", "audience", "min_eligible_seats", "seen_on", *DATED)


class ThresholdResource(EditionResource):
    sources = _list("sources")

    class Meta(Options):
        model = Threshold
        import_id_fields = ("code", "effective_from")
        fields = ("code", "value", "max_value", "unit", "note", *DATED)


class ServicePlanResource(EditionResource):
    service_plan_id = _uuid("service_plan_id")
    in_families = _flag("in_families")

    class Meta(Options):
        model = ServicePlan
        import_id_fields = ("service_plan_id",)
        fields = ("service_plan_id", "name", "in_families")


class OutsideProductResource(EditionResource):
    sku_id = _uuid("sku_id")
    sources = _list("sources")

    class Meta(Options):
        model = OutsideProduct
        import_id_fields = ("part_number",)
        fields = ("part_number", "sku_id", "product_name", "reason", "notes", "sources", "verified_on")


TABLES: dict[str, type[EditionResource]] = {
    "families": FamilyResource,
    "sources": SourceResource,
    "workloads": WorkloadResource,
    "plans": PlanResource,
    "skus": SkuResource,
    "entitlements": EntitlementResource,
    "scope-items": ScopeItemResource,
    "thresholds": ThresholdResource,
    "service-plans": ServicePlanResource,
    "products": OutsideProductResource,
}
