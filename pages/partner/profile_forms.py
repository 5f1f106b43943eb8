"""A partner's profile as its partner admins change it: a form for each part of it."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import check_time_zone
from benefits.choices import Industry, SizeBand
from benefits.data.places import COUNTRIES, COUNTRY_NAMES, LANGUAGE_NAMES, LANGUAGES
from pages.fields import PlainForm, long_text
from partners.choices import Correction, Role
from partners.models import Confirmed, Partner
from partners.services.profiles import CAPACITY, HOURS, LEFT, PAUSE, REACH, WITHDRAWN, shown_profile

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_CLOSURE = 60
CLOCK = re.compile(r"^(\d\d:\d\d):00$")
FURTHEST_CLOSURE = 540
ONLY_THE_PROGRAMME = (Correction.FLAGS, Correction.ENDORSEMENTS, Correction.NAME)


def several(
    label: "StrOrPromise", choices: Any, help_text: "StrOrPromise" = "", *, required: bool = False
) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=help_text, required=required, widget=widget
    )


class PartForm(PlainForm):
    """A part of a profile. ``was`` is that part as it was shown, so that no change of another is overwritten."""

    names: tuple[str, ...] = ()
    was = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    @classmethod
    def of(cls, partner: Partner) -> "PartForm":
        initial = {name: getattr(partner, name) for name in cls.names}
        was = cls.written(shown_profile(partner, cls.names))
        return cls(initial=initial | {"was": was}, prefix=cls.__name__.lower())

    @staticmethod
    def written(shown: dict[str, Any]) -> str:
        return json.dumps(shown)

    def clean_was(self) -> dict[str, Any]:
        try:
            was = json.loads(self.cleaned_data["was"])
        except (ValueError, RecursionError):
            was = None
        if not isinstance(was, dict):
            raise ValidationError(gettext("This page is damaged: open it again."))
        return was

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}


class ReachForm(PartForm):
    names = REACH
    countries = several(_("Countries"), COUNTRIES, required=True)
    languages = several(_("Languages"), LANGUAGES, required=True)
    industries = several(_("Industries"), Industry.choices, _("None chosen: any."))
    sizes = several(_("Customer sizes"), SizeBand.choices, _("None chosen: any."))


class HoursForm(PartForm):
    names = HOURS
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, validators=[check_time_zone], help_text=_("Such as Europe/London.")
    )
    calendar_country = forms.ChoiceField(
        label=_("Public holidays of"), choices=[("", _("No country")), *COUNTRIES], required=False
    )
    opens_at = forms.TimeField(label=_("Opens at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes_at = forms.TimeField(label=_("Closes at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"), choices=list(WEEKDAYS.items()), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("opens_at") and data.get("closes_at") and data["opens_at"] >= data["closes_at"]:
            self.add_error("closes_at", gettext("Closing must be after opening, on the same day."))
        return data


NO_LIMIT = _("Empty: as many as there is room for.")


class CapacityForm(PartForm):
    names = CAPACITY
    capacity = forms.IntegerField(
        label=_("Most referrals at a time"),
        min_value=0,
        max_value=10_000,
        help_text=_(
            "Offers, due diligence and deliveries count; fee-based work does not. What you hold already stays."
        ),
    )
    capacity_benefit = forms.IntegerField(
        label=_("Of these, Benefit referrals at most"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=NO_LIMIT,
    )
    capacity_standard = forms.IntegerField(
        label=_("Of these, Standard referrals at most"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=NO_LIMIT,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("capacity_benefit", "capacity_standard"):
            if data.get("capacity") is not None and (data.get(name) or 0) > data["capacity"]:
                self.add_error(
                    name, gettext("At most the %(capacity)s that you take in all.") % {"capacity": data["capacity"]}
                )
        return data


class PauseForm(PartForm):
    names = PAUSE
    until = forms.DateField(label=_("No new offers until"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_until(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["until"], dt.time(8)))


class ClosureForm(PlainForm):
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last:
            if last < first or last < timezone.localdate():
                self.add_error("ends_on", gettext("The last day is not before the first, nor in the past."))
            elif (last - first).days >= LONGEST_CLOSURE:
                self.add_error(
                    "ends_on",
                    gettext("At most %(longest_closure)s days at a time; for longer, ask the team.")
                    % {"longest_closure": LONGEST_CLOSURE},
                )
            elif (first - timezone.localdate()).days > FURTHEST_CLOSURE:
                self.add_error("starts_on", gettext("That is more than a year and a half away."))
        return data


class ContactForm(PlainForm):
    email = forms.EmailField(
        label=_("Offers go to"),
        max_length=254,
        help_text=_("A mail asks whoever reads it to confirm; until then nothing changes."),
    )


class InviteForm(PlainForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.TRIAGER)


class AskProgrammeForm(PlainForm):
    about = forms.ChoiceField(
        label=_("What is to change"), choices=[(one.value, one.label) for one in ONLY_THE_PROGRAMME]
    )
    text = long_text(_("What it should say, and why"), rows=3)


OTHER_LABELS = {
    "paused_until": _("Paused until"),
    "closure": _("Days on which you do not work"),
    "contact_email": _("Offers go to"),
}  # any other name is a person's or an address, and stays as it is
SAID = {
    LEFT: _("left"),
    WITHDRAWN[Confirmed.MEMBER]: _("invitation withdrawn"),
    WITHDRAWN[Confirmed.CONTACT]: _("new address withdrawn"),
}


def in_words(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Fields of a profile with their values as people read them."""
    fields = ReachForm.base_fields | HoursForm.base_fields | CapacityForm.base_fields
    labels = {name: str(field.label) for name, field in fields.items() if field.label} | OTHER_LABELS
    return [(str(labels.get(name, name)), _say(value)) for name, value in shown.items()]


def _say(value: Any) -> str:
    known = COUNTRY_NAMES | LANGUAGE_NAMES | SAID
    if value is None:  # of what a profile holds, only a capacity by type may be none
        return str(_("no limit of their own"))
    if isinstance(value, list):
        return ", ".join(str(WEEKDAYS[one]) if isinstance(one, int) else _say(one) for one in value) or str(_("any"))
    return str(known.get(value, CLOCK.sub(r"\1", str(value))))
