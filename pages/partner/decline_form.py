"""What a partner says when it declines."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.fields import NumberField, PlainForm, check_substance, long_text
from partners.choices import Correction
from referrals.answering.responding import Availability, Decline, Proposal
from referrals.models import DeclineReason, Offer, Referral

CORRECT_FIRST = _("Enter the date when your availability returns.")


class DeclineForm(PlainForm):
    """Reason, notes for the team, hand-over for the next partner, and an availability corrected on the way."""

    reason = forms.ModelChoiceField(
        DeclineReason.objects.filter(is_retired=False),
        label=_("Reason"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    notes = long_text(
        _("Notes for the referral processing team"),
        _("What did you try? When did you contact the customer? Only the team sees this."),
    )
    notes.widget.attrs["data-counts"] = _("of at least 20 characters")
    handover = long_text(
        _("Handover note for the next partner"),
        _("Optional. What should the next partner know? You won’t be named."),
        required=False,
        rows=3,
    )
    pause_until = forms.DateField(
        label=_("Reduced availability until"),
        help_text=_("You’ll get fewer offers until this date."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    lowered_capacity = NumberField(
        label=_("Maximum open referrals until then"),
        help_text=_("Leave blank to pause all offers."),
        required=False,
        min_value=0,
        max_value=10_000,
    )
    correct = forms.ChoiceField(
        label=_("What’s wrong in our profile"), choices=[("", _("Nothing")), *Correction.choices], required=False
    )
    correct_to = long_text(_("What it should say"), _("Program admins decide."), required=False, rows=2)
    duplicate_of = forms.CharField(
        label=_("Duplicate of"),
        help_text=_("Its number, for example REF-7K3M-9QXA, if you know it."),
        required=False,
        max_length=20,
    )

    def __init__(self, *args: Any, offer: Offer, duties: Collection[int] = (), **kwargs: Any) -> None:
        """``duties``: reasons for which the partner has to deliver, unless it corrects its availability."""
        super().__init__(*args, **kwargs)
        self.offer, self.duties = offer, duties

    def clean_duplicate_of(self) -> Referral | None:
        """A referral this partner has or had; of others it learns nothing, not even that they exist."""
        reference = self.cleaned_data["duplicate_of"].strip().upper()
        if not reference:
            return None
        own = Referral.objects.filter(offers__partner=self.offer.partner_id).exclude(pk=self.offer.referral_id)
        found = own.filter(public_id=reference).first()
        if found is None:
            raise ValidationError(gettext("You have no other referral with this reference."))
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors and self._owes_delivery(data):
            self.add_error("pause_until", CORRECT_FIRST)  # said together with the rest; alone, the service decides
        if (
            data.get("lowered_capacity") is not None
            and not data.get("pause_until")
            and "pause_until" not in self.errors
        ):
            self.add_error("pause_until", gettext("Enter the date until which the lower number applies."))
        if bool(data.get("correct")) != bool(data.get("correct_to")):
            missing = "correct_to" if data.get("correct") else "correct"
            self.add_error(missing, gettext("Enter both what’s wrong and what it should say."))
        return data

    def _owes_delivery(self, data: dict[str, Any]) -> bool:
        reason, is_corrected = data.get("reason"), data.get("pause_until") or "pause_until" in self.errors
        return bool(reason and reason.pk in self.duties and not is_corrected and "ask_release" not in self.data)

    def said(self) -> Decline:
        """The checked form as the service takes it."""
        data = self.cleaned_data
        until = data["pause_until"]
        return Decline(
            data["reason"],
            data["notes"],
            data["handover"],
            Availability(until, data["lowered_capacity"]) if until else None,
            Proposal(data["correct"], data["correct_to"]) if data["correct"] else None,
            data["duplicate_of"],
        )

    def clean_notes(self) -> str:
        notes = str(self.cleaned_data["notes"])
        check_substance(notes)
        return notes

    def clean_pause_until(self) -> dt.datetime | None:
        day = self.cleaned_data["pause_until"]
        if day is None:
            return None
        instant = timezone.make_aware(dt.datetime.combine(day, dt.time(8)))
        longest = settings.LONGEST_PAUSE_DAYS
        if not timezone.now() < instant <= timezone.now() + dt.timedelta(days=longest):
            said = gettext("Enter a date from tomorrow, up to %(most)s days away.")
            raise ValidationError(said % {"most": longest})
        return instant
