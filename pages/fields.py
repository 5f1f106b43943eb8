"""What forms share: plain forms, long texts, keys, reasons and rows of plans; errors stand beside their field."""

import re
import uuid
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold
from benefits.choices import SubscriptionState
from benefits.domain.catalogue import Edition
from benefits.domain.numbers import read_whole_number
from benefits.domain.situation import Subscription
from referrals.domain.policies import TOO_LITTLE_SUBSTANCE, has_substance

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_TEXT = 4000
LARGEST_SEATS = 10_000_000
MOST_PLAN_ROWS = 120
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
    """A form whose tags and buttons stand in the template."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
    """Some rows of plan and paid seats; seats left empty are not known."""

    rows = 3

    def __init__(self, *args: Any, edition: Edition, rows: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = sum(name.startswith("plan_") for name in self.data)
        self.rows = min(max(self.rows, rows, posted), MOST_PLAN_ROWS)
        families = {family.code: family.name for family in edition.families}
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in families.values()}
        for plan in sorted(edition.plans.values(), key=lambda plan: fold(plan.name)):
            groups[families[plan.family]].append((plan.code, plan.name))
        choices = [("", gettext("Select a plan")), *groups.items()]
        for number in range(1, self.rows + 1):
            label = gettext("Plan %(number)s") % {"number": number}
            self.fields[f"plan_{number}"] = forms.ChoiceField(label=label, choices=choices, required=False)
            self.fields[f"seats_{number}"] = seats_field()

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
