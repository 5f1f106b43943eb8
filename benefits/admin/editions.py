"""Django admin of the editions: copy to a draft, import a file, and the way to preview and publish."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.domain.catalogue_file import MAX_CATALOGUE_BYTES
from benefits.domain.json_input import InputError
from benefits.models import ServiceDescription
from benefits.services.editions import copy_to_draft, import_draft, note_editor

from .drafts import DraftOnly


class EditionFileForm(forms.Form):
    file = forms.FileField(
        label=_("Service description file (JSON)"),
        help_text=_("In the export format; the schema is at /service-description/schema.json."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_CATALOGUE_BYTES:
            sizes = {"size": f"{upload.size:,}", "most": f"{MAX_CATALOGUE_BYTES:,}"}
            raise forms.ValidationError(gettext("The file has %(size)s bytes; the maximum is %(most)s.") % sizes)
        return upload


@admin.register(ServiceDescription)
class ServiceDescriptionAdmin(DraftOnly, admin.ModelAdmin):
    list_display = ["name", "pages", "state", "effective_from", "prepared_by", "published_by"]
    list_filter = ["state"]
    list_select_related = ["prepared_by", "published_by"]
    search_fields = ["name"]
    readonly_fields = [
        *("pages", "state", "copied_from", "prepared_by", "published_at", "published_by", "publish_reason"),
        "content_hash",
    ]
    fields = [
        *("name", "effective_from", "as_of", "products_as_of", "seat_rule", "view_rule", "no_intent_remains"),
        *("contents_rule", "service_plan_rule", "unknowns_rule", *readonly_fields),
    ]
    actions = ["make_draft"]
    change_list_template = "admin/benefits/editions.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Drafts are copied from an edition or imported; an empty edition helps nobody."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": gettext("Editions"), **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        page = path("import/", self.admin_site.admin_view(self.import_file), name="benefits_servicedescription_import")
        return [page, *super().get_urls()]

    @admin.display(description=_("preview and publish"))
    def pages(self, row: ServiceDescription) -> SafeString:
        words = gettext("Preview and publish") if row.is_draft else gettext("Changes")
        return format_html('<a href="{}">{}</a>', reverse("pages:draft", args=[row.pk]), words)

    def save_model(self, request: HttpRequest, obj: ServiceDescription, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note_editor(obj, request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Copy selected edition to a draft"))
    def make_draft(self, request: HttpRequest, chosen: QuerySet[ServiceDescription]) -> None:
        if len(chosen) != 1:
            self.message_user(request, gettext("Select one edition."), messages.ERROR)
            return
        draft = copy_to_draft(chosen[0], by=request.user, now=timezone.now())  # type: ignore[arg-type]
        words = gettext("%(draft)s is ready: edit its plans, workloads and scope items, then preview it.")
        self.message_user(request, words % {"draft": draft})

    def import_file(self, request: HttpRequest) -> HttpResponse:
        """Load a file as a draft. A broken one says where and why, and changes nothing."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = EditionFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                draft = import_draft(upload.read(), by=request.user, now=timezone.now())  # type: ignore[arg-type]
            except InputError as error:
                form.add_error("file", f"{upload.name}: {error}")
            else:
                words = gettext("%(draft)s was created from %(file)s. It has no effect until it is published.")
                self.message_user(request, words % {"draft": draft, "file": upload.name})
                return HttpResponseRedirect(reverse("pages:draft", args=[draft.pk]))
        title = gettext("Import draft from file")
        context = {**self.admin_site.each_context(request), "form": form, "title": title}
        context |= {"opts": self.opts, "submit": gettext("Create draft")}
        return TemplateResponse(request, "admin/benefits/act.html", context, status=422 if form.errors else 200)
