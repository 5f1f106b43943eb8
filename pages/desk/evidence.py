"""A tenant's exports on a referral page: upload, look at what would change, confirm."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from benefits.choices import Status
from benefits.domain.json_input import InputError
from benefits.models import StagedUpload
from benefits.services.customers import FactRefused, Recorded
from benefits.services.editions import edition_in_force
from benefits.services.evidence import DirectoryRefused
from benefits.services.previewing import NOT_KNOWN, Preview, preview_upload
from pages.desk.desk import Desk, find_desk, find_tenant
from pages.desk.facts import facts_page
from pages.desk.forms import ExportForm
from pages.fields import CONTROL
from pages.guards import SAFE, SignedInRequest
from referrals.diligence import facts

LEAVE = ""


@require_POST
def record_export(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take a file and show what it would change; nothing is recorded before that is confirmed."""
    desk = find_desk(request, public_id)
    tenant = find_tenant(request, desk)
    form = ExportForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["export"]
        try:
            beside = form.cleaned_data["directory"]
            words = {"by": desk.by, "now": timezone.now(), "directory": beside}
            staged = facts.stage_evidence(tenant, upload, upload.name, **words)
        except DirectoryRefused as error:
            form.add_error("directory", f"{beside.name}: {error}")
        except InputError as error:
            form.add_error("export", f"{upload.name}: {error}")
        else:
            return redirect("pages:evidence", public_id, staged.token)
    return facts_page(request, desk, tenant, _("Upload an export"), form, "record-export")


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_page(request: SignedInRequest, public_id: str, token: str) -> HttpResponse:
    """What a staged file would change; posting it records that."""
    desk = find_desk(request, public_id)
    staged = _find_staged(desk, token)
    _edition_id, edition = edition_in_force(timezone.localdate())
    trials = None if request.method in SAFE else frozenset(request.POST.getlist("trial"))
    preview = preview_upload(staged, edition, desk.sight, trials)
    if request.method != "POST":
        return _preview_page(request, desk, staged, preview)
    if "discard" in request.POST:
        facts.discard_evidence(staged)
        messages.info(request, _("No changes were made."))
        return redirect(f"{desk.url}?tenant={staged.tenant.domain}#customer")
    chosen = _read_chosen(request, preview)
    try:
        is_news = facts.confirm_evidence(
            desk.referral.pk,
            staged,
            preview.found,
            chosen,
            by=desk.by,
            now=timezone.now(),
            offer=desk.offer,
            trials=trials,
            paid={row.key for row in preview.trials if row.is_proposed} - (trials or frozenset()),
        )
    except FactRefused as error:
        return _preview_page(request, desk, staged, preview, problem=str(error), status=422)
    messages.success(request, _say(preview, len(chosen), is_news=is_news))
    return redirect(f"{desk.url}?tenant={staged.tenant.domain}#{'workloads' if preview.usage else 'customer'}")


def _find_staged(desk: Desk, token: str) -> StagedUpload:
    """A file that this side staged for this customer, else 404."""
    tenants = desk.referral.customer.tenants.all()
    mine = StagedUpload.objects.select_related("tenant").filter(author_party=desk.party, tenant__in=tenants)
    staged = mine.filter(token=token).first()
    if staged is None:
        raise Http404
    return staged


def _preview_page(
    request: SignedInRequest,
    desk: Desk,
    staged: StagedUpload,
    preview: Preview,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    chosen = {
        row.workload: _chosen(request, row.workload, row.proposal.status if row.is_new else LEAVE)
        for row in preview.usage
    }
    context = {
        "staged": staged,
        "preview": preview,
        "rows": [(row, chosen[row.workload], str(Status(row.current).label)) for row in preview.usage],
        "trials": _ticked_trials(request, preview),
        "statuses": Status.choices,
        "problem": problem,
        "desk": desk,
        "action": reverse("pages:evidence", args=[desk.public_id, staged.token]),
    }
    return render(request, "desk/evidence.html", context, status=status)


def _ticked_trials(request: SignedInRequest, preview: Preview) -> set[str]:
    """Keys of the products that are ticked as trials: what was posted, else what is proposed."""
    if request.method == "POST":
        return set(request.POST.getlist("trial"))
    return {row.key for row in preview.trials if row.is_proposed}


def _chosen(request: SignedInRequest, workload: str, proposed: str) -> str:
    return request.POST.get(f"status:{workload}", proposed) if request.method == "POST" else proposed


def _read_chosen(request: SignedInRequest, preview: Preview) -> dict[str, Recorded]:
    """The statuses that a person chose; the figure is their evidence."""
    chosen = {}
    for row in preview.usage:
        status = request.POST.get(f"status:{row.workload}", LEAVE)
        if status != LEAVE:
            part = CONTROL.sub(" ", request.POST.get(f"part:{row.workload}", "")).strip()
            evidence = f"{preview.kind_label}, {row.figure.on}: {row.words}"
            chosen[row.workload] = Recorded(status, evidence, part)
    return chosen


def _say(preview: Preview, chosen: int, *, is_news: bool) -> str:
    if not is_news and not chosen:
        return _("You’ve already imported this file. No changes were made.")
    if preview.usage:
        words = {"figures": len(preview.usage), "statuses": chosen}
        return _("%(figures)d usage figures and %(statuses)d statuses saved.") % words
    changes = sum(row.is_change for row in preview.plans)
    parts = [_("%(number)d subscription changes saved") % {"number": changes}]
    unknown = [row.name for row in preview.plans if row.name.endswith(str(NOT_KNOWN))]
    if unknown:
        parts.append(_("%(number)d unknown products sent to an admin") % {"number": len(unknown)})
    if preview.is_partial:
        parts.append(_("the export continues on another page that isn’t in this file"))
    return "; ".join(parts) + "."
