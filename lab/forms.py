"""A written world as it is typed or read from a file."""

import dataclasses
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lab.chance.worlds import Written

MOST_DAYS, MOST_PARTNERS, MOST_REFERRALS = 366, 2_000, 200_000


def _number(label: Any, least: int, most: int, first: int | None = None, help_text: Any = "") -> forms.IntegerField:
    field = forms.IntegerField(label=label, min_value=least, max_value=most, required=first is None, initial=first)
    field.help_text = help_text
    return field


def _decimal(label: Any, least: float, most: float, first: float | None = None) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=least, max_value=most, required=first is None, initial=first)


class WorldForm(forms.Form):
    """What is left empty is as its initial value says."""

    days = _number(_("Days"), 1, MOST_DAYS)
    partners = _number(_("Partners"), 1, MOST_PARTNERS)
    places = _number(_("Capacity of all partners"), 1, 1_000_000)
    referrals_a_day = _decimal(_("Referrals a day"), 0, 5_000)
    backlog = _number(_("Referrals due at the start"), 0, 50_000, 0, _("As after an outage or an import."))
    benefit = _decimal(_("Benefit referrals, %"), 0, 100, 70)
    declined = _decimal(_("Declined offers, %"), 0, 100, 20)
    lapsed = _decimal(_("Expired offers, %"), 0, 100, 3)
    days_to_answer = _decimal(_("Business days to answer"), 0.01, 7, 1.5)
    days_of_delivery = _decimal(_("Days of delivery"), 0.01, 366, 45)
    joining = _number(_("Partners that join"), 0, MOST_PARTNERS, 0)
    joining_on = _number(_("Day on which they join"), 0, MOST_DAYS, 0)
    paused = _number(_("Partners that pause"), 0, MOST_PARTNERS, 0)
    paused_on = _number(_("Day on which they pause"), 0, MOST_DAYS, 0)
    paused_for = _number(_("Days of the pause"), 1, MOST_DAYS, 14)
    leaving = _number(_("Partners that leave"), 0, MOST_PARTNERS, 0)
    leaving_on = _number(_("Day on which they leave"), 0, MOST_DAYS, 0)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for name, value in found.items():
            if value is None:
                found[name] = self.fields[name].initial
        if not self.errors:
            self._check(found)
        return found

    def _check(self, found: dict[str, Any]) -> None:
        if found["partners"] > found["places"]:
            self.add_error("places", gettext("Enter at least one place per partner."))
        if found["declined"] + found["lapsed"] > 100:
            self.add_error("lapsed", gettext("Declined and expired offers can’t be more than 100%."))
        expected = found["backlog"] + found["days"] * found["referrals_a_day"]
        if not expected:
            self.add_error("referrals_a_day", gettext("Enter referrals a day, referrals due at the start, or both."))
        if expected > MOST_REFERRALS:
            most = {"most": f"{MOST_REFERRALS:,}"}
            self.add_error("referrals_a_day", gettext("Enter fewer: up to %(most)s referrals are simulated.") % most)
        if found["joining"] + found["paused"] + found["leaving"] > found["partners"]:
            self.add_error("partners", gettext("More partners join, pause or leave than there are."))

    def written(self) -> Written:
        """The world of a valid form."""
        return Written(**{field.name: self.cleaned_data[field.name] for field in dataclasses.fields(Written)})
