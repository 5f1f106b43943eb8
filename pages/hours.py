"""Forms of working hours, a partner's and the team's: what the country's calendar has is offered, and asked about."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import check_time_zone
from benefits.data.places import COUNTRIES, COUNTRY_NAMES
from pages.fields import PlainForm
from partners.models import Hours, TeamCalendar
from partners.services.holiday_calendars import HALF_DAY, KINDS, kinds_of, regions_of, weekend_of
from partners.services.profiles import HOURS, shown_profile

if TYPE_CHECKING:
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

LONGEST_CLOSURE = 60
FURTHEST_CLOSURE = 540
DAYS = list(WEEKDAYS.items())
CLOCK = re.compile(r"^(\d\d:\d\d):00$")


def several(
    label: "StrOrPromise", choices: Any, help_text: "StrOrPromise" = "", *, required: bool = False
) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=help_text, required=required, widget=widget
    )


def weekdays(label: "StrOrPromise", *, required: bool = True) -> forms.TypedMultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.TypedMultipleChoiceField(label=label, choices=DAYS, coerce=int, widget=widget, required=required)


def time_of_day(label: "StrOrPromise", help_text: "StrOrPromise" = "", *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, help_text=help_text, widget=widget, required=required)


def say_value(value: Any, known: Mapping[Any, Any] = MappingProxyType({})) -> str:
    """A value of a profile as people read it; ``known``: codes with their words, and what an empty one means."""
    known = {**COUNTRY_NAMES, **KINDS, None: _("none"), **known}
    if isinstance(value, list):
        said = (str(WEEKDAYS[one]) if isinstance(one, int) else say_value(one, known) for one in value)
        return ", ".join(said) or str(known.get((), _("any")))
    return str(known.get(value, CLOCK.sub(r"\1", str(value))))


def days_in_weekend(hours: Hours) -> str:
    """Names of the working days that are the country's weekend; empty where they agree."""
    return name_days(set(hours.working_days) & (weekend_of(hours.calendar_country) or frozenset()))


def hours_in_words(hours: Hours) -> list[tuple[str, str]]:
    """Working hours as people read them; nothing of what the country's calendar does not have."""
    shown = shown_profile(hours, HOURS)
    empty = {"": _("none"), (): _("none")}
    regions = {"": _("national holidays only"), **dict(regions_of(hours.calendar_country))}
    left_out = {
        "calendar_region": len(regions) == 1,
        "calendar_kinds": len(kinds_of(hours.calendar_country)) < 2,
        "half_day_closes_at": hours.half_day_closes_at is None,
    }
    labels = {name: str(HoursForm.base_fields[name].label) for name in HOURS}
    return [
        (labels[name], say_value(value, regions if name == "calendar_region" else empty))
        for name, value in shown.items()
        if not left_out.get(name)
    ]


def name_days(days: "frozenset[int] | set[int]") -> str:
    return get_text_list([str(WEEKDAYS[day]) for day in sorted(days)], gettext("and"))


class PartForm(PlainForm):
    """A part of a profile. ``was`` is that part as it was shown, so that no change of another is overwritten."""

    names: tuple[str, ...] = ()
    was = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    @classmethod
    def of(cls, kept: Hours) -> "PartForm":
        initial = {name: getattr(kept, name) for name in cls.names} | cls.proposed(kept)
        was = cls.written(shown_profile(kept, cls.names))
        return cls(initial=initial | {"was": was}, prefix=cls.__name__.lower())

    @classmethod
    def proposed(cls, kept: Hours) -> dict[str, Any]:
        """What is offered instead of what is kept, for a person to confirm."""
        return {}

    @staticmethod
    def written(shown: dict[str, Any]) -> str:
        return json.dumps(shown)

    def clean_was(self) -> dict[str, Any]:
        try:
            was = json.loads(self.cleaned_data["was"])
        except (ValueError, RecursionError):
            was = None
        if not isinstance(was, dict):
            raise ValidationError(gettext("This page is out of date. Reload it."))
        return was

    def over(self, stands: dict[str, Any]) -> "PartForm":
        """What was typed, to be sent again over what stands now."""
        typed = cast("QueryDict", self.data).copy()
        typed[f"{self.prefix}-was"] = self.written(stands)
        again = type(self)(typed, prefix=self.prefix)
        again.is_valid()
        return again

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}


