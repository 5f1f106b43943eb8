"""Django admin of partners: flags, endorsements, members, closures and claims."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import FoldedSearchMixin
from accounts.folding import fold
from partners.models import Closure, Endorsement, IncumbentClaim, Membership, Organisation, Partner
from partners.services.availability import find_pause_reminder
from partners.services.profiles import HOURS
from partners.services.working_hours import load_calendar

from .partner_forms import EndorsementForm, PartnerForm


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


ENDORSING = ("endorse_areas", "endorse_like")  # fields of the form that are none of the partner


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
        (_("Endorsements"), {"fields": ["endorse_areas", "endorse_like"]}),
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
            obj.save(update_fields=[name for name in form.changed_data if name not in ENDORSING])
        else:
            if obj.organisation_id is None:
                known = Organisation.objects.filter(name_key=fold(obj.name)).order_by("pk").first()
                obj.organisation = known or Organisation.objects.create(name=obj.name)
            obj.save()

    def save_related(self, request: HttpRequest, form: PartnerForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.add_endorsements()

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
