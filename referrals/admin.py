"""Django admin of the workflow's own lists: decline reasons and the links in the foot."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from benefits.choices import Outcome

from .models import DeclineReason, SiteLink


class DeclineReasonForm(forms.ModelForm):
    claimed_outcomes = forms.MultipleChoiceField(
        choices=Outcome.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(DeclineReason)
class DeclineReasonAdmin(admin.ModelAdmin):
    form = DeclineReasonForm
    list_display = ["label", "code", "will", "next_act", "effect", "place", "is_retired"]
    list_editable = ["place", "is_retired"]
    list_filter = ["next_act", "is_retired"]
    search_fields = ["label", "code"]
    readonly_fields = ["will"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reasons are retired: old records stay readable."""
        return False


@admin.register(SiteLink)
class SiteLinkAdmin(admin.ModelAdmin):
    list_display = ["label", "url", "place"]
    list_editable = ["place"]
