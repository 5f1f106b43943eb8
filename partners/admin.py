"""Django admin of partners: flags, endorsements, members, closures and claims."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from benefits.choices import Industry, SizeBand
from benefits.services.editions import NoEditionInForce, edition_in_force

from .models import Closure, Endorsement, IncumbentClaim, Membership, Organisation, Partner

LONGEST_LABEL = 48


class PartnerForm(forms.ModelForm):
    industries = forms.MultipleChoiceField(choices=Industry.choices, required=False, help_text="None chosen: any.")
    sizes = forms.MultipleChoiceField(choices=SizeBand.choices, required=False, help_text="None chosen: any.")


class EndorsementForm(forms.ModelForm):
    """Workloads are chosen by name from the edition in force."""

    workload_code = forms.ChoiceField(label="Workload")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.workload_code
        choices = {kept: kept} if kept else {}
        self.fields["workload_code"].choices = sorted((choices | _workloads()).items(), key=lambda row: row[1])  # type: ignore[attr-defined]


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


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
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
    search_fields = ["name", "organisation__name", "contact_email"]
    autocomplete_fields = ["organisation"]
    readonly_fields = ["public_id", "open_offers", "last_offered_at"]
    inlines = [EndorsementInline, MembershipInline, ClosureInline]
    fieldsets = [
        (None, {"fields": ["public_id", "organisation", "name", "contact_email", "is_active"]}),
        ("Takes", {"fields": ["is_fasttrack_ready", "takes_benefit", "is_referral_ready", "takes_no_incentive"]}),
        ("Where and whom", {"fields": ["countries", "languages", "industries", "sizes"]}),
        ("Calendar", {"fields": ["time_zone", "calendar_country"]}),
        (
            "Availability",
            {"fields": ["capacity", "open_offers", "last_offered_at", "paused_until", "must_answer_review"]},
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Partner, form: Any, change: bool) -> None:
        """Write what was changed only: open offers and turns move while the page is open."""
        if change:
            if "capacity" in form.changed_data:
                obj.usual_capacity = obj.capacity_lowered_until = None
                form.changed_data.extend(["usual_capacity", "capacity_lowered_until"])
            obj.save(update_fields=form.changed_data)
        else:
            obj.save()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Partners are switched off: their history keeps its name."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    search_fields = ["name"]


@admin.register(IncumbentClaim)
class IncumbentClaimAdmin(admin.ModelAdmin):
    list_display = ["partner", "customer", "approved_on"]
    list_select_related = ["partner", "customer"]
    search_fields = ["partner__name", "customer__name"]
    autocomplete_fields = ["partner", "customer"]
