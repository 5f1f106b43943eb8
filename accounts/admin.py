from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.folding import fold

from .models import User, who_is_signed_in
from .signing_in import sessions


class FoldedSearchMixin(admin.ModelAdmin):
    """Names are found in their folded form, as lists find them: ``search_fields`` name those columns."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        found, may_repeat = super().get_search_results(request, queryset, fold(search_term))
        if fold(search_term) == search_term:
            return found, may_repeat
        as_typed, may_repeat_too = super().get_search_results(request, queryset, search_term)
        return found | as_typed, may_repeat or may_repeat_too


class NewPersonForm(forms.ModelForm):
    """No password: the person chooses how to sign in, by the link that is mailed."""

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        person: User = super().save(commit)
        return person


@admin.register(User)
class PersonAdmin(FoldedSearchMixin, UserAdmin):
    add_form = NewPersonForm
    actions = ["send_sign_in_link", "sign_out", "remove_second_factors"]
    list_display = ["email", "name", "is_processing_team", "is_auditor", "is_staff", "is_active"]
    list_filter = ["is_processing_team", "is_auditor", "is_staff", "is_active"]
    search_fields = ["email", "name_key"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    of_superusers: ClassVar[list[Any]] = ["is_processing_team", "is_auditor", "is_staff", "is_superuser", "groups"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "time_zone", "is_active"]}),
        (_("Permissions"), {"fields": of_superusers}),
        (_("History"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name"], "description": _("We’ll email a link to set up how to sign in.")}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody gives away, or takes for itself, what only superusers have."""
        person = who_is_signed_in(request)
        may_give = person is not None and person.is_superuser
        return [*super().get_readonly_fields(request, obj), *([] if may_give else self.of_superusers)]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:  # what was sent to, or known under, the former address counts no more
            EmailAddress.objects.filter(user=obj).delete()
        if not obj.is_active:
            sessions.end_all(obj)
        if not change:
            get_adapter().send_invitation(obj, who_is_signed_in(request))

    @admin.action(description=_("Send a link to set up sign-in"), permissions=["change"])
    def send_sign_in_link(self, request: HttpRequest, people: QuerySet[User]) -> None:
        active = people.filter(is_active=True)
        for person in active:
            get_adapter().send_invitation(person, who_is_signed_in(request))
        self.message_user(
            request, ngettext("%(count)d link sent.", "%(count)d links sent.", len(active)) % {"count": len(active)}
        )

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        found = list(people)
        for person in found:
            sessions.end_all(person)
        self.message_user(
            request,
            ngettext("Signed out %(count)d person.", "Signed out %(count)d people.", len(found))
            % {"count": len(found)},
        )

    @admin.action(description=_("Remove passkeys and authenticator app"), permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For whoever has lost the phone or key, and has no recovery code left."""
        having = list(people.filter(pk__in=Authenticator.objects.values("user")))
        for person in having:
            Authenticator.objects.filter(user=person).delete()
            sessions.end_all(person)
            get_adapter().send_notification_mail("account/email/factors_removed", person)
        self.message_user(
            request,
            ngettext("Removed for %(count)d person.", "Removed for %(count)d people.", len(having))
            % {"count": len(having)},
        )

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """People are switched off: what they wrote keeps its author."""
        return False
