"""The team's report on how offers are shared, pool by pool: a chart, and the same figures as a table."""

import datetime as dt

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.folding import fold
from benefits.data.places import COUNTRY_NAMES
from benefits.services.editions import edition_in_force
from pages.fields import PlainForm
from pages.guards import SignedInRequest, team_page
from partners.choices import ReferralType
from referrals.models import Escalation
from referrals.routing.fairness import Pool, measure_fairness

RANGES = ((30, _("30 days")), (90, _("90 days")), (365, _("1 year")))
DEFAULTS = {"type": ReferralType.BENEFIT.value, "days": "90", "workload": "", "country": ""}


class PoolForm(PlainForm):
    """Which pool, over which days."""

    type = forms.ChoiceField(label=_("Type"), choices=ReferralType.choices)
    days = forms.TypedChoiceField(label=_("Period"), choices=RANGES, coerce=int)
    workload = forms.ChoiceField(label=_("Workload"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, *args: object, workloads: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        countries = COUNTRY_NAMES.items()
        self.fields["workload"].choices = [("", gettext("Any workload")), *workloads]  # type: ignore[attr-defined]
        self.fields["country"].choices = [("", gettext("Any country")), *countries]  # type: ignore[attr-defined]


@team_page
@require_safe
def fairness_page(request: SignedInRequest) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    workloads = sorted(((row.code, row.name) for row in edition.workloads.values()), key=lambda row: fold(row[1]))
    form = PoolForm(DEFAULTS | request.GET.dict(), workloads=workloads)
    rows, reported = [], list[tuple[str, int]]()
    if form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        pool = Pool(ReferralType(data["type"]), data["workload"], data["country"])
        since = now - dt.timedelta(days=data["days"])
        rows, reported = measure_fairness(pool, since=since, until=now), Escalation.objects.count_wrong_filters(since)
    context = {
        "form": form,
        "rows": rows,
        "wrong_filters": reported,
        "total": sum(row.offers for row in rows),
        "most": max((max(row.share, row.even) for row in rows), default=0),
        "now": timezone.now(),
    }
    return render(request, "team/fairness.html", context, status=200 if form.is_valid() else 422)
