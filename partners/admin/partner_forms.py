"""What is typed of a partner in the admin: choices instead of codes, and endorsements given many at a time."""

import calendar
import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold
from benefits.choices import Area, Industry, SizeBand
from benefits.data.places import COUNTRIES, LANGUAGES
from benefits.domain.catalogue import Workload
from benefits.services.editions import NoEditionInForce, edition_in_force
from partners.models import Endorsement, Partner
from partners.models.hours import WORKING_WEEK
from partners.services.holiday_calendars import KINDS, PUBLIC

LONGEST_LABEL = 48


def workloads_in_force() -> dict[str, Workload]:
    """Code → workload of the edition that decides today; empty without one."""
    try:
        _edition_id, edition = edition_in_force(timezone.localdate())
    except NoEditionInForce:
        return {}
    return dict(edition.workloads)


class Picker(FilteredSelectMultiple):
    """Two boxes with a filter; its script puts them into the nearest element around, beside the label otherwise."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html('<div class="related-widget-wrapper">{}</div>', super().render(*args, **kwargs))


def _several(label: Any, choices: Any, *, is_long: bool = False, **words: Any) -> forms.MultipleChoiceField:
    widget = Picker(label, is_stacked=False) if is_long else forms.CheckboxSelectMultiple()
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget, **words)


class PartnerForm(forms.ModelForm):
    working_days = forms.TypedMultipleChoiceField(
        choices=list(enumerate(calendar.day_name)),
        coerce=int,
        initial=WORKING_WEEK,
        widget=forms.CheckboxSelectMultiple,
    )
    countries = _several(_("Countries"), COUNTRIES, is_long=True)
    languages = _several(_("Languages"), LANGUAGES, is_long=True)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lambda: [("", _("Select a time zone")), *time_zones()])
    calendar_country = forms.ChoiceField(
        label=_("Public holidays of"), choices=[("", _("No country")), *COUNTRIES], required=False
    )
    calendar_kinds = _several(_("Kinds of holidays"), list(KINDS.items()), initial=[PUBLIC])
    endorse_areas = _several(
        _("Endorse for whole areas"), Area.choices, help_text=_("Adds every workload of the areas that is missing.")
    )
    endorse_like = forms.ModelChoiceField(
        Partner.objects.all(),
        label=_("Copy endorsements from"),
        required=False,
        help_text=_("Adds another partner’s current endorsements, with their end dates."),
    )
    industries = forms.MultipleChoiceField(
        choices=Industry.choices, required=False, help_text=_("Leave blank for all.")
    )
    sizes = forms.MultipleChoiceField(choices=SizeBand.choices, required=False, help_text=_("Leave blank for all."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "organisation" in self.fields and not self.instance.pk:
            self.fields["organisation"].required = False
            self.fields["organisation"].help_text = _("Leave blank to use one with the partner’s name.")

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

    def add_endorsements(self) -> None:
        """Endorse for the areas and like the partner that were selected; what holds already stays as it is."""
        partner: Any = self.instance
        today = timezone.localdate()
        areas, like = set(self.cleaned_data["endorse_areas"]), self.cleaned_data["endorse_like"]
        until: dict[str, dt.date | None] = {}
        if like is not None:
            until |= like.endorsements.current(today).values_list("workload_code", "ends_on")
        until |= {code: None for code, workload in workloads_in_force().items() if areas & set(workload.areas)}
        known = set(partner.endorsements.current(today).values_list("workload_code", flat=True))
        Endorsement.objects.bulk_create(
            [
                Endorsement(partner=partner, workload_code=code, ends_on=until[code])
                for code in sorted(until.keys() - known)
            ],
            update_conflicts=True,  # what has ended begins again
            unique_fields=["partner", "workload_code"],
            update_fields=["ends_on"],
        )


def time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class EndorsementForm(forms.ModelForm):
    """Workloads are chosen by name from the edition in force."""

    workload_code = forms.ChoiceField(label=_("Workload"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.workload_code
        choices = {kept: kept} if kept else {}
        names = {code: workload.name[:LONGEST_LABEL] for code, workload in workloads_in_force().items()}
        self.fields["workload_code"].choices = sorted((choices | names).items(), key=lambda row: fold(row[1]))  # type: ignore[attr-defined]
