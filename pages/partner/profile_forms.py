"""A partner's profile as its partner admins change it: a form for each part of it."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import Industry, SizeBand
from benefits.data.places import COUNTRIES, LANGUAGE_NAMES, LANGUAGES
from pages.fields import NumberField, PlainForm, long_text
from pages.hours import HoursForm, PartForm, say_value, several
from partners.choices import Correction, Role
from partners.models import Confirmed
from partners.services.people import LEFT, SIGN_IN_LINK, WITHDRAWN
from partners.services.profiles import CAPACITY, PAUSE, REACH

CLOCK = re.compile(r"^(\d\d:\d\d):00$")
ONLY_THE_PROGRAMME = (Correction.FLAGS, Correction.ENDORSEMENTS, Correction.NAME)


class ReachForm(PartForm):
    names = REACH
    countries = several(_("Countries"), COUNTRIES, required=True)
    languages = several(_("Languages"), LANGUAGES, required=True)
    industries = several(_("Industries"), Industry.choices, _("Leave blank for all."))
    sizes = several(_("Customer sizes"), SizeBand.choices, _("Leave blank for all."))


NO_LIMIT = _("Leave blank for no separate limit.")


class CapacityForm(PartForm):
    names = CAPACITY
    capacity = NumberField(
        label=_("Maximum open referrals"),
        min_value=0,
        max_value=10_000,
        help_text=_(
            "Includes offers, due diligence and deliveries; excludes fee-based work. Current referrals aren’t affected."
        ),
    )
    capacity_benefit = NumberField(
        label=_("Maximum Benefit referrals"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=NO_LIMIT,
    )
    capacity_standard = NumberField(
        label=_("Maximum Standard referrals"),
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
                    name, gettext("Enter up to %(capacity)s, your total maximum.") % {"capacity": data["capacity"]}
                )
        return data


class PauseForm(PartForm):
    names = PAUSE
    until = forms.DateField(label=_("Pause new offers until"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_until(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["until"], dt.time(8)))


class ContactForm(PlainForm):
    email = forms.EmailField(
        label=_("Offers go to"),
        max_length=254,
        help_text=_("We’ll email this address to confirm. Nothing changes until then."),
    )


class InviteForm(PlainForm):
    email = forms.EmailField(label=_("Email address"), max_length=254)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.TRIAGER)


class AskProgrammeForm(PlainForm):
    about = forms.ChoiceField(
        label=_("What should change"), choices=[(one.value, one.label) for one in ONLY_THE_PROGRAMME]
    )
    text = long_text(_("What it should say, and why"), rows=3)


OTHER_LABELS = {
    "paused_until": _("Paused until"),
    "closure": _("Closures and holidays"),
    "contact_email": _("Offers go to"),
}  # any other name is a person's or an address, and stays as it is
NO_LIMIT_SAID = {None: _("no separate limit")}
EMPTY = {"capacity_benefit": NO_LIMIT_SAID, "capacity_standard": NO_LIMIT_SAID}
SAID = {
    LEFT: _("left"),
    SIGN_IN_LINK: _("sign-in link sent"),
    WITHDRAWN[Confirmed.MEMBER]: _("invitation withdrawn"),
    WITHDRAWN[Confirmed.CONTACT]: _("new address withdrawn"),
}


def in_words(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Fields of a profile with their values as people read them."""
    fields = ReachForm.base_fields | HoursForm.base_fields | CapacityForm.base_fields
    labels = {name: str(field.label) for name, field in fields.items() if field.label} | OTHER_LABELS
    return [
        (str(labels.get(name, name)), say_value(value, LANGUAGE_NAMES | SAID | EMPTY.get(name, {})))
        for name, value in shown.items()
    ]
