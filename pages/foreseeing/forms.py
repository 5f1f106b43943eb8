"""What is asked of routing before there is a referral, and what a profile might become."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import Area, Industry, SizeBand
from benefits.data.places import COUNTRIES, LANGUAGES
from benefits.domain.catalogue import Edition
from pages.fields import NumberField, PlainForm
from partners.choices import ReferralType
from partners.domain.matching import Need, Profile, is_paused
from partners.models import Partner


def _several(label: Any, choices: Any, **words: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget, **words)


FOR_GOOD = "9999-12-31T00:00:00+00:00"  # a pause without an end


class NeedForm(PlainForm):
    """A request as routing sees it. Names are those of the request's own form, which may be posted here."""

    optional = ("languages",)

    requested_type = forms.ChoiceField(
        label=_("Type"), choices=ReferralType.choices, error_messages={"required": _("Select a type.")}
    )
    areas = _several(_("Solution areas"), Area.choices)
    workloads = _several(_("Workloads"), ())
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Select a country")), *COUNTRIES],
        error_messages={"required": _("Select a country.")},
    )
    languages = _several(_("Languages"), LANGUAGES)
    industry = forms.ChoiceField(
        label=_("Type of organization"), choices=Industry.choices, error_messages={"required": _("Select a type.")}
    )
    size_band = forms.ChoiceField(
        label=_("Number of employees"), choices=SizeBand.choices, error_messages={"required": _("Select a size.")}
    )
    no_incentive = forms.BooleanField(label=_("The workloads earn no incentive"), required=False)

    def __init__(self, *args: Any, edition: Edition, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.active = {code: one for code, one in edition.workloads.items() if one.is_active(day)}
        groups: dict[str, list[tuple[str, str]]] = {str(label): [] for label in Area.labels}
        for code, workload in self.active.items():
            groups[str(Area(workload.area).label)].append((code, workload.name))
        self.fields["workloads"].choices = [  # type: ignore[attr-defined]
            (label, rows) for label, rows in groups.items() if rows
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("workloads") or data.get("areas")):
            self.add_error("areas", gettext("Select at least one solution area or workload."))
        return data

    def need(self) -> Need:
        """Areas stand for all of their workloads: which of them remain, only a determination tells."""
        said = self.cleaned_data
        of_areas = {code for code, one in self.active.items() if one.area in said["areas"]}
        return Need(
            type=said["requested_type"],
            workloads=tuple(sorted(of_areas | set(said["workloads"]))),
            country=said["country"],
            languages=tuple(sorted(said["languages"])),
            industry=said["industry"],
            size_band=said["size_band"],
            no_incentive=said["no_incentive"],
        )


class ProfileChoiceForm(PlainForm):
    """Whose profile may become another."""

    partner = forms.ModelChoiceField(
        Partner.objects.order_by("name_key"),
        label=_("Try a change to a partner’s profile"),
        required=False,
        to_field_name="public_id",
        empty_label=_("No change"),
    )


class DraftProfileForm(PlainForm):
    """A profile as it might become, of what its partner admins keep themselves; it starts as it is."""

    countries = _several(_("Countries"), COUNTRIES)
    own_languages = _several(_("Languages"), LANGUAGES)
    capacity = NumberField(label=_("Maximum open referrals"), min_value=0, max_value=10_000, required=False)

    @classmethod
    def of(cls, profile: Profile, data: Any = None) -> "DraftProfileForm":
        several = {"own_languages": list(profile.languages), "countries": list(profile.countries)}
        return cls(data, initial=several | {"capacity": profile.capacity})

    def change(self, profile: Profile) -> Profile:
        said = self.cleaned_data
        capacity = profile.capacity if said["capacity"] is None else said["capacity"]
        changes: dict[str, Any] = {"countries": tuple(said["countries"]), "languages": tuple(said["own_languages"])}
        return replace(profile, **changes, capacity=capacity)


class AnyDraftProfileForm(DraftProfileForm):
    """The same for the team, with what the program decides: endorsements, and whether the partner takes offers."""

    endorsed = _several(_("Endorsed for"), ())
    is_paused = forms.BooleanField(label=_("Paused"), required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["endorsed"].choices = [  # type: ignore[attr-defined]
            (code, workload.name) for code, workload in edition.workloads.items()
        ]

    @classmethod
    def of_any(cls, profile: Profile, now: dt.datetime, edition: Edition, data: Any) -> "AnyDraftProfileForm":
        several = {"own_languages": list(profile.languages), "countries": list(profile.countries)}
        endorsed = {"endorsed": list(profile.endorsements), "is_paused": is_paused(profile, now)}
        return cls(data, edition=edition, initial=several | endorsed | {"capacity": profile.capacity})

    def several(self) -> list[forms.BoundField]:
        """Fields of many choices, which the page folds."""
        return [self["endorsed"], self["countries"], self["own_languages"]]

    def change(self, profile: Profile) -> Profile:
        said = self.cleaned_data
        paused_until = FOR_GOOD if said["is_paused"] else ""
        endorsed = tuple(sorted(said["endorsed"]))
        return replace(super().change(profile), endorsements=endorsed, paused_until=paused_until)
