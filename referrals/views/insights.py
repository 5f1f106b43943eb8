"""The team's insights: charts of server data with the tables they are drawn from, and a file of each."""

import csv
import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.resources import neutralise
from referrals.forms import PlainForm
from referrals.services.insights import INSIGHTS, Insight, Span

from .guards import SignedInRequest, team_page
from .places import current_edition

RANGES = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "a year"))
USUAL_DAYS = 30
EARLIEST_YEAR = 2000
LONGEST_DAYS = 1100


class SpanForm(PlainForm):
    """The last so many days, or two days of one's own."""

    days = forms.TypedChoiceField(
        label="The last", choices=[*RANGES, ("", "Days of my own")], coerce=int, empty_value=None, required=False
    )
    first = forms.DateField(label="First day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="Last day", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if data.get("days") or self.errors:
            return data
        if not (first and last):
            self.add_error("first", "Choose both the first and the last day, or a range.")
        elif first.year < EARLIEST_YEAR or last > timezone.localdate():
            self.add_error("last", f"Choose days from {EARLIEST_YEAR} on, up to today.")
        elif not dt.timedelta(0) <= last - first <= dt.timedelta(days=LONGEST_DAYS):
            self.add_error("last", f"The last day is not before the first, and at most {LONGEST_DAYS} days after it.")
        return data

    def span(self) -> Span:
        now, days = timezone.now(), self.cleaned_data["days"]
        if days:
            return Span(now - dt.timedelta(days=days), now)
        first, last = (_midnight(self.cleaned_data[name]) for name in ("first", "last"))
        return Span(first, last + dt.timedelta(days=1))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@team_page
@require_safe
def insights_page(request: SignedInRequest) -> HttpResponse:
    form = SpanForm(request.GET if "days" in request.GET else {"days": USUAL_DAYS})
    wanted = request.GET.get("csv", "")
    if not form.is_valid():
        return render(request, "referrals/insights.html", {"form": form, "insights": []}, status=422)
    span = form.span()
    names = {code: workload.name for code, workload in current_edition().workloads.items()}
    if wanted in INSIGHTS:
        return _as_csv(INSIGHTS[wanted](span, names))
    address = request.GET.copy()
    address.setdefault("days", str(USUAL_DAYS))
    context = {
        "form": form,
        "insights": [find(span, names) for find in INSIGHTS.values()],
        "span": span,
        "address": address.urlencode(),
    }
    return render(request, "referrals/insights.html", context)


def _as_csv(insight: Insight) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{insight.key}.csv"'
    writer = csv.writer(answer)
    for row in (insight.heads, *insight.rows):
        writer.writerow([neutralise(str(cell)) for cell in row])
    return answer
