"""What forms share: plain forms, long texts, keys, reasons and rows of plans; errors stand beside their field."""

import re
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold
from benefits.choices import Audience, PlanAudience, SubscriptionState
from benefits.domain.catalogue import Edition
from benefits.domain.numbers import read_whole_number
from benefits.domain.situation import Subscription
from referrals.domain.policies import TOO_LITTLE_SUBSTANCE, has_substance

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_TEXT = 4000
LARGEST_SEATS = 10_000_000
MOST_PLAN_ROWS = 120
ADD_PLAN = "add_plan"  # the button that asks for one more row
PLANS_IN_CLOUD = {cloud: {cloud} for cloud in Audience.values} | {
    Audience.EDUCATION.value: {PlanAudience.EDUCATION.value, PlanAudience.COMMERCIAL.value},
    Audience.COMMERCIAL.value: {PlanAudience.COMMERCIAL.value, PlanAudience.DEDICATED.value},
    Audience.GCC_HIGH.value: {PlanAudience.GCC_HIGH.value, PlanAudience.DEDICATED.value},
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def refuse_line_breaks(value: str) -> None:
    if "\r" in value or "\n" in value:
        raise ValidationError(gettext("Remove line breaks."))


def refuse_control_characters(value: str) -> None:
    if CONTROL.search(value):
        raise ValidationError(gettext("Remove control characters."))


def check_substance(value: str) -> None:
    if not has_substance(value):
        raise ValidationError(TOO_LITTLE_SUBSTANCE)


class NumberField(forms.IntegerField):
    """A whole number as people write it, with separators and any digits; a fraction is refused, not cut."""

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return read_whole_number(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class PlainForm(forms.Form):
    """A form whose tags and buttons stand in the template. Of ``optional`` fields the label says so."""

    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.optional:
            self.fields[name].label = gettext("%(label)s (optional)") % {"label": self.fields[name].label}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.include_media = False
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
                field.validators.append(refuse_control_characters)
                if not isinstance(field.widget, forms.Textarea):
                    field.validators.append(refuse_line_breaks)


def long_text(
    label: "StrOrPromise", help_text: "StrOrPromise" = "", *, required: bool = True, rows: int = 4
) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=LONGEST_TEXT, widget=widget)


class FormKeyField(forms.UUIDField):
    """Hidden key that makes a form posted twice have one effect."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, initial=uuid.uuid4)


class ReasonForm(PlainForm):
    """An act of the team that needs nothing but its reason."""

    reason = long_text(_("Reason"), _("Recorded in the history."), rows=3)


class NoteForm(PlainForm):
    note = long_text(_("Note"), rows=3)


def seats_field() -> forms.IntegerField:
    return NumberField(label=_("Paid seats"), min_value=0, max_value=LARGEST_SEATS, required=False)


class PlanRowsForm(PlainForm):
    """Some rows of plan and paid seats; seats left empty are not known. Of a known ``cloud`` only its plans.

    ``ADD_PLAN`` posted asks for what was typed as ``initial``, unchecked, and a blank row (``adds_row``).
    """

    rows = 3

    def __init__(
        self, *args: Any, edition: Edition, rows: int = 0, adds_row: bool = False, cloud: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = max(self.rows, rows, count_plan_rows(self.data), count_plan_rows(self.initial)) + adds_row
        self.rows = min(asked, MOST_PLAN_ROWS)
        given = {**self.initial, **self.data.dict()} if hasattr(self.data, "dict") else {**self.initial, **self.data}
        choices = _plan_choices(edition, cloud, {value for name, value in given.items() if name.startswith("plan_")})
        for number in range(1, self.rows + 1):
            label = gettext("Plan %(number)s") % {"number": number}
            self.fields[f"plan_{number}"] = forms.ChoiceField(label=label, choices=choices, required=False)
            self.fields[f"seats_{number}"] = seats_field()
        if adds_row:
            self.fields[f"plan_{self.rows}"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["plans"] = []
        for number in range(1, self.rows + 1):
            plan, seats = data.pop(f"plan_{number}", ""), data.pop(f"seats_{number}", None)
            if plan:
                data["plans"].append([plan, seats])
            elif seats is not None:
                self.add_error(f"plan_{number}", gettext("Select the plan for these seats."))
        return data

    def held(self, tenant: str) -> list[Subscription]:
        """The rows as subscriptions of one tenant."""
        state = SubscriptionState.ENABLED.value
        return [Subscription(plan, tenant, state, paid_seats=seats) for plan, seats in self.cleaned_data["plans"]]

    def plan_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"plan_{number}"], self[f"seats_{number}"]) for number in range(1, self.rows + 1)]

    @property
    def may_have_more_rows(self) -> bool:
        return self.rows < MOST_PLAN_ROWS


def count_plan_rows(data: Mapping[str, Any]) -> int:
    return sum(name.startswith("plan_") for name in data)


def say_seats(typed: Any) -> str:
    """Paid seats as typed or kept, in words."""
    if typed in (None, ""):
        return gettext("seats unknown")
    count = int(typed) if str(typed).isdecimal() else 2
    return ngettext("%(number)s paid seat", "%(number)s paid seats", count) % {"number": typed}


def _plan_choices(edition: Edition, cloud: str, given: set[Any]) -> list[tuple[str, Any]]:
    """The plans by family: those of a cloud, and whatever is selected already."""
    families = {family.code: family.name for family in edition.families}
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in families.values()}
    fitting = PLANS_IN_CLOUD.get(cloud, set(PlanAudience.values))
    for plan in sorted(edition.plans.values(), key=lambda plan: fold(plan.name)):
        if plan.audience in fitting or plan.code in given:
            groups[families[plan.family]].append((plan.code, plan.name))
    return [("", gettext("Select a plan")), *((name, plans) for name, plans in groups.items() if plans)]
