"""Forms of a draft: its governance, and a cell of its matrix."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.services.amending import Period
from pages.fields import PlainForm, ReasonForm

if TYPE_CHECKING:
    from django.http import QueryDict


class SignOffForm(ReasonForm):
    """Why an edition may decide golden scenarios otherwise."""


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class CellForm(PlainForm):
    """Whether a plan brings a workload, always or on its days; ``was`` is what the page showed."""

    YES, NO = "yes", "no"
    optional = ("first_day", "last_day")

    brings = forms.ChoiceField(label=_("Included"), choices=[(YES, _("Yes")), (NO, _("No"))], widget=forms.RadioSelect)
    first_day = _day(_("Effective from"))
    last_day = _day(_("Effective to"))
    was = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", gettext("The last day must not be before the first day."))
        return data

    def period(self) -> Period | None:
        said = self.cleaned_data
        return Period(said["first_day"], said["last_day"]) if said["brings"] == self.YES else None

    def over(self, stands: Mapping[str, Any]) -> "CellForm":
        """What was typed, to be saved again over what stands now."""
        typed = cast("QueryDict", self.data).copy()
        typed["was"] = stands["was"]
        return CellForm(typed, initial=stands)
