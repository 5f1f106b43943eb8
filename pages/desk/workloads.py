"""Due diligence in depth on a referral page: one workload, suggestions, determinations, and errors to report."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from benefits.choices import Area, Status
from benefits.domain.catalogue import Edition
from benefits.domain.scope import list_scope
from benefits.models import Determination, Enablement, UsageFigure
from benefits.services.customers import FactRefused
from benefits.services.editions import edition_in_force, load_edition
from benefits.services.governing import report_error
from benefits.services.suggesting import suggest
from pages.desk.desk import Desk, find_desk
from pages.desk.forms import ReportForm
from pages.desk.workspace import load_workspace
from pages.guards import SignedInRequest
from pages.places import back_to
from referrals.diligence import facts
from referrals.models import Event

LONGEST_SEARCH = 300
SUGGESTED = 6


def _standing_edition(desk: Desk) -> tuple[int, Edition]:
    """The edition whose workloads the page shows: of the standing determination, else the one in force."""
    standing = desk.referral.determination
    if standing is None:
        return edition_in_force(timezone.localdate())
    return standing.edition_id, load_edition(standing.edition_id)


def _describe_seen(desk: Desk, code: str) -> dict[str, str]:
    """What was on the page when somebody reported an error about a workload."""
    standing = desk.referral.determination
    if standing is None:
        return {"referral": desk.referral.public_id}
    finding: dict[str, str] = next((row for row in standing.result["findings"] if row["workload"] == code), {})
    seen = {"referral": desk.referral.public_id, "determination": standing.public_id}
    return seen | {name: finding[name] for name in ("status", "verdict") if name in finding}


@require_safe
def workload_area(request: SignedInRequest, public_id: str, code: str) -> HttpResponse:
    """The rows of one solution area, for htmx when it is opened; the page with that area open for others."""
    desk = find_desk(request, public_id, reads=True)
    wanted = request.GET.get("tenant", "")
    if not request.headers.get("HX-Request"):
        return redirect(f"{desk.url}?{urlencode({'tenant': wanted, 'area': code})}#workloads")
    workspace = load_workspace(desk.referral, offer=desk.offer, tenant_domain=wanted, today=timezone.localdate())
    area = next((row for row in workspace.areas if row.code == code), None)
    if area is None:
        raise Http404
    context = {"workspace": workspace, "area": area, "facts_url": desk.public_id, "desk": desk}
    context |= {"may_record": desk.may_record, "statuses": Status.choices}
    return render(request, "desk/_area.html", context)


@require_safe
def workload_detail(request: SignedInRequest, public_id: str, code: str) -> HttpResponse:
    """One workload: scope with sources, usage, and who recorded what when. A fragment for htmx, else a page."""
    desk = find_desk(request, public_id, reads=True)
    _edition_id, edition = _standing_edition(desk)
    if code not in edition.workloads:
        raise Http404
    tenants = list(desk.referral.customer.tenants.all())
    wanted = request.GET.get("tenant", "")
    tenant = next((row for row in tenants if row.domain == wanted), tenants[0])
    known = Enablement.objects.filter(tenant=tenant, workload_code=code).known_to(desk.horizon)
    history = known.select_related("recorded_by")
    usage = UsageFigure.objects.filter(tenant=tenant, workload_code=code).known_to(desk.horizon)
    context = {
        "workload": edition.workloads[code],
        "scope": list_scope(edition, code, timezone.localdate()),
        "edition": edition,
        "desk": desk,
        "tenant": tenant,
        "history": [(row, desk.sees_all or row.author_party == desk.party) for row in history[:20]],
        "usage": list(usage.select_related("from_export")[:10]),
        "today": timezone.localdate(),
    }
    name = "_workload_detail" if request.headers.get("HX-Request") else "workload_detail"
    return render(request, f"desk/{name}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def suggestions(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the request's own words may mean; a person picks, and what is picked is asked for from then on."""
    desk = find_desk(request, public_id, reads=request.method != "POST")
    if request.method == "POST":
        words: dict[str, Any] = {"by": desk.by, "now": timezone.now(), "offer": desk.offer}
        try:
            added = facts.complete_request(
                desk.referral.pk, request.POST.getlist("workload"), request.POST.getlist("scope_item"), **words
            )
        except FactRefused as error:
            messages.error(request, str(error))
            return redirect("pages:suggestions", public_id)
        done = _("%(number)d added to the request.") % {"number": added}
        messages.success(request, done if added else _("Nothing selected."))
        return back_to(request, desk.url)
    edition_id, edition = edition_in_force(timezone.localdate())
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = suggest(edition_id, text or desk.referral.text, timezone.localdate(), limit=SUGGESTED)
    asked = {*desk.referral.workloads, *desk.referral.services}
    context = {"desk": desk, "q": text, "found": [(row, row.code in asked) for row in found], "edition": edition}
    context["why_not_act"] = desk.why_not_act
    return render(request, "desk/suggestions.html", context)


