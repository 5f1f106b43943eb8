from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.utils.translation import gettext_lazy as _

from .models import User


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class PersonAdmin(UserAdmin):
    add_form = NewUserForm
    list_display = ["email", "name", "is_processing_team", "is_auditor", "is_staff", "is_active"]
    list_filter = ["is_processing_team", "is_auditor", "is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "time_zone", "is_active"]}),
        (_("May do"), {"fields": ["is_processing_team", "is_auditor", "is_staff", "is_superuser", "groups"]}),
        (_("History"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """People are switched off: what they wrote keeps its author."""
        return False
