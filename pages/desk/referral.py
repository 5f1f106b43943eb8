"""The team's page of one referral."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.choices import Status
from benefits.services.customers import Recorded
from pages.desk.inquiries import inquiry_panel
from pages.desk.workspace import load_workspace
from pages.guards import SignedInRequest, find_referral, team_page
from pages.history.sittings import list_sittings
from pages.places import beside
from pages.team.acts import ACTS, may_act_before_sender
from referrals.choices import OfferState, ReleaseState
from referrals.intake.senders import domain_of, find_tenant, is_of_domain, is_public_host
from referrals.models import Event, ListName, Offer, Referral, RoutingRun
from referrals.routing.advising import find_advice


@team_page
@require_safe
def team_referral(request: SignedInRequest, public_id: str) -> HttpResponse:
    return show_referral(request, find_referral(public_id), tenant_domain=request.GET.get("tenant", ""))


def show_referral(
    request: SignedInRequest,
    referral: Referral,
    *,
    tenant_domain: str,
    typed: Mapping[str, Recorded] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The team's page of a referral; with ``typed`` and ``problem``, after statuses that were refused."""
    workspace = load_workspace(
        referral, offer=None, tenant_domain=tenant_domain, today=timezone.localdate(), typed=typed
    )
    context = _referral_context(request, referral) | inquiry_panel(referral, workspace)
    context |= {"workspace": workspace, "problem": problem}
    context["beside"] = beside(request, ListName.REFERRALS, referral.pk)
    return render(request, "desk/referral.html", context, status=status)


def _referral_context(request: SignedInRequest, referral: Referral) -> dict[str, Any]:
    offers = list(referral.offers.select_related("partner", "reason", "answered_by", "run").order_by("id"))
    asked = next((offer for offer in offers if offer.state == OfferState.RELEASE_REQUESTED), None)
    events = list(Event.objects.filter(referral=referral).select_related("by", "partner", "offer").order_by("id"))
    may_act = request.user.is_processing_team
    siblings = Referral.objects.filter(engagement=referral.engagement).exclude(pk=referral.pk).order_by("id")
    siblings = siblings if referral.engagement else siblings.none()
    return {
        "referral": referral,
        "offers": offers,
        "runs": list(_runs_of(referral, offers)),
        "relaxations": find_advice(referral, timezone.now()) if referral.is_waiting else (),
        "events": events,
        "sittings": list_sittings(events, shows_partners=True),
        "newest_event": events[-1].pk if events else 0,
        "siblings": list(siblings),
        "release": asked and asked.release_requests.filter(state=ReleaseState.OPEN).first(),
        "acts": [(name, act.label) for name, act in ACTS.items() if may_act and _is_offered(referral, name)],
        **_sender_context(referral),
        "may_record": may_act and referral.is_open and not referral.awaits_sender,
        "facts_url": referral.public_id,
        "statuses": Status.choices,
        "now": timezone.now(),
    }


def _is_offered(referral: Referral, name: str) -> bool:
    return ACTS[name].applies(referral) and may_act_before_sender(referral, name)


def _sender_context(referral: Referral) -> dict[str, Any]:
    if not referral.awaits_sender:
        return {}
    said = {"domain": referral.tenant.domain, "tenant_id": referral.tenant.directory_id}
    domain, known = domain_of(referral.requester_email), find_tenant(said)
    is_by_id = known is not None and not is_of_domain(known, referral.tenant.domain)
    addable = "" if is_public_host(domain) else domain
    return {"known_tenant": known, "is_known_by_id": is_by_id, "addable_domain": addable}


def _runs_of(referral: Referral, offers: list[Offer]) -> QuerySet[RoutingRun]:
    """Its own runs, and the one in which it was split off another referral."""
    own = RoutingRun.objects.filter(Q(referral=referral) | Q(pk__in=[offer.run_id for offer in offers if offer.run_id]))
    return own.select_related("chosen", "batch__policy", "referral").defer("need", "batch__changes")
