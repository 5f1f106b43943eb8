"""Django admin of the workflow's own lists: decline reasons, the links in the foot, and who took which list with it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from benefits.choices import Industry, Outcome
from benefits.data.places import COUNTRY_NAMES
from referrals.answering.foretelling import say_in_general

from .models import Acknowledgement, DeclineReason, ListExport, SiteLink


class DeclineReasonForm(forms.ModelForm):
    claimed_outcomes = forms.MultipleChoiceField(
        label=_("Claimed outcomes"), choices=Outcome.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(DeclineReason)
class DeclineReasonAdmin(admin.ModelAdmin):
    form = DeclineReasonForm
    list_display = ["label", "code", "will", "next_act", "effect", "place", "is_retired"]
    list_editable = ["place", "is_retired"]
    list_filter = ["next_act", "is_retired"]
    search_fields = ["label", "code"]
    readonly_fields = ["will"]

    @admin.display(description=_("What it does"))
    def will(self, reason: DeclineReason) -> str:
        return say_in_general(reason)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reasons are retired: old records stay readable."""
        return False


@admin.register(SiteLink)
class SiteLinkAdmin(admin.ModelAdmin):
    list_display = ["label", "url", "place"]
    list_editable = ["place"]


class AcknowledgementForm(forms.ModelForm):
    industries = forms.MultipleChoiceField(
        choices=Industry.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For customers in these industries. Leave blank for all.",
    )
    countries = forms.MultipleChoiceField(
        choices=list(COUNTRY_NAMES.items()),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text="For customers in these countries. Leave blank for all.",
    )


@admin.register(Acknowledgement)
class AcknowledgementAdmin(admin.ModelAdmin):
    """What referral records say for customers to sign."""

    form = AcknowledgementForm
    list_display = ["title", "industries", "countries", "place", "is_retired"]
    list_editable = ["place", "is_retired"]


@admin.register(ListExport)
class ListExportAdmin(admin.ModelAdmin):
    """Who took which list, and when: to be read, never changed."""

    list_display = ["asked_at", "asked_by", "list_name", "kind", "total", "finished_at"]
    list_filter = ["list_name", "kind"]
    search_fields = ["asked_by__email"]
    exclude = ["content", "due_at", "done", "forget_at", "partners"]
    date_hierarchy = "asked_at"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("asked_by").defer("content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
