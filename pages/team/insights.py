"""The team's insights: charts of server data with the tables they are drawn from, and a file of each."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from pages.fields import PlainForm
from pages.files import csv_file
from pages.guards import SignedInRequest, team_page
from referrals.lists.names import current_edition
from referrals.models import ScheduledReport
from referrals.models.scheduled_report import Rhythm
from referrals.reviewing.insights import INSIGHTS, Insight, Span
from referrals.reviewing.insights.measures import find_measures
from referrals.reviewing.reports import schedule_report

RANGES = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year")))
USUAL_DAYS = 30
ASKED = {"days", "first", "last"}
EARLIEST_YEAR = 2000
LONGEST_DAYS = 1100
MOST_BEHIND = 200  # referrals of one bar that are listed


class SpanForm(PlainForm):
    """The last so many days, or two days of one's own: days that were typed count, whatever range is chosen beside."""

    days = forms.TypedChoiceField(
        label=_("Period"), choices=[*RANGES, ("", _("Custom range"))], coerce=int, empty_value=None, required=False
    )
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    # what stood there when the page was asked
    was_first = forms.DateField(label=_("From"), required=False, widget=forms.HiddenInput)
    was_last = forms.DateField(label=_("To"), required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors or not self._has_own_days(data):
            return data
        first, last = data.get("first"), data.get("last")
        data["days"] = None
        if not (first and last):
            said = gettext("Enter both dates, or select a period.")
            self.add_error("last" if first else "first", said)
        elif first.year < EARLIEST_YEAR or last > timezone.localdate():
            said = gettext("Enter dates from %(year)d up to today.")
            self.add_error("last", said % {"year": EARLIEST_YEAR})
        elif not dt.timedelta(0) <= last - first <= dt.timedelta(days=LONGEST_DAYS):
            said = gettext("The end date must be within %(days)d days after the start date.")
            self.add_error("last", said % {"days": LONGEST_DAYS})
        return data

    def _has_own_days(self, data: dict[str, Any]) -> bool:
        """Whether days were typed; those that stood there already give way to a range that was chosen since."""
        own = (data.get("first"), data.get("last"))
        stood = (data.get("was_first"), data.get("was_last"))
        return not data.get("days") or (any(own) and own != stood)

    def span(self) -> Span:
        now, days = timezone.now(), self.cleaned_data["days"]
        if days:
            return Span(now - dt.timedelta(days=days), now)
        first, last = (_midnight(self.cleaned_data[name]) for name in ("first", "last"))
        return Span(first, last + dt.timedelta(days=1))

    def asked(self) -> dict[str, str]:
        """The query that asks for the same days again, whichever of them won."""
        names = ("days",) if self.cleaned_data["days"] else ("first", "last")
        return {name: str(self.cleaned_data[name]) for name in names}

    def as_shown(self) -> "SpanForm":
        """The form for the next question: days of one's own stand there only while they count."""
        asked = self.asked()
        return SpanForm(asked | {f"was_{name}": day for name, day in asked.items() if name != "days"})


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@team_page
@require_safe
def insights_page(request: SignedInRequest) -> HttpResponse:
    form = SpanForm(request.GET if ASKED & request.GET.keys() else {"days": USUAL_DAYS})
    wanted = request.GET.get("csv", "")
    if not form.is_valid():
        return render(request, "team/insights.html", {"form": form, "insights": []}, status=422)
    span = form.span()
    names = {code: workload.name for code, workload in current_edition().workloads.items()}
    if wanted in INSIGHTS:
        with override("en"):  # a file reads the same for whoever fetched it
            insight = INSIGHTS[wanted](span, names)
            lines = ([str(cell) for cell in row] for row in (insight.heads, *insight.rows))
            return csv_file(f"{insight.key}.csv", lines)
    own = ScheduledReport.objects.filter(person=request.user, view=None)
    context = {
        "form": form.as_shown(),
        "measures": find_measures(span),
        "rhythms": Rhythm.choices,
        "rhythm": own.values_list("rhythm", flat=True).first(),
        "insights": [find(span, names) for find in INSIGHTS.values()],
        "span": span,
        "address": urlencode(form.asked()),
    }
    return render(request, "team/insights.html", context)


@team_page
@require_POST
def insights_by_email(request: SignedInRequest) -> HttpResponse:
    """Email the figures every Monday or on the first of the month, or no more."""
    rhythm = request.POST.get("rhythm", "")
    if rhythm and rhythm not in Rhythm.values:
        raise Http404
    schedule_report(request.user, None, rhythm, timezone.now())
    messages.success(request, gettext("Insights will be emailed to you.") if rhythm else gettext("Emails stopped."))
    return redirect("pages:insights")


@team_page
@require_safe
def insight_rows(request: SignedInRequest, key: str, place: int) -> HttpResponse:
    """The referrals behind one bar, the newest first."""
    form = SpanForm(request.GET if ASKED & request.GET.keys() else {"days": USUAL_DAYS})
    if key not in INSIGHTS or not form.is_valid():
        raise Http404
    names = {code: workload.name for code, workload in current_edition().workloads.items()}
    insight = INSIGHTS[key](form.span(), names)
    place = _find_bar(insight, place, request.GET.get("label", ""))
    rows = insight.behind(place).select_related("customer").order_by("-pk")
    context = {
        "insight": insight,
        "label": insight.rows[place][0],
        "rows": rows[:MOST_BEHIND],
        "number": rows.count(),
        "most": MOST_BEHIND,
        "back": f"{reverse('pages:insights')}?{urlencode(form.asked())}",
        "span": form.span(),
    }
    return render(request, "team/insight_rows.html", context)


def _find_bar(insight: Insight, place: int, label: str) -> int:
    """The row of a bar, found again by its label where figures have moved since; 404 for what is suppressed."""
    found = [row for words, _value, row in insight.bars if label in ("", words)]
    if place in found:
        return place
    if not (label and found):
        raise Http404
    return found[0]
