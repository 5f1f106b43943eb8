"""The team's insights: charts of server data with the tables they are drawn from, and a file of each."""

import csv
import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from benefits.resources import neutralise
from referrals.forms import PlainForm
from referrals.lists.names import current_edition
from referrals.services.insights import INSIGHTS, Insight, Span

from .guards import SignedInRequest, team_page

RANGES = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("a year")))
USUAL_DAYS = 30
EARLIEST_YEAR = 2000
LONGEST_DAYS = 1100


class SpanForm(PlainForm):
    """The last so many days, or two days of one's own."""

    days = forms.TypedChoiceField(
        label=_("The last"), choices=[*RANGES, ("", _("Days of my own"))], coerce=int, empty_value=None, required=False
    )
    first = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if data.get("days") or self.errors:
            return data
        if not (first and last):
            self.add_error("first", gettext("Choose both the first and the last day, or a range."))
        elif first.year < EARLIEST_YEAR or last > timezone.localdate():
            said = gettext("Choose days from %(year)d on, up to today.")
            self.add_error("last", said % {"year": EARLIEST_YEAR})
        elif not dt.timedelta(0) <= last - first <= dt.timedelta(days=LONGEST_DAYS):
            said = gettext("The last day is not before the first, and at most %(days)d days after it.")
            self.add_error("last", said % {"days": LONGEST_DAYS})
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
        with override("en"):  # a file reads the same for whoever fetched it
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
