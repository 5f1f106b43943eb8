"""Django admin of routing policy versions, and of what partners say is wrong in their profiles."""

import datetime as dt
from itertools import permutations
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import FoldedSearchMixin
from partners.choices import WAIVABLE, CorrectionState, TieBreak
from partners.models import ProfileCorrection, RoutingPolicy

ORDERS = tuple(permutations(TieBreak.values, 2))


class RoutingPolicyForm(forms.ModelForm):
    waived = forms.MultipleChoiceField(
        label=_("Disabled filters"),
        choices=[(name.value, name.label) for name in WAIVABLE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tie_breaks = forms.TypedChoiceField(
        label=_("Tie-break order"),
        choices=[(",".join(row), " then ".join(TieBreak(name).label.lower() for name in row)) for row in ORDERS],
        coerce=lambda row: row.split(","),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tie_breaks"] = ",".join(self.instance.tie_breaks)


@admin.register(RoutingPolicy)
class RoutingPolicyAdmin(admin.ModelAdmin):
    """A version can be changed until it applies; what applies is replaced by a new one."""

    form = RoutingPolicyForm
    list_display = [
        "version",
        "effective_at",
        "batch_order",
        "most_partners",
        "incumbent_first",
        "reason",
        "created_by",
    ]
    readonly_fields = ["version"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as a copy of the newest."""
        newest = RoutingPolicy.objects.first()
        found: dict[str, Any] = {"effective_at": timezone.now() + dt.timedelta(hours=1)}
        if newest is not None:
            found |= {"incumbent_first": newest.incumbent_first, "most_partners": newest.most_partners}
            found |= {"waived": newest.waived, "tie_breaks": ",".join(newest.tie_breaks)}
            found |= {"batch_order": newest.batch_order, "pressure_below": newest.pressure_below}
        return found

    def save_model(self, request: HttpRequest, obj: RoutingPolicy, form: Any, change: bool) -> None:
        if not change:
            newest = RoutingPolicy.objects.order_by("-version").first()
            obj.version = newest.version + 1 if newest else 1
            obj.created_by = request.user  # type: ignore[assignment]
        obj.save()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.effective_at > timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is not None and obj.effective_at > timezone.now())


@admin.register(ProfileCorrection)
class ProfileCorrectionAdmin(FoldedSearchMixin):
    """What partners say is wrong in their profiles. Applying is done on the partner's own page."""

    list_display = ["partner", "about", "text", "state", "proposed_at", "decided_by"]
    list_filter = ["state", "about"]
    list_select_related = ["partner", "decided_by"]
    search_fields = ["partner__name_key", "text"]
    actions = ["mark_applied", "mark_dismissed"]

    @admin.action(description=_("Mark as applied"), permissions=["change"])
    def mark_applied(self, request: HttpRequest, queryset: Any) -> None:
        self._decide(request, queryset, CorrectionState.APPLIED)

    @admin.action(description=_("Dismiss"), permissions=["change"])
    def mark_dismissed(self, request: HttpRequest, queryset: Any) -> None:
        self._decide(request, queryset, CorrectionState.DISMISSED)

    def _decide(self, request: HttpRequest, queryset: Any, state: CorrectionState) -> None:
        decided = {"state": state, "decided_at": timezone.now(), "decided_by": request.user}
        number = queryset.filter(state=CorrectionState.OPEN).update(**decided)
        self.message_user(request, gettext("%(number)s decided; earlier decisions are unchanged.") % {"number": number})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only through the actions."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