class HoursForm(PartForm):
    """Another country brings other questions: its regions and kinds of holidays, and whether the days fit its weekend.

    They are asked when the form first comes with that country; ``asked`` says for which one they were.
    """

    names = HOURS
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, validators=[check_time_zone], help_text=_("For example, Europe/London.")
    )
    calendar_country = forms.ChoiceField(
        label=_("Public holidays of"), choices=[("", _("No country")), *COUNTRIES], required=False
    )
    calendar_region = forms.ChoiceField(label=_("Region"), required=False)
    calendar_kinds = several(_("Holidays that count"), [])
    opens_at = time_of_day(_("Opens at"))
    closes_at = time_of_day(_("Closes at"))
    working_days = weekdays(_("Working days"))
    days_are_meant = forms.BooleanField(label=_("These are our working days"), required=False)
    half_days = weekdays(_("Half days"), required=False)
    half_day_closes_at = time_of_day(
        _("Half days close at"),
        _("Also applies to half-day holidays and closures. Leave empty if you have no half days."),
        required=False,
    )
    asked = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_proposed = False
        if self.is_bound:
            self.country = self.data.get(self.add_prefix("calendar_country")) or ""
            self.is_news = self.data.get(self.add_prefix("asked"), "") != self.country
        else:
            self.country, self.is_news = self.initial.get("calendar_country") or "", False
            self.initial = {**self.initial, "asked": self.country}
        if self.is_news:
            self._ask_anew()
        self._offer()

    @classmethod
    def proposed(cls, kept: Hours) -> dict[str, Any]:
        """The country's week, where nobody has chosen any days yet."""
        weekend = weekend_of(kept.calendar_country)
        is_new = isinstance(kept, TeamCalendar) and kept.changed_at is None
        return {"working_days": sorted(set(range(7)) - weekend)} if is_new and weekend else {}

    @property
    def weekend(self) -> frozenset[int]:
        return weekend_of(self.country) or frozenset()

    def _ask_anew(self) -> None:
        """Answers that were given for another country are none for this one; its week is proposed instead of theirs."""
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("asked")] = self.country
        for name in ("calendar_region", "days_are_meant"):
            data.pop(self.add_prefix(name), None)
        data.setlist(self.add_prefix("calendar_kinds"), ["public"])
        days = self._days_given()
        if self._contradicting(days) and sorted(days) == self._before("working_days"):
            week = sorted(set(range(7)) - self.weekend)
            data.setlist(self.add_prefix("working_days"), [str(day) for day in week])
            self.is_proposed = True
        self.data = data

    def _before(self, name: str) -> Any:
        """A value as the page showed it."""
        try:
            return json.loads(self.data.get(self.add_prefix("was")) or "")[name]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _offer(self) -> None:
        """Only what the country's calendar has is shown."""
        regions, kinds = regions_of(self.country), kinds_of(self.country)
        region, offered = self.fields["calendar_region"], self.fields["calendar_kinds"]
        region.choices = [("", gettext("National holidays only")), *regions]  # type: ignore[attr-defined]
        offered.choices = [(kind, KINDS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        for field, is_shown in ((region, regions), (offered, len(kinds) > 1)):
            if not is_shown:
                field.widget = field.hidden_widget() if field is offered else forms.HiddenInput()
        if not kinds:
            offered.choices = [("public", KINDS["public"])]  # type: ignore[attr-defined]
        if not self._contradicting(self._days_given()):
            self.fields["days_are_meant"].widget = forms.HiddenInput()

    def _days_given(self) -> set[int]:
        posted = cast("QueryDict", self.data)
        given = posted.getlist(self.add_prefix("working_days")) if self.is_bound else self.initial["working_days"]
        return {int(day) for day in given if str(day) in set("0123456")}

    def _contradicting(self, days: set[int]) -> set[int]:
        """Working days that are the country's weekend."""
        return days & self.weekend

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["calendar_kinds"] = data.get("calendar_kinds") or ["public"]
        self._check_times(data)
        if self.is_news and self.fields["calendar_region"].choices[1:]:  # type: ignore[attr-defined]
            self.add_error("calendar_region", gettext("Select your region, then save again."))
        self._check_days(data)
        return data

    def _check_times(self, data: dict[str, Any]) -> None:
        opens, closes, half = (data.get(name) for name in ("opens_at", "closes_at", "half_day_closes_at"))
        if opens and closes and opens >= closes:
            self.add_error("closes_at", gettext("Closing must be after opening, on the same day."))
        elif half and opens and closes and not opens < half <= closes:
            self.add_error("half_day_closes_at", gettext("Half days close between opening and closing."))
        needs_half = data.get("half_days") or HALF_DAY in data["calendar_kinds"]
        if needs_half and not half and "half_day_closes_at" not in self.errors:
            self.add_error("half_day_closes_at", gettext("Enter when half days close."))

    def _check_days(self, data: dict[str, Any]) -> None:
        days = set(data.get("working_days") or ())
        if not set(data.get("half_days") or ()) <= days:
            self.add_error("half_days", gettext("Half days must also be working days."))
        words = {"country": COUNTRY_NAMES.get(self.country, self.country), "weekend": name_days(self.weekend)}
        before = self._before("working_days") if self._before("calendar_country") == self.country else None
        if self.is_proposed:
            said = gettext(
                "In %(country)s the weekend is %(weekend)s, so we suggest these days. Check them and save again."
            )
            self.add_error("working_days", said % words)
        elif self._contradicting(days) and not data.get("days_are_meant") and (self.is_news or sorted(days) != before):
            said = gettext("In %(country)s the weekend is %(weekend)s. Change your days, or confirm them below.")
            self.add_error("working_days", said % words)


class ClosureForm(PlainForm):
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=120, required=False)
    is_half = forms.BooleanField(label=_("Half days only"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last:
            if last < first or last < timezone.localdate():
                self.add_error("ends_on", gettext("The last day can’t be before the first day or in the past."))
            elif (last - first).days >= LONGEST_CLOSURE:
                self.add_error(
                    "ends_on",
                    gettext("Up to %(longest_closure)s days at a time. For longer closures, contact the team.")
                    % {"longest_closure": LONGEST_CLOSURE},
                )
            elif (first - timezone.localdate()).days > FURTHEST_CLOSURE:
                self.add_error("starts_on", gettext("Enter a date within the next 18 months."))
        return data
