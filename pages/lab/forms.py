"""What is compared in the lab, and on what."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lab.choices import WhatIf
from lab.forms import WorldForm
from lab.policies import PROPOSED, find_alternatives, vary_policy
from lab.starting import MOST_SEEDS, MOST_VARIANTS, Variant
from pages.fields import PlainForm
from partners.domain.policy import Policy
from partners.domain.receipts import profiles_data
from partners.models import Partner
from partners.services.snapshots import load_desk, read_version

USUAL_SEEDS, LONGEST_DAYS = 8, 366


class ComparisonForm(PlainForm):
    """The current policy always takes part."""

    policies = forms.MultipleChoiceField(
        label=_("Compare the current policy with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    partner = forms.CharField(required=False, widget=forms.HiddenInput)
    what = forms.ChoiceField(label=_("Change"), required=False, choices=WhatIf.choices)
    seeds = forms.IntegerField(
        label=_("Repetitions"),
        min_value=1,
        max_value=MOST_SEEDS,
        initial=USUAL_SEEDS,
        help_text=_("Each simulates partner responses anew. Ranges need at least 5."),
    )

    def __init__(
        self,
        *args: Any,
        now: dt.datetime,
        about: Partner | None = None,
        proposed: Policy | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.about = now, about
        self.alternatives = find_alternatives(now, proposed)
        if proposed:
            self.initial["policies"] = [PROPOSED]
        choices = [(key, label) for key, (label, _policy) in self.alternatives.items()]
        self.fields["policies"].choices = choices  # type: ignore[attr-defined]
        if about is None:
            del self.fields["what"]
        else:
            self.fields["what"].required = True

    def clean_policies(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["policies"]
        most = MOST_VARIANTS - 1 - (self.about is not None)
        if len(chosen) > most:
            raise ValidationError(gettext("Select up to %(most)s.") % {"most": most})
        return chosen

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and self.about is None and not data.get("policies"):
            self.add_error("policies", gettext("Select at least one."))
        return data

    def variants(self) -> list[Variant]:
        """Of a valid form: the current policy, what is chosen, and the current one with the change to a partner."""
        current = vary_policy({}, self.now)
        name = gettext("Policy %(version)s (current)") % {"version": current.version}
        found = [Variant(name, current)]
        found += [Variant(*self.alternatives[key]) for key in self.cleaned_data["policies"]]
        if self.about is not None:
            what = WhatIf(self.cleaned_data["what"])
            board = load_desk(self.now, read_version()).board
            [profile] = profiles_data([board.profile(self.about.pk)])
            label = gettext("%(partner)s %(change)s") % {"partner": self.about.name, "change": what.label}
            found.append(Variant(label, current, {"what": what.value, "profile": profile}))
        return found


class PeriodForm(ComparisonForm):
    """A replay of the days from the first to the last, both included."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ("first", "last", "what", "policies", "seeds")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last:
            if last > timezone.localdate():
                self.add_error("last", gettext("Enter today or an earlier date."))
            elif not dt.timedelta() <= last - first < dt.timedelta(days=LONGEST_DAYS):
                said = gettext("Enter a date within %(days)s days of the start.") % {"days": LONGEST_DAYS}
                self.add_error("last", said)
        return data

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """From the beginning of the first day until the end of the last."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"] + dt.timedelta(days=1)
        since, until = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (first, last))
        return since, until


class SimulationForm(WorldForm, ComparisonForm):
    """A written world. What is left empty is as its initial value says."""

    def world_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in WorldForm.base_fields]
