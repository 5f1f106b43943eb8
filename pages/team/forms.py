"""Forms of what the team does with a referral and with a decline."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.fields import PlainForm, ReasonForm, long_text
from partners.choices import Correction, ReferralType
from partners.models import Organisation
from referrals.choices import CloseOutcome, State
from referrals.models import Referral


class AddressForm(PlainForm):
    """Where a mail that nobody took is to go."""

    to = forms.EmailField(label=_("Address"))


class ReviewForm(PlainForm):
    """What the team does with a decline, with the words that some of it needs."""

    note = long_text(
        _("Note"),
        _("Sent to the partner if you message or overturn; otherwise internal."),
        required=False,
        rows=3,
    )
    about = forms.ChoiceField(
        label=_("Profile: what’s wrong"), choices=[("", _("Nothing")), *Correction.choices], required=False
    )
    duplicate_of = forms.CharField(label=_("Original referral (REF-…)"), max_length=20, required=False)

    def clean_duplicate_of(self) -> str:
        return str(self.cleaned_data["duplicate_of"]).strip().upper()


class HoldForm(ReasonForm):
    until = forms.DateField(label=_("Resume on"), widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ["until", "reason"]

    def clean_until(self) -> dt.datetime:
        day = self.cleaned_data["until"]
        instant = timezone.make_aware(dt.datetime.combine(day, dt.time(8)))
        if instant <= timezone.now():
            raise ValidationError(gettext("Enter a date in the future."))
        return instant


class ResumeForm(ReasonForm):
    to = forms.ChoiceField(label=_("Resume"), widget=forms.RadioSelect)

    field_order = ["to", "reason"]

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = {
            State.AWAITING_PARTNER: gettext("Route to a partner"),
            State.SCREENING: gettext("Re-screen"),
        }
        choices = [(state.value, label) for state, label in options.items()]
        if back and back not in options:
            choices.insert(0, (back, gettext("Back to “%(state)s”") % {"state": State(back).label}))
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class ExcludeForm(ReasonForm):
    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("Organization"))

    field_order = ["organisation", "reason"]


class TeamCloseForm(ReasonForm):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", _("Select an outcome")), *CloseOutcome.choices])

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


class DuplicateForm(ReasonForm):
    """Close a referral as a duplicate of another."""

    duplicate_of = forms.CharField(label=_("Original referral (REF-…)"), max_length=20)

    field_order = ["duplicate_of", "reason"]

    def clean_duplicate_of(self) -> str:
        reference = str(self.cleaned_data["duplicate_of"]).strip().upper()
        if not Referral.objects.filter(public_id=reference).exists():
            raise ValidationError(gettext("No referral has this number."))
        return reference


class AlikeForm(PlainForm):
    """With what note some declines that read alike are acknowledged."""

    note = long_text(_("Note"), _("Recorded with each."), required=False, rows=2)
    optional = ("note",)
