from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold

from .models import User


class FoldedSearchMixin(admin.ModelAdmin):
    """Names are found in their folded form, as lists find them: ``search_fields`` name those columns."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        found, may_repeat = super().get_search_results(request, queryset, fold(search_term))
        if fold(search_term) == search_term:
            return found, may_repeat
        as_typed, may_repeat_too = super().get_search_results(request, queryset, search_term)
        return found | as_typed, may_repeat or may_repeat_too


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class PersonAdmin(FoldedSearchMixin, UserAdmin):
    add_form = NewUserForm
    list_display = ["email", "name", "is_processing_team", "is_auditor", "is_staff", "is_active"]
    list_filter = ["is_processing_team", "is_auditor", "is_staff", "is_active"]
    search_fields = ["email", "name_key"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "time_zone", "is_active"]}),
        (_("Permissions"), {"fields": ["is_processing_team", "is_auditor", "is_staff", "is_superuser", "groups"]}),
        (_("History"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """People are switched off: what they wrote keeps its author."""
        return False
