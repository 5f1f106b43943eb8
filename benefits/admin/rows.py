"""Django admin of the rows of an edition: edited in drafts, one by one, by everyday acts, or as a table (CSV)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV
from import_export.forms import ConfirmImportForm, ImportForm

from benefits import resources
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
from benefits.services.editions import note_editor

from .acts import move_scope_act, rename_act, retire_act
from .drafts import DraftOnly, DraftOnlyInline, drafts, edition_of
from .skus import PlanForm


class TableForm(ImportForm):
    edition = forms.ModelChoiceField(drafts(), label=_("Draft"), empty_label=None)

    field_order = ["resource", "edition", "import_file", "format"]


class ConfirmTableForm(ConfirmImportForm):
    edition = forms.ModelChoiceField(drafts(), widget=forms.HiddenInput)


class EditionRowAdmin(DraftOnly, ImportMixin, admin.ModelAdmin):
    """What the rows of an edition have in common. The newest edition's rows come first."""

    list_select_related = ["edition"]
    ordering = ["-edition__effective_from", "id"]
    list_per_page = 50
    import_form_class = TableForm
    confirm_form_class = ConfirmTableForm

    def get_import_formats(self) -> list[type[CSV]]:
        return [CSV]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        return initial | ({"edition": import_form.cleaned_data["edition"].pk} if import_form else {})

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        chosen = getattr(form, "cleaned_data", {}).get("edition") if form is not None else None
        return {"edition": chosen}

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Any:
        result = super().process_dataset(dataset, form, request, **kwargs)
        note_editor(form.cleaned_data["edition"], request.user)  # type: ignore[arg-type]
        return result

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Confirm a table. One that was confirmed already, or has lapsed, says so."""
        try:
            answer: HttpResponse = super().process_import(request, **kwargs)
        except (TypeError, AttributeError, OSError, KeyError, ValueError):
            words = gettext("Import already confirmed or expired. Check the list, or upload the file again.")
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        return answer

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        keys = {field.name for field in self.opts.fields if field.is_relation}
        return {name: value for name, value in initial.items() if name not in keys or str(value).isdecimal()}

    def get_import_form_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """The draft that the page was opened for is the one that is chosen."""
        words: dict[str, Any] = super().get_import_form_kwargs(request)
        return words | {"initial": {"edition": request.GET.get("edition", "")}}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._note(request, form.instance)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._note(request, obj)
        super().delete_model(request, obj)

    def _note(self, request: HttpRequest, row: Any) -> None:
        edition = edition_of(row)
        if edition is not None:
            note_editor(edition, request.user)  # type: ignore[arg-type]


class SkuInline(DraftOnlyInline, admin.TabularInline):
    model = PlanSku


class EntitlementInline(DraftOnlyInline, admin.TabularInline):
    model = Entitlement


@admin.register(Plan)
class PlanAdmin(EditionRowAdmin):
    list_display = ["name", "code", "family", "benefit_eligible", "audience", "effective_to", "verified_on", "edition"]
    list_filter = ["edition", "family__name", "benefit_eligible", "kind", "audience"]
    form = PlanForm
    list_select_related = ["edition", "family"]
    search_fields = ["name", "code", "aliases", "skus__part_number", "skus__sku_id"]
    inlines = [SkuInline, EntitlementInline]
    resource_classes = [resources.PlanResource]
    actions = [retire_act, rename_act]

    def save_related(self, request: HttpRequest, form: PlanForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.add_pasted()


@admin.register(PlanSku)
class PlanSkuAdmin(EditionRowAdmin):
    list_display = ["part_number", "sku_id", "plan", "edition_name"]
    list_filter = ["plan__edition"]
    list_select_related = ["plan__edition"]
    search_fields = ["part_number", "sku_id", "plan__name"]
    ordering = ["-plan__edition__effective_from", "id"]
    resource_classes = [resources.SkuResource]

    @admin.display(description=_("edition"))
    def edition_name(self, row: PlanSku) -> str:
        return str(row.plan.edition)


@admin.register(Entitlement)
class EntitlementAdmin(EditionRowAdmin):
    list_display = ["plan", "workload", "is_limited", "effective_from", "effective_to", "verified_on", "edition_name"]
    list_filter = ["plan__edition", "is_limited"]
    list_select_related = ["plan__edition", "workload"]
    search_fields = ["plan__name", "plan__code", "workload__name", "workload__code"]
    ordering = ["-plan__edition__effective_from", "id"]
    resource_classes = [resources.EntitlementResource]

    @admin.display(description=_("edition"))
    def edition_name(self, row: Entitlement) -> str:
        return str(row.plan.edition)


class ScopeItemInline(DraftOnlyInline, admin.TabularInline):
    model = ScopeItem
    fields = ["code", "text", "in_scope", "audience", "min_eligible_seats", "effective_from", "effective_to"]
    fk_name = "workload"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """New scope items are added on their own page, where the edition is chosen."""
        return False


@admin.register(Workload)
class WorkloadAdmin(EditionRowAdmin):
    list_display = [
        *("name", "code", "kind", "granted_by", "counts_toward_full_value", "effective_to", "verified_on", "edition")
    ]
    list_filter = ["edition", "kind", "granted_by", "counts_toward_full_value"]
    search_fields = ["name", "code", "aliases"]
    inlines = [ScopeItemInline]
    resource_classes = [resources.WorkloadResource]
    actions = [retire_act, rename_act]


@admin.register(ScopeItem)
class ScopeItemAdmin(EditionRowAdmin):
    list_display = ["text", "code", "in_scope", "audience", "effective_from", "effective_to", "verified_on", "edition"]
    list_filter = ["edition", "in_scope", "audience"]
    search_fields = ["code", "text", "workload__name"]
    resource_classes = [resources.ScopeItemResource]
    actions = [move_scope_act, retire_act]


@admin.register(Threshold)
class ThresholdAdmin(EditionRowAdmin):
    list_display = ["code", "value", "unit", "effective_from", "effective_to", "verified_on", "edition"]
    list_filter = ["edition"]
    search_fields = ["code", "note"]
    resource_classes = [resources.ThresholdResource]


@admin.register(ServicePlan)
class ServicePlanAdmin(EditionRowAdmin):
    list_display = ["name", "service_plan_id", "in_families", "edition"]
    list_filter = ["edition", "in_families"]
    search_fields = ["name", "service_plan_id"]
    resource_classes = [resources.ServicePlanResource]


@admin.register(OutsideProduct)
class OutsideProductAdmin(EditionRowAdmin):
    list_display = ["part_number", "product_name", "reason", "verified_on", "edition"]
    list_filter = ["edition", "reason"]
    search_fields = ["part_number", "product_name", "sku_id"]
    resource_classes = [resources.OutsideProductResource]


@admin.register(ProductFamily)
class ProductFamilyAdmin(EditionRowAdmin):
    list_display = ["name", "code", "edition"]
    list_filter = ["edition"]
    search_fields = ["name", "code"]
    resource_classes = [resources.FamilyResource]


@admin.register(Source)
class SourceAdmin(EditionRowAdmin):
    list_display = ["key", "text", "edition"]
    list_filter = ["edition"]
    search_fields = ["key", "text"]
    resource_classes = [resources.SourceResource]


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
