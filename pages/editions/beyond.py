"""What tenants have beyond the service description, and one click that lists it in a draft."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from benefits.services.editions import edition_in_force
from benefits.services.governing import GovernanceRefused
from benefits.services.products.beyond import Beyond, list_beyond, list_in_draft
from pages.guards import SAFE, SignedInRequest, publisher_page

MOST_SHOWN = 200


@publisher_page
@require_http_methods(["GET", "HEAD", "POST"])
def beyond(request: SignedInRequest) -> HttpResponse:
    """Workloads that tenants have and the edition in force does not list; a post lists one in a draft."""
    today = timezone.localdate()
    _pk, edition = edition_in_force(today)
    rows = list_beyond(edition, today)
    if request.method not in SAFE:
        return _list_one(request, rows)
    named = [(row, edition.plans[row.plan].name, edition.workloads[row.workload].name) for row in rows[:MOST_SHOWN]]
    return render(request, "editions/beyond.html", {"rows": named, "total": len(rows)})


def _list_one(request: SignedInRequest, rows: list[Beyond]) -> HttpResponse:
    wanted = request.POST.get("plan", ""), request.POST.get("workload", "")
    row = next((row for row in rows if (row.plan, row.workload) == wanted), None)
    if row is None:
        messages.error(request, _("No tenant has this anymore. No changes were made."))
        return redirect("pages:beyond")
    try:
        is_limited = "limited" in request.POST
        draft = list_in_draft(row, is_limited=is_limited, by=request.user, now=timezone.now())
    except GovernanceRefused as error:
        messages.error(request, str(error))
        return redirect("pages:beyond")
    messages.success(request, _("Added to the draft %(draft)s.") % {"draft": draft})
    return redirect("pages:beyond")
