"""Recording facts on a referral page: statuses and plans. Partners on their offer, the team on the referral."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.sealing import seal
from benefits.choices import Area, Status
from benefits.domain.sight import Sight
from benefits.models import Enablement, Tenant
from benefits.services.customers import FactChanged, FactRefused, Recorded
from benefits.services.editions import edition_in_force
from pages import undoing
from pages.desk.desk import FACT, Desk, find_desk, find_tenant, read_seen
from pages.desk.forms import SubscriptionsForm
from pages.desk.offer import show_offer
from pages.desk.referral import show_referral
from pages.desk.workspace import load_workspace
from pages.fields import ADD_PLAN, CONTROL
from pages.guards import SignedInRequest, find_offer, find_referral
from referrals.diligence import facts
from referrals.diligence.restoring import restore_statuses
from referrals.models import Referral

SPARE_ROWS = 3


@require_POST
def record_statuses(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Record one row (htmx), the whole grid, or a whole area with one status and evidence note."""
    desk = find_desk(request, public_id)
    tenant = find_tenant(request, desk)
    recorded = _read_rows(request)
    problem, changed, conflicts = "", 0, frozenset[str]()
    now = timezone.now()
    try:
        recorded |= _read_area(request) if "set_area" in request.POST else {}
        changed = facts.record_statuses(
            desk.referral.pk, tenant, recorded, by=desk.by, now=now, offer=desk.offer, seen=_seen(request)
        )
    except FactRefused as error:
        problem = str(error)
        conflicts = error.codes if isinstance(error, FactChanged) else conflicts
    if not request.headers.get("HX-Request"):
        if problem:
            again = " " + _("Save again to overwrite.") if conflicts else ""
            return _typed_page(request, desk, tenant, problem + again, recorded)
        done = _("%(number)d changes saved.") % {"number": changed}
        messages.success(request, done if changed else _("No changes."))
        area = request.POST.get("set_area", "")
        if area and changed:
            _offer_undo(request, desk, tenant, now)
        where = f"&area={area}" if area in Area.values else ""
        return redirect(f"{desk.url}?tenant={tenant.domain}{where}#workloads")
    shown_before = {code: request.POST.get(f"seen:{code}", "") for code in recorded}
    asked = request.POST.get("asked", "")
    context: dict[str, Any] = {"problem": problem, "conflicts": conflicts, "shown_before": shown_before}
    context["shown"] = [code for code in recorded if code != asked or "in_grid" in request.POST]
    context |= {"answered": "" if problem else asked, "statuses": Status.choices}
    return _panel(request, desk, tenant, context)


def _offer_undo(request: SignedInRequest, desk: Desk, tenant: Tenant, now: dt.datetime) -> None:
    """One press has set a whole area: it can be undone like an answer."""
    saved = Enablement.objects.filter(tenant=tenant, recorded_by=request.user, recorded_at=now).first()
    if saved is not None:
        undoing.remember(request, undoing.STATUSES, saved.pk, desk.public_id)


@require_POST
def undo_statuses(request: SignedInRequest, public_id: str, saved: int) -> HttpResponse:
    """Put the statuses of before back in the place of what was set for a whole area."""
    desk = find_desk(request, public_id)
    try:
        restore_statuses(desk.referral.pk, saved, by=desk.by, now=timezone.now(), offer=desk.offer)
    except FactRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Undone. The previous statuses are back."))
    undoing.forget(request, undoing.STATUSES, saved)
    return redirect(f"{desk.url}#workloads")


def _typed_page(
    request: SignedInRequest, desk: Desk, tenant: Tenant, problem: str, recorded: dict[str, Recorded]
) -> HttpResponse:
    """The whole page again, with what was typed in the place of what is recorded."""
    words: dict[str, Any] = {"tenant_domain": tenant.domain, "typed": recorded, "problem": problem, "status": 422}
    if desk.offer is not None:
        return show_offer(request, find_offer(request, desk.public_id), **words)
    return show_referral(request, find_referral(desk.public_id), **words)


def _read_rows(request: SignedInRequest) -> dict[str, Recorded]:
    prefix = "status:"
    codes = [name.removeprefix(prefix) for name in request.POST if name.startswith(prefix)]
    rows = {
        code: Recorded(
            request.POST[f"{prefix}{code}"], _note(request, f"evidence:{code}"), _note(request, f"part:{code}")
        )
        for code in codes
    }
    return {code: row for code, row in rows.items() if not _is_untouched(request, code, row)}


def _seen(request: SignedInRequest) -> dict[str, str]:
    """Workload → the record that the page showed of it."""
    prefix = "seen:"
    posted = request.POST.dict().items()
    return {name.removeprefix(prefix): read_seen(value) for name, value in posted if name.startswith(prefix)}


