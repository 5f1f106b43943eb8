"""The service description to read: families, plans, workloads, what is in and out of scope."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.folding import fold
from benefits.choices import Area, PlanAudience
from benefits.domain.catalogue import Edition, Grant, Plan, Workload
from benefits.domain.products import fold_part_number
from benefits.domain.scope import list_scope
from benefits.services.editions import edition_in_force

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a search hit, and where: the name, a former name, or a SKU."""

    plans: list[tuple[Plan, str]]
    workloads: list[tuple[Workload, str]]


@login_not_required
@require_safe
def service_description(request: HttpRequest) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    context = {
        "edition": edition,
        "wanted": wanted,
        "found": search_edition(edition, wanted) if wanted else None,
        "families": [
            (family, [plan for plan in edition.plans.values() if plan.family == family.code])
            for family in edition.families
        ],
        "areas": [
            (area.label, [workload for workload in edition.workloads.values() if workload.area == area])
            for area in Area
        ],
        "thresholds": [(row, edition.source_text(row.sources)) for row in edition.thresholds],
        "general": list_scope(edition, "", timezone.localdate()),
        "today": timezone.localdate(),
    }
    return render(request, "editions/service_description.html", context)


def search_edition(edition: Edition, wanted: str) -> Found:
    """Plans and workloads by code, name, former name, SKU part number or SKU id."""
    folded = fold(wanted) or wanted
    plans = [(plan, where) for plan in edition.plans.values() if (where := _plan_hit(plan, folded))]
    workloads = [(row, where) for row in edition.workloads.values() if (where := _workload_hit(row, folded))]
    return Found(plans, workloads)


def _plan_hit(plan: Plan, folded: str) -> str:
    if folded in fold(plan.name) or folded == plan.code.casefold():
        return _("name")
    alias = next((alias for alias in plan.aliases if folded in fold(alias)), "")
    if alias:
        return _("former name %(name)s") % {"name": alias}
    for sku in plan.skus:
        if fold_part_number(folded) in fold_part_number(sku.part_number) or folded in fold(sku.product_name):
            return _("SKU %(number)s") % {"number": sku.part_number}
        if folded == sku.sku_id.lower():
            return _("SKU ID %(id)s") % {"id": sku.sku_id}
    return ""


def _workload_hit(workload: Workload, folded: str) -> str:
    if folded in fold(workload.name) or folded == workload.code.casefold():
        return _("name")
    alias = next((alias for alias in workload.aliases if folded in fold(alias)), "")
    return _("former name %(name)s") % {"name": alias} if alias else ""


@login_not_required
@require_safe
def plan_page(request: HttpRequest, code: str) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    plan = edition.plans.get(code)
    if plan is None:
        raise Http404
    context = {
        "edition": edition,
        "plan": plan,
        "audience": PlanAudience(plan.audience).label,
        "family": next(family for family in edition.families if family.code == plan.family),
        "granted": _granted(plan, edition, is_limited=False),
        "limited": _granted(plan, edition, is_limited=True),
        "sources": [edition.sources.get(key, key) for key in plan.sources],
        "today": timezone.localdate(),
    }
    return render(request, "editions/plan.html", context)


def _granted(plan: Plan, edition: Edition, *, is_limited: bool) -> list[tuple[Workload, Grant]]:
    rows = (grant for grant in plan.grants if grant.is_limited == is_limited)
    return [(edition.workloads[grant.workload], grant) for grant in rows]


@login_not_required
@require_safe
def workload_page(request: HttpRequest, code: str) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    workload = edition.workloads.get(code)
    if workload is None:
        raise Http404
    today = timezone.localdate()
    context = {
        "edition": edition,
        "workload": workload,
        "areas": [Area(area).label for area in workload.areas],
        "plans": [plan for plan in edition.plans.values() if code in plan.workloads],
        "scope": list_scope(edition, code, today),
        "replacement": edition.workloads.get(workload.replaced_by),
        "sources": [edition.sources.get(key, key) for key in workload.sources],
        "is_active": workload.is_active(today),
        "today": today,
    }
    return render(request, "editions/workload.html", context)
