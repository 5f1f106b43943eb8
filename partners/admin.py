"""Django admin of partners: flags, endorsements, members, closures and claims."""

import calendar
import datetime as dt
from itertools import permutations
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import FoldedSearchMixin
from accounts.folding import fold
from benefits.choices import Industry, SizeBand
from benefits.services.editions import NoEditionInForce, edition_in_force

from .choices import WAIVABLE, CorrectionState, TieBreak
from .models import (
    Closure,
    Endorsement,
    IncumbentClaim,
    Membership,
    Organisation,
    Partner,
    ProfileCorrection,
    RoutingPolicy,
)
from .models.hours import WORKING_WEEK
from .services.availability import find_pause_reminder
from .services.profiles import HOURS
from .services.working_hours import load_calendar

LONGEST_LABEL = 48
ORDERS = tuple(permutations(TieBreak.values))


class PartnerForm(forms.ModelForm):
    working_days = forms.TypedMultipleChoiceField(
        choices=list(enumerate(calendar.day_name)),
        coerce=int,
        initial=WORKING_WEEK,
        widget=forms.CheckboxSelectMultiple,
    )
    industries = forms.MultipleChoiceField(
        choices=Industry.choices, required=False, help_text=_("Leave blank for all.")
    )
    sizes = forms.MultipleChoiceField(choices=SizeBand.choices, required=False, help_text=_("Leave blank for all."))

    def clean_paused_until(self) -> dt.datetime | None:
        """A pause that is set or moved ends within the longest that the programme allows."""
        until: dt.datetime | None = self.cleaned_data["paused_until"]
        days = settings.LONGEST_PAUSE_DAYS
        if (
            until is not None
            and "paused_until" in self.changed_data
            and until > timezone.now() + dt.timedelta(days=days)
        ):
            raise forms.ValidationError(gettext("A pause can last up to %(days)s days.") % {"days": days})
        return until


class EndorsementForm(forms.ModelForm):
    """Workloads are chosen by name from the edition in force."""

    workload_code = forms.ChoiceField(label=_("Workload"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.workload_code
        choices = {kept: kept} if kept else {}
        self.fields["workload_code"].choices = sorted((choices | _workloads()).items(), key=lambda row: fold(row[1]))  # type: ignore[attr-defined]


def _workloads() -> dict[str, str]:
    try:
        _edition_id, edition = edition_in_force(timezone.localdate())
    except NoEditionInForce:
        return {}
    return {workload.code: workload.name[:LONGEST_LABEL] for workload in edition.workloads.values()}


class EndorsementInline(admin.TabularInline):
    model = Endorsement
    form = EndorsementForm
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields = ["user"]
    extra = 0


class ClosureInline(admin.TabularInline):
    model = Closure
    extra = 0
    readonly_fields = ["is_half"]  # whether half days can be is checked on the partner's own page


@admin.register(Partner)
class PartnerAdmin(FoldedSearchMixin):
    form = PartnerForm
    list_display = [
        "name",
        "is_active",
        "is_fasttrack_ready",
        "takes_benefit",
        "capacity",
        "open_offers",
        "paused_until",
    ]
    list_filter = ["is_active", "is_fasttrack_ready", "takes_benefit", "is_referral_ready", "takes_no_incentive"]
    search_fields = ["name_key", "organisation__name_key", "contact_email"]
    autocomplete_fields = ["organisation"]
    readonly_fields = ["public_id", "open_offers", "open_benefit", "last_offered_at"]
    inlines = [EndorsementInline, MembershipInline, ClosureInline]
    fieldsets = [
        (None, {"fields": ["public_id", "organisation", "name", "contact_email", "is_active"]}),
        ("Takes", {"fields": ["is_fasttrack_ready", "takes_benefit", "is_referral_ready", "takes_no_incentive"]}),
        (_("Coverage"), {"fields": ["countries", "languages", "industries", "sizes"]}),
        ("Calendar", {"fields": list(HOURS)}),
        (
            "Availability",
            {
                "fields": [
                    *("capacity", "capacity_benefit", "capacity_standard", "open_offers", "open_benefit"),
                    *("last_offered_at", "paused_until", "must_answer_review"),
                ]
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Partner, form: Any, change: bool) -> None:
        """Write what was changed only: open offers and turns move while the page is open."""
        if change:
            if "capacity" in form.changed_data:
                obj.usual_capacity = obj.capacity_lowered_until = None
                form.changed_data.extend(["usual_capacity", "capacity_lowered_until"])
            if "paused_until" in form.changed_data:
                obj.pause_remind_at = self._find_reminder(obj)
                form.changed_data.append("pause_remind_at")
            obj.save(update_fields=form.changed_data)
        else:
            obj.save()

    @staticmethod
    def _find_reminder(partner: Partner) -> dt.datetime | None:
        if partner.paused_until is None:
            return None
        return find_pause_reminder(timezone.now(), partner.paused_until, load_calendar(partner))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Partners are switched off: their history keeps its name."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(FoldedSearchMixin):
    search_fields = ["name_key"]


@admin.register(IncumbentClaim)
class IncumbentClaimAdmin(FoldedSearchMixin):
    list_display = ["partner", "customer", "approved_on"]
    list_select_related = ["partner", "customer"]
    search_fields = ["partner__name_key", "customer__name_key"]
    autocomplete_fields = ["partner", "customer"]


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
    list_display = ["version", "effective_at", "most_partners", "incumbent_first", "reason", "created_by"]
    readonly_fields = ["version"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as a copy of the newest."""
        newest = RoutingPolicy.objects.first()
        found: dict[str, Any] = {"effective_at": timezone.now() + dt.timedelta(hours=1)}
        if newest is not None:
            found |= {"incumbent_first": newest.incumbent_first, "most_partners": newest.most_partners}
            found |= {"waived": newest.waived, "tie_breaks": ",".join(newest.tie_breaks)}
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