@require_POST
def determine_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Determine by the edition in force, because somebody asked for it."""
    desk = find_desk(request, public_id)
    before = desk.referral.determination_id
    after = facts.determine_again(desk.referral.pk, by=desk.by, now=timezone.now(), offer=desk.offer)
    is_new = after.pk != before
    said = _("Determination updated.") if is_new else _("Determination updated. No changes.")
    messages.success(request, said)
    return back_to(request, desk.url)


@require_safe
def determination_record(request: SignedInRequest, public_id: str, determination: str) -> HttpResponse:
    """One determination to print or to keep: facts, outcome, reasons, edition, signature line, id and hash."""
    desk = find_desk(request, public_id, reads=True, live=False)
    row = _find_determination(desk, determination)
    groups = groupby(row.result["findings"], lambda finding: finding["area"])
    context = {
        "row": row,
        "decided": row.result,
        "desk": desk,
        "referral": desk.referral,
        "areas": [(str(Area(area).label), list(rows)) for area, rows in groups],
        "status_words": dict(Status.choices),
        "is_day_only": desk.tells_day_only(row),
        "shows_author": desk.sees_all or _is_of_partner(desk, row.decided_by),
    }
    if "download" not in request.GET:
        return render(request, "desk/determination_record.html", context)
    body = render_to_string("desk/determination_file.html", context)
    name = f'attachment; filename="{desk.referral.public_id}-determination.html"'
    return HttpResponse(body, headers={"Content-Disposition": name}, content_type="text/html; charset=utf-8")


def _is_of_partner(desk: Desk, person: User | None) -> bool:
    """Is this a person of the partner that looks? Others are not named to it."""
    partner = desk.offer.partner if desk.offer else None
    return partner is not None and person is not None and partner.memberships.filter(user=person).exists()


def _find_determination(desk: Desk, public_id: str) -> Determination:
    """A determination of this referral that this side was told of, else 404."""
    events = Event.objects.filter(referral=desk.referral)
    told = Q(pk=desk.referral.determination_id) if desk.offer is None or desk.offer.is_live else Q()
    if desk.offer is not None:
        events = events.seen_by_partner(desk.offer.partner)
        told |= Q(pk=desk.offer.determination_id)
    rows = Determination.objects.select_related("edition", "decided_by", "customer")
    found = rows.filter(told | Q(pk__in=events.values("determination")), public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def report_catalogue_error(request: SignedInRequest, public_id: str, code: str) -> HttpResponse:
    """Tell the admins that the service description is wrong about a workload, with what is on the page."""
    desk = find_desk(request, public_id)
    edition_id, edition = _standing_edition(desk)
    if code not in edition.workloads:
        raise Http404
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = _describe_seen(desk, code)
        text = form.cleaned_data["text"]
        report_error(edition_id, code, text, context=seen, by=request.user, now=timezone.now())
        messages.success(request, _("Thank you. Sent to the service description admins."))
        return back_to(request, desk.url)
    title = _("Report an error about %(workload)s") % {"workload": edition.workloads[code].name}
    back = {"back_url": desk.url, "back": desk.referral.public_id, "about": desk.referral}
    context = {"form": form, "title": title, "submit": _("Send to the admins"), **back}
    return render(request, "form_page.html", context, status=422 if form.errors else 200)
