"""Django admin of the service description: drafts are edited, published editions are read."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .choices import EditionState
from .models import (
    Customer,
    Entitlement,
    Guide,
    Plan,
    PlanSku,
    ProductFamily,
    ScopeItem,
    ServiceDescription,
    Source,
    Tenant,
    Threshold,
    UnknownProduct,
    Workload,
)
from .services.editions import NotADraft, copy_to_draft, publish_edition


def edition_of(row: Any) -> ServiceDescription | None:
    """The edition that an edition, its row, or a row's own row belongs to."""
    if row is None or isinstance(row, ServiceDescription):
        return row
    parent = getattr(row, "plan", None) or getattr(row, "workload", None)
    return row.edition if hasattr(row, "edition_id") else edition_of(parent)


class DraftOnly(BaseModelAdmin):
    """Rows of a published edition are read-only; a copy to a draft is edited instead."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = edition_of(obj)
        may = super().has_change_permission(request, obj)
        return bool(may and (edition is None or edition.is_draft))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = edition_of(obj)
        may = super().has_delete_permission(request, obj)
        return bool(may and edition is not None and edition.is_draft)


class DraftOnlyInline(DraftOnly, InlineModelAdmin):
    """Inline rows follow the edition of the row they stand in."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = edition_of(obj)
        may = super().has_add_permission(request, obj)
        return bool(may and (edition is None or edition.is_draft))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)


@admin.register(ServiceDescription)
class ServiceDescriptionAdmin(DraftOnly, admin.ModelAdmin):
    list_display = ["name", "state", "effective_from", "as_of", "published_at", "published_by"]
    list_filter = ["state"]
    search_fields = ["name"]
    readonly_fields = ["state", "copied_from", "published_at", "published_by", "content_hash"]
    fields = ["name", "effective_from", "as_of", "seat_rule", "view_rule", "no_intent_remains", *readonly_fields]
    actions = ["make_draft", "publish"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Drafts are copied from an edition, files are imported; an empty edition helps nobody."""
        return False

    @admin.action(description="Copy the selected edition to a draft")
    def make_draft(self, request: HttpRequest, chosen: QuerySet[ServiceDescription]) -> None:
        if len(chosen) != 1:
            self.message_user(request, "Select exactly one edition.", messages.ERROR)
            return
        draft = copy_to_draft(chosen[0], now=timezone.now())
        self.message_user(request, f"{draft} is ready: edit its plans, workloads and scope items, then publish it.")

    @admin.action(description="Publish the selected draft")
    def publish(self, request: HttpRequest, chosen: QuerySet[ServiceDescription]) -> None:
        if len(chosen) != 1:
            self.message_user(request, "Select exactly one draft.", messages.ERROR)
            return
        edition = chosen[0]
        try:
            publish_edition(edition, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except NotADraft as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.message_user(request, f"{edition} decides from {edition.effective_from} on. It can no longer be changed.")


class EditionRowAdmin(DraftOnly, admin.ModelAdmin):
    """What the rows of an edition have in common. The newest edition's rows come first."""

    list_select_related = ["edition"]
    autocomplete_fields = ["edition"]
    ordering = ["-edition__effective_from", "id"]
    list_per_page = 50

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """New rows go into drafts only."""
        if db_field.name == "edition":
            kwargs["queryset"] = ServiceDescription.objects.filter(state=EditionState.DRAFT)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class SkuInline(DraftOnlyInline, admin.TabularInline):
    model = PlanSku


class EntitlementInline(DraftOnlyInline, admin.TabularInline):
    model = Entitlement
    autocomplete_fields = ["workload"]


@admin.register(Plan)
class PlanAdmin(EditionRowAdmin):
    list_display = ["name", "code", "family", "benefit_eligible", "audience", "effective_to", "edition"]
    list_filter = ["edition", "family__name", "benefit_eligible", "kind", "audience"]
    list_select_related = ["edition", "family"]
    search_fields = ["name", "code", "aliases", "skus__part_number", "skus__sku_id"]
    autocomplete_fields = ["edition", "family"]
    inlines = [SkuInline, EntitlementInline]


class ScopeItemInline(DraftOnlyInline, admin.TabularInline):
    model = ScopeItem
    fields = ["code", "text", "in_scope", "audience", "min_eligible_seats", "effective_from", "effective_to"]
    fk_name = "workload"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """New scope items are added on their own page, where the edition is chosen."""
        return False


@admin.register(Workload)
class WorkloadAdmin(EditionRowAdmin):
    list_display = ["name", "code", "kind", "granted_by", "counts_toward_full_value", "effective_to", "edition"]
    list_filter = ["edition", "kind", "granted_by", "counts_toward_full_value"]
    search_fields = ["name", "code", "aliases"]
    autocomplete_fields = ["edition", "family", "replaced_by"]
    inlines = [ScopeItemInline]


@admin.register(ScopeItem)
class ScopeItemAdmin(EditionRowAdmin):
    list_display = ["text", "code", "in_scope", "audience", "effective_from", "effective_to", "edition"]
    list_filter = ["edition", "in_scope", "audience"]
    search_fields = ["code", "text", "workload__name"]
    autocomplete_fields = ["edition", "workload"]


@admin.register(Threshold)
class ThresholdAdmin(EditionRowAdmin):
    list_display = ["code", "value", "unit", "effective_from", "effective_to", "edition"]
    list_filter = ["edition"]
    search_fields = ["code", "note"]


@admin.register(ProductFamily)
class ProductFamilyAdmin(EditionRowAdmin):
    list_display = ["name", "code", "edition"]
    list_filter = ["edition"]
    search_fields = ["name", "code"]


@admin.register(Source)
class SourceAdmin(EditionRowAdmin):
    list_display = ["key", "text", "edition"]
    list_filter = ["edition"]
    search_fields = ["key", "text"]


@admin.register(Guide)
class GuideAdmin(admin.ModelAdmin):
    """Guides decide nothing: they may be corrected in a published edition, and the change is logged."""

    list_display = ["workload", "title", "url", "match"]
    list_filter = ["workload__edition", "match"]
    list_select_related = ["workload__edition"]
    search_fields = ["title", "workload__name", "workload__code"]
    readonly_fields = ["workload"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Guide, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ServiceDescription.objects.filter(pk=obj.workload.edition_id).update(guides_revised_at=timezone.now())


class TenantInline(admin.TabularInline):
    model = Tenant
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "country", "industry", "size_band", "audience"]
    list_filter = ["country", "industry", "audience"]
    search_fields = ["name", "tpid", "tenants__domain"]
    inlines = [TenantInline]


@admin.register(UnknownProduct)
class UnknownProductAdmin(admin.ModelAdmin):
    list_display = ["part_number", "sku_id", "times_seen", "last_seen_at", "last_seen_in", "note"]
    list_select_related = ["last_seen_in"]
    search_fields = ["part_number", "sku_id"]
    readonly_fields = ["part_number", "sku_id", "times_seen", "first_seen_at", "last_seen_at", "last_seen_in"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
