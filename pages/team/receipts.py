"""The team's page of one routing run: every candidate with each filter's verdict and the values compared."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.services.editions import edition_in_force
from pages.guards import SignedInRequest, find_referral, team_page
from partners.choices import ReferralType
from referrals.models import RoutingRun
from referrals.routing.receipts import find_candidate, rebuild_receipt

LONGEST_NAME = 100


@team_page
@require_safe
def receipt_page(request: SignedInRequest, public_id: str, run_id: int) -> HttpResponse:
    """One run, with the answer to “why not this partner?” on top when it is asked."""
    referral = find_referral(public_id)
    runs = RoutingRun.objects.select_related("batch__policy", "batch__profiles", "batch__base", "chosen", "referral")
    run = get_object_or_404(runs, pk=run_id)
    if run.referral_id != referral.pk and not referral.offers.filter(run=run).exists():
        return render(request, "404.html", status=404)
    asked = request.GET.get("partner", "").replace("\x00", "").strip()[:LONGEST_NAME]
    receipt = rebuild_receipt(run)
    _edition_id, edition = edition_in_force(timezone.localdate())
    context = {
        "run": run,
        "receipt": receipt,
        "need": receipt.need,
        "type_label": str(ReferralType(receipt.need.type).label),
        "referral": referral,
        "asked": asked,
        "found": find_candidate(receipt, asked),
        "workload_names": {code: workload.name for code, workload in edition.workloads.items()},
    }
    return render(request, "team/receipt.html", context)