def _is_untouched(request: SignedInRequest, code: str, row: Recorded) -> bool:
    """Is it as the page showed it? Saving the grid leaves such rows alone: others may have changed them since."""
    return request.POST.get(f"was:{code}") == "|".join((row.status, row.part, row.evidence))


def _read_area(request: SignedInRequest) -> dict[str, Recorded]:
    area = request.POST["set_area"]
    status = request.POST.get(f"area-status:{area}", "")
    if not status:
        raise FactRefused(_("Select a status to apply to all."))
    evidence, part = _note(request, f"area-evidence:{area}"), _note(request, f"area-part:{area}")
    return {code: Recorded(status, evidence, part) for code in request.POST.getlist(f"in-area:{area}")}


def _note(request: SignedInRequest, name: str) -> str:
    return CONTROL.sub(" ", request.POST.get(name, "")).strip()


def _panel(request: SignedInRequest, desk: Desk, tenant: Tenant, context: dict[str, Any]) -> HttpResponse:
    """The determination, and what else on the page shows the recorded rows.

    A row that somebody else has changed keeps the record that was shown before: it is saved only by its own button.
    """
    referral = Referral.objects.select_related("customer", "determination").get(pk=desk.referral.pk)
    workspace = load_workspace(referral, offer=desk.offer, tenant_domain=tenant.domain, today=timezone.localdate())
    context |= {"workspace": workspace, "referral": referral, "offer": desk.offer}
    context |= {"facts_url": desk.public_id, "may_record": True, "desk": desk}
    return render(request, "desk/_recorded_panel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_plans(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Type a tenant's plans and seats; they replace what was recorded before."""
    desk = find_desk(request, public_id)
    tenants = list(desk.referral.customer.tenants.all())
    wanted = request.POST.get("tenant") or request.GET.get("tenant", "")
    tenant = next((tenant for tenant in tenants if tenant.domain == wanted), tenants[0] if tenants else None)
    if tenant is None:
        raise Http404
    _edition_id, edition = edition_in_force(timezone.localdate())
    if request.method != "POST":
        current = _current_plans(tenant, desk.sight) | {"seen": _newest_plans(tenant, desk.sight)}
        form = SubscriptionsForm(edition=edition, initial=current, rows=len(current) // 2 + SPARE_ROWS)
        return facts_page(request, desk, tenant, _("Enter subscriptions"), form, "record-plans", status=200)
    if ADD_PLAN in request.POST:
        more = SubscriptionsForm(initial=request.POST.dict(), edition=edition, adds_row=True)
        return facts_page(request, desk, tenant, _("Enter subscriptions"), more, "record-plans", status=200)
    form = SubscriptionsForm(request.POST, edition=edition)
    if not form.is_valid():
        return facts_page(request, desk, tenant, _("Enter subscriptions"), form, "record-plans")
    held = form.held(tenant.domain)
    seen = read_seen(request.POST["seen"]) if "seen" in request.POST else None
    words: dict[str, Any] = {"by": desk.by, "now": timezone.now(), "offer": desk.offer}
    try:
        facts.record_plans(desk.referral.pk, tenant, held, seen=seen, **words)
    except FactChanged as changed:
        typed = request.POST.copy()
        typed["seen"] = _newest_plans(tenant, desk.sight)
        again = SubscriptionsForm(typed, edition=edition)
        again.add_error(None, str(changed))
        return facts_page(request, desk, tenant, _("Enter subscriptions"), again, "record-plans", status=409)
    messages.success(request, _("Subscriptions saved."))
    return redirect(f"{desk.url}?tenant={tenant.domain}#customer")


def _newest_plans(tenant: Tenant, sight: Sight) -> str:
    """The newest record of the plans that the side knows, as a form carries it."""
    newest = facts.newest_plans(tenant, sight)
    return seal(FACT, int(newest)) if newest else ""


def _current_plans(tenant: Tenant, sight: Sight) -> dict[str, object]:
    """Plans and seats as the form has them: several SKUs of a plan are one row."""
    held: dict[str, int | None] = {}
    for row in tenant.subscriptions.known_to(sight).typed():
        known = held.setdefault(row.plan_code, 0)
        held[row.plan_code] = None if known is None or row.paid_seats is None else known + row.paid_seats
    initial: dict[str, object] = {}
    for number, (plan, seats) in enumerate(held.items(), 1):
        initial |= {f"plan_{number}": plan, f"seats_{number}": seats}
    return initial


def facts_page(
    request: SignedInRequest, desk: Desk, tenant: Tenant, title: str, form: object, url_name: str, *, status: int = 422
) -> HttpResponse:
    """A form about one tenant's facts."""
    action = reverse(f"pages:{url_name}", args=[desk.public_id])
    words = {"title": title, "form": form, "action": action, "submit": title}
    context = words | {"desk": desk, "tenant": tenant, "back_url": desk.url}
    return render(request, "desk/facts_form.html", context, status=status)
