"""The referral processing team's pages: home, queues, one referral, receipts, and its own request form."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from benefits.choices import Status
from benefits.services.customers import Recorded
from benefits.services.editions import edition_in_force
from referrals.choices import OPEN_STATES, Actor, NextAct, OfferState, ReleaseState, ReviewState, Source, State
from referrals.forms import AddressForm
from referrals.intake import filing
from referrals.intake.senders import domain_of, find_tenant, is_of_domain, is_public_host
from referrals.lists.paging import page_by_time
from referrals.lists.statements import count_each
from referrals.mail.sending import send_again
from referrals.models import (
    DeclineReview,
    Escalation,
    Event,
    ListName,
    Notification,
    Offer,
    Referral,
    ReleaseRequest,
    RoutingRun,
)
from referrals.request_form import TeamRequestForm
from referrals.routing.advising import find_advice

from .guards import SignedInRequest, by_team, find_referral, team_page
from .inquiries import inquiry_panel
from .places import back_to_referral, beside
from .team_acts import ACTS, may_act_before_sender
from .workspace import load_workspace


@team_page
@require_safe
def team_home(request: SignedInRequest) -> HttpResponse:
    """Counts that are links, and what is waiting longest."""
    now = timezone.now()
    by_state = dict(Referral.objects.open().order_by().values_list("state").annotate(Count("pk")))
    counted = {
        "unowned": Referral.objects.in_nobodys_hands(),
        "reviews": DeclineReview.objects.filter(state=ReviewState.OPEN),
        "releases": ReleaseRequest.objects.filter(state=ReleaseState.OPEN),
        "late": Offer.objects.filter(state=OfferState.PENDING, respond_by__lt=now, referral__state=State.OFFERED),
        "stuck_mail": Notification.objects.stuck(),
        "escalations": Escalation.objects.unanswered(),
        "senders": Referral.objects.filter(next_action=NextAct.CONFIRM_SENDER, next_owner=Actor.TEAM),
    }
    numbers = count_each([rows.order_by().values("pk") for rows in counted.values()])
    context = (
        Referral.objects.count_special(now)
        | dict(zip(counted, numbers, strict=True))
        | {
            "now": now,
            "in_review": by_state.get(State.IN_REVIEW, 0),
            "states": [(state, by_state.get(state, 0)) for state in OPEN_STATES],
            "waits_longest": Referral.objects.waiting().select_related("customer").first(),
            "oldest": Referral.objects.open().for_list().order_by("next_action_at", "id")[:10],
        }
    )
    return render(request, "referrals/team_home.html", context)


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def stuck_mail(request: SignedInRequest) -> HttpResponse:
    """Mail that nobody took, the oldest first; a mail can be sent again to an address that was put right."""
    if request.method == "POST":
        form, mail = AddressForm(request.POST), request.POST.get("mail", "")
        pk = int(mail) if mail.isdecimal() and len(mail) < 19 else 0
        if not form.is_valid():
            said = _("“%(address)s” is no e-mail address; nothing was changed.")
            messages.error(request, said % {"address": request.POST.get("to", "")[:254]})
        elif send_again(pk, to=form.cleaned_data["to"], by=by_team(request), now=timezone.now()):
            messages.success(request, _("It is tried again now."))
        return redirect("referrals:stuck-mail")
    page = page_by_time(
        Notification.objects.stuck().select_related("referral"), "created_at", request.GET.get("after", "")
    )
    return render(request, "referrals/stuck_mail.html", {"page": page, "now": timezone.now()})


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
    return render(request, "referrals/team_referral.html", context, status=status)


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


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def team_request(request: SignedInRequest) -> HttpResponse:
    """The team's own request form: the referral exists at once."""
    _edition_id, edition = edition_in_force(timezone.localdate())
    form = TeamRequestForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["form_key"]
        words = {"source": Source.TEAM, "form_key": key, "by": by_team(request), "now": timezone.now()}
        referral = filing.submit(form.intake_data(), **words)
        return back_to_referral(request, referral.public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "referrals/team_request.html", {"form": form}, status=status)
