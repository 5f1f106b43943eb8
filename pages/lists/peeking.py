"""A row looked at beside its list: what decides whether to open it, without leaving the list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pages.guards import SignedInRequest, find_offer, find_referral, team_page
from referrals.lists.names import current_edition
from referrals.models import Offer, Referral


@require_safe
def peek_offer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Part of the queue. An offer looked at here counts as opened, as it does on its page."""
    offer = find_offer(request, public_id)
    notes = offer.colleague_notes.select_related("by").order_by("-id")[:2]
    context = {"offer": offer, "takes_assignee": offer.is_live and offer.may_act, "colleague_notes": notes}
    return _peek(request, offer.referral, offer.workloads, context)


@team_page
@require_safe
def peek_referral(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Part of the team's list."""
    referral = find_referral(public_id)
    live = Offer.objects.live().filter(referral=referral).select_related("partner").first()
    declines = referral.offers.exclude(notes="").select_related("partner", "reason").order_by("-id")[:2]
    return _peek(request, referral, referral.cover or referral.workloads, {"live": live, "declines": declines})


def _peek(
    request: SignedInRequest, referral: Referral, workloads: list[str], context: dict[str, object]
) -> HttpResponse:
    names = {code: workload.name for code, workload in current_edition().workloads.items()}
    context |= {
        "referral": referral,
        "workloads": [names.get(code, code) for code in workloads],
        "now": timezone.now(),
    }
    return render(request, "lists/peek.html", context)
