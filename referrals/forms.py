"""Forms of the workflow. Each lists exactly what may be posted; errors stand beside their field."""

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import SubscriptionState
from benefits.domain.catalogue import Edition
from benefits.domain.json_input import MAX_BYTES
from benefits.domain.situation import Subscription
from partners.choices import Correction, ReferralType
from partners.models import Organisation
from referrals.choices import Channel, CloseOutcome, State
from referrals.domain.policies import TOO_LITTLE_SUBSTANCE, has_substance
from referrals.models import Referral

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_TEXT = 4000
LARGEST_SEATS = 10_000_000
MOST_PLAN_ROWS = 120
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def refuse_line_breaks(value: str) -> None:
    if "\r" in value or "\n" in value:
        raise ValidationError(gettext("Write this on one line."))


def refuse_control_characters(value: str) -> None:
    if CONTROL.search(value):
        raise ValidationError(gettext("This holds control characters; remove them."))


def check_substance(value: str) -> None:
    if not has_substance(value):
        raise ValidationError(TOO_LITTLE_SUBSTANCE)


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

    reason = long_text(_("Reason"), _("Kept in the history."), rows=3)


class SignOffForm(ReasonForm):
    """Why an edition may decide golden scenarios otherwise."""


class NoteForm(PlainForm):
    note = long_text(_("Note"), rows=3)


class AddressForm(PlainForm):
    """Where a mail that nobody took is to go."""

    to = forms.EmailField(label=_("Address"))


class OwnRequestsForm(PlainForm):
    """The address that somebody has sent requests from."""

    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)


class ReviewForm(PlainForm):
    """What the team does with a decline, with the words that some of it needs."""

    note = long_text(
        _("Note"),
        _("To coach or to overturn: the partner reads it. Otherwise it is kept here."),
        required=False,
        rows=3,
    )
    about = forms.ChoiceField(
        label=_("Profile: what is wrong"), choices=[("", _("Nothing")), *Correction.choices], required=False
    )
    duplicate_of = forms.CharField(label=_("Reference of the referral that it repeats"), max_length=20, required=False)

    def clean_duplicate_of(self) -> str:
        return str(self.cleaned_data["duplicate_of"]).strip().upper()


class HoldForm(ReasonForm):
    until = forms.DateField(label=_("Take up again on"), widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ["until", "reason"]

    def clean_until(self) -> dt.datetime:
        day = self.cleaned_data["until"]
        instant = timezone.make_aware(dt.datetime.combine(day, dt.time(8)))
        if instant <= timezone.now():
            raise ValidationError(gettext("Choose a day in the future."))
        return instant


class ResumeForm(ReasonForm):
    to = forms.ChoiceField(label=_("Take it up"), widget=forms.RadioSelect)

    field_order = ["to", "reason"]

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = {
            State.AWAITING_PARTNER: gettext("Route it to a partner"),
            State.SCREENING: gettext("Screen it again"),
        }
        choices = [(state.value, label) for state, label in options.items()]
        if back and back not in options:
            choices.insert(0, (back, gettext("Back to “%(state)s”") % {"state": State(back).label}))
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class ExcludeForm(ReasonForm):
    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("Organisation"))

    field_order = ["organisation", "reason"]


class TeamCloseForm(ReasonForm):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", _("Choose an outcome")), *CloseOutcome.choices])

    field_order = ["outcome", "reason"]


class RetypeForm(ReasonForm):
    to = forms.ChoiceField(label=_("Type"), choices=ReferralType.choices, widget=forms.RadioSelect)

    field_order = ["to", "reason"]


class WorkloadsForm(ReasonForm):
    """Choose workloads: to cover, or to split off."""

    workloads = forms.MultipleChoiceField(label=_("Workloads"), widget=forms.CheckboxSelectMultiple)

    field_order = ["workloads", "reason"]

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workloads"].choices = choices  # type: ignore[attr-defined]


class PartnerCloseForm(PlainForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            (outcome.value, outcome.label)
            for outcome in (CloseOutcome.DELIVERED, CloseOutcome.FEE_WORK_AGREED, CloseOutcome.NO_FEE_WORK)
        ],
    )
    note = long_text(_("Note for the record"), required=False, rows=3)


class AttemptForm(PlainForm):
    """One attempt to reach the customer."""

    tried_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class DuplicateForm(ReasonForm):
    """Close a referral as a duplicate of another."""

    duplicate_of = forms.CharField(label=_("Reference of the other referral"), max_length=20)

    field_order = ["duplicate_of", "reason"]

    def clean_duplicate_of(self) -> str:
        reference = str(self.cleaned_data["duplicate_of"]).strip().upper()
        if not Referral.objects.filter(public_id=reference).exists():
            raise ValidationError(gettext("There is no referral with this reference."))
        return reference


class ReportForm(PlainForm):
    text = long_text(_("What is wrong?"), _("Say what the source says, and where you saw it."), rows=4)


class ExportForm(PlainForm):
    export = forms.FileField(
        label=_("Export of the tenant"),
        help_text=_("Microsoft Graph: subscribedSkus (JSON), or a usage report (CSV). At most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json,.csv,text/csv"}),
    )

    def clean_export(self) -> Any:
        upload = self.cleaned_data["export"]
        if upload.size > MAX_BYTES:
            sizes = {"size": f"{upload.size:,}", "most": f"{MAX_BYTES:,}"}
            raise ValidationError(gettext("The file has %(size)s bytes; at most %(most)s are read.") % sizes)
        return upload


def seats_field() -> forms.IntegerField:
    return forms.IntegerField(label=_("Paid seats"), min_value=0, max_value=LARGEST_SEATS, required=False)


class PlanRowsForm(PlainForm):
    """Some rows of plan and paid seats; seats left empty are not known."""

    rows = 3

    def __init__(self, *args: Any, edition: Edition, rows: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = sum(name.startswith("plan_") for name in self.data)
        self.rows = min(max(self.rows, rows, posted), MOST_PLAN_ROWS)
        families = {family.code: family.name for family in edition.families}
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in families.values()}
        for plan in sorted(edition.plans.values(), key=lambda plan: plan.name):
            groups[families[plan.family]].append((plan.code, plan.name))
        choices = [("", gettext("Choose a plan")), *groups.items()]
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
                self.add_error(f"plan_{number}", gettext("Choose the plan these seats belong to."))
        return data

    def held(self, tenant: str) -> list[Subscription]:
        """The rows as subscriptions of one tenant."""
        state = SubscriptionState.ENABLED.value
        return [Subscription(plan, tenant, state, paid_seats=seats) for plan, seats in self.cleaned_data["plans"]]

    def plan_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"plan_{number}"], self[f"seats_{number}"]) for number in range(1, self.rows + 1)]


class SubscriptionsForm(PlanRowsForm):
    """A tenant's subscriptions, typed. ``seen`` is the newest record that the page showed."""

    rows = 8
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class AnswerForm(PlanRowsForm):
    """The requester's answer: which plans, how many seats."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data["plans"] and not self.errors:
            self.add_error("plan_1", gettext("Choose at least one plan."))
        return data
