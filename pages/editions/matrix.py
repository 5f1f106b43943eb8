"""Which plan brings which workload, as one table of an edition; in a draft every cell is changed where it stands."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from benefits.choices import Area, PlanKind
from benefits.models import Entitlement, Plan, ProductFamily, ServiceDescription, Workload
from benefits.services.amending import AmendmentRefused, Period, set_entitlement, write_periods
from pages.editions.forms import CellForm
from pages.guards import SignedInRequest, publisher_page

Key = tuple[str, str]  # codes of a plan and of a workload


@dataclass(frozen=True, slots=True)
class Cell:
    """What a plan brings of a workload: nothing, always, or on its days; a limited version is a note beside it."""

    plan: Plan
    periods: tuple[Period, ...]
    is_limited: bool
    is_changed: bool

    @property
    def words(self) -> list[str]:
        return [_in_words(period) for period in self.periods]


@dataclass(frozen=True, slots=True)
class Row:
    workload: Workload
    cells: Sequence[Cell]


def _in_words(period: Period) -> str:
    """A period as a cell has room for it; empty where it has no end on either side."""
    first, last = (day and date_format(day, "SHORT_DATE_FORMAT") for day in (period.first_day, period.last_day))
    if first and last:
        return f"{first} – {last}"
    if first:
        return _("from %(day)s") % {"day": first}
    return _("until %(day)s") % {"day": last} if last else ""


@publisher_page
@require_safe
def matrix(request: SignedInRequest, pk: int) -> HttpResponse:
    """The plans of a family beside all workloads. Seven queries, whatever their number."""
    row = get_object_or_404(ServiceDescription.objects.select_related("copied_from"), pk=pk)
    families = list(ProductFamily.objects.filter(edition=row, plans__isnull=False).distinct())
    wanted = request.GET.get("family", "")
    family = next((one for one in families if one.code == wanted), families[0] if families else None)
    plans = list(Plan.objects.filter(edition=row, family=family)) if family else []
    plans.sort(key=lambda plan: plan.kind != PlanKind.SUITE)  # by name, suites first
    context = {
        "row": row,
        "families": families,
        "family": family,
        "plans": plans,
        "areas": list(_rows_of(row, plans)),
    }
    return render(request, "editions/matrix.html", context)


def _rows_of(row: ServiceDescription, plans: Sequence[Plan]) -> Iterable[tuple[object, list[Row]]]:
    """Area → its workloads, each with a cell per plan."""
    full, limited = _periods(row, plans)
    before = _periods(row.copied_from, plans)[0] if row.is_draft and row.copied_from else full
    groups: dict[str, list[Row]] = defaultdict(list)
    for workload in Workload.objects.filter(edition=row).order_by("id"):
        keys = [(plan, (plan.code, workload.code)) for plan in plans]
        cells = [Cell(plan, full[key], key in limited, full[key] != before[key]) for plan, key in keys]
        groups[workload.areas[0]].append(Row(workload, cells))
    return [(Area(area).label, rows) for area, rows in groups.items()]


def _periods(edition: ServiceDescription, plans: Sequence[Plan]) -> tuple[Mapping[Key, tuple[Period, ...]], set[Key]]:
    """Of each plan and workload the days on which it is brought whole, and which come in a limited version."""
    full: dict[Key, tuple[Period, ...]] = defaultdict(tuple)
    limited: set[Key] = set()
    rows = Entitlement.objects.filter(plan__edition=edition, plan__code__in=[plan.code for plan in plans])
    words = ("plan__code", "workload__code", "is_limited", "effective_from", "effective_to")
    for plan, workload, is_limited, first, last in rows.order_by("effective_from", "id").values_list(*words):
        if is_limited:
            limited.add((plan, workload))
        else:
            full[plan, workload] += (Period(first, last),)
    return full, limited


@publisher_page
@require_http_methods(["GET", "HEAD", "POST"])
def matrix_cell(request: SignedInRequest, pk: int, plan: str, workload: str) -> HttpResponse:
    """One cell of a draft: whether the plan brings the workload, and on which days."""
    row = get_object_or_404(ServiceDescription.objects.drafts(), pk=pk)
    in_plan = get_object_or_404(Plan.objects.select_related("family"), edition=row, code=plan)
    brought = get_object_or_404(Workload, edition=row, code=workload)
    periods = _periods(row, [in_plan])[0].get((plan, workload), ())
    form = CellForm(request.POST or None, initial=_initial(periods))
    back = f"{reverse('pages:matrix', args=[row.pk])}?family={in_plan.family.code}#{workload}"
    if form.is_valid():
        try:
            set_entitlement(in_plan, brought, form.period(), was=form.cleaned_data["was"], by=request.user)
        except AmendmentRefused as refused:
            form = form.over(_initial(periods))
            form.add_error(None, str(refused))
        else:
            words = {"plan": in_plan, "workload": brought}
            messages.success(request, _("Saved: %(workload)s in %(plan)s.") % words)
            return redirect(back)
    context: dict[str, Any] = {"row": row, "plan": in_plan, "workload": brought, "form": form, "back": back}
    context |= {"periods": [_in_words(period) for period in periods]}
    return render(request, "editions/matrix_cell.html", context, status=422 if form.errors else 200)


def _initial(periods: Sequence[Period]) -> dict[str, str | dt.date | None]:
    was = write_periods(periods)
    if not periods:
        return {"brings": CellForm.NO, "was": was}
    return {"brings": CellForm.YES, "first_day": periods[0].first_day, "last_day": periods[0].last_day, "was": was}
