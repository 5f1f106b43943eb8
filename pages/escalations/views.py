"""Escalations: anyone signed in asks the team, a requester does from its private page, and the team answers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.escalations.forms import ClosingForm, EscalationForm, MessageForm, RoutingReportForm
from pages.going_on import go_on
from pages.guards import (
    ONLY_READS,
    SignedInRequest,
    acting_for,
    acts_for,
    by_partner,
    by_team,
    find_offer,
    find_referral,
    is_public_id,
)
from partners.choices import Filter
from referrals.choices import Actor
from referrals.domain.lifecycle import MoveRefused
from referrals.email.escalating import AlreadyClosed, WordMissing, close_escalation, open_escalation, write_message
from referrals.lifecycle.acting import By
from referrals.lists.paging import page_by_time, page_newest_first
from referrals.models import Escalation, Offer, Referral
from referrals.models.escalation import EscalationState


@require_safe
def escalation_list(request: SignedInRequest) -> HttpResponse:
    """What waits for the team, first due first; or with ``?shown=done`` the rest."""
    rows, after = (
        Escalation.objects.visible_to(request.user).select_related("referral", "partner"),
        request.GET.get("after", ""),
    )
    shown = "done" if request.GET.get("shown") == "done" else "open"
    if shown == "open":
        page = page_by_time(rows.unanswered(), "due_at", after)
    else:
        page = page_newest_first(rows.exclude(state=EscalationState.OPEN), after)
    return render(request, "escalations/list.html", {"page": page, "shown": shown, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def new_escalation(request: SignedInRequest) -> HttpResponse:
    """Ask the team, in general or about an offer of one's own (``?about=OFR-…``; the team: ``REF-…``)."""
    referral, by = _about(request, request.GET.get("about", ""))
    form = EscalationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = open_escalation(**form.cleaned_data, by=by, now=timezone.now(), referral=referral)
        messages.success(request, _("Sent. We’ll email you when the team replies."))
        return redirect("pages:escalation", made.public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "escalations/new.html", {"form": form, "referral": referral}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def report_routing(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A partner says that a referral was routed wrongly: the team gets it with the receipt. It is no decline."""
    offer = find_offer(request, public_id)
    by, form = by_partner(request, offer), RoutingReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wrong = Filter(form.cleaned_data["wrong_filter"])
        subject = _("Routed wrongly: %(filter)s") % {"filter": wrong.label}
        words = form.cleaned_data | {"subject": subject, "by": by, "now": timezone.now(), "referral": offer.referral}
        made = open_escalation(**words)
        messages.success(request, _("Report sent. Your deadline hasn’t changed."))
        return redirect("pages:escalation", made.public_id)
    context = {"form": form, "offer": offer, "referral": offer.referral}
    return render(request, "escalations/report_routing.html", context, status=422 if form.is_bound else 200)


def _about(request: SignedInRequest, about: str) -> tuple[Referral | None, By]:
    """The referral that is one's own to ask about, and who asks; else 404."""
    if request.user.sees_everything and not request.user.is_processing_team:
        raise PermissionDenied(_("Auditors have read-only access."))
    if about and not is_public_id(about):
        raise Http404
    if request.user.sees_everything:
        by = By(Actor.TEAM, request.user)
        return (find_referral(about) if about else None), by
    if not about:
        return None, By(Actor.PARTNER, request.user)
    offer = get_object_or_404(Offer.objects.read_by(request.user).with_number(about))
    return offer.referral, by_partner(request, offer)


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The thread; a POST adds to it, or closes it."""
    rows = Escalation.objects.visible_to(request.user).select_related("referral", "partner", "opened_by", "closed_by")
    escalation = get_object_or_404(rows, public_id=public_id)
    form: MessageForm = MessageForm()
    if request.method == "POST":
        closes, by = "close" in request.POST, _author(request, escalation)
        form = ClosingForm(request.POST) if closes else MessageForm(request.POST)
        answer = (_close if closes else _add)(request, escalation, form, by) if form.is_valid() else None
        if answer is not None:
            return answer
    reads = ONLY_READS if _only_reads(request, escalation) else ""
    context = {
        "escalation": escalation,
        "thread": list(escalation.messages.select_related("by")),
        "routed": _routed(escalation) if request.user.sees_everything else None,
        "form": form,
        "may_write": escalation.state != EscalationState.CLOSED and _may_write(request) and not reads,
        "why_not_act": reads,
        "now": timezone.now(),
    }
    return render(request, "escalations/escalation.html", context, status=422 if form.is_bound else 200)


def _routed(escalation: Escalation) -> Offer | None:
    """The offer whose routing is reported as wrong, with the run whose receipt says why it was made."""
    if not escalation.wrong_filter:
        return None
    offers = Offer.objects.filter(referral=escalation.referral_id, partner=escalation.partner_id)
    return offers.exclude(run=None).order_by("-id").first()


def _only_reads(request: SignedInRequest, escalation: Escalation) -> bool:
    """Is it a partner's, and the person a viewer there?"""
    if request.user.sees_everything or escalation.partner is None:
        return False
    return not acts_for(request.user, escalation.partner)


def _may_write(request: SignedInRequest) -> bool:
    return request.user.is_processing_team or not request.user.sees_everything


def _author(request: SignedInRequest, escalation: Escalation) -> By:
    """Who writes; 404 for auditors, refused for viewers."""
    if not _may_write(request):
        raise Http404
    if request.user.is_processing_team:
        return by_team(request)
    if escalation.partner is not None:
        return acting_for(request, escalation.partner)
    return By(Actor.PARTNER, request.user)


def _add(request: SignedInRequest, escalation: Escalation, form: MessageForm, by: By) -> HttpResponse | None:
    try:
        write_message(escalation.pk, **_said(form), by=by, now=timezone.now())
    except MoveRefused as error:
        form.add_error(None, str(error))
        return None
    return _go_on(request, escalation, _("Reply sent."))


def _go_on(request: SignedInRequest, escalation: Escalation, done: str) -> HttpResponse:
    """The team goes on to what it has to answer next; others stay in their conversation."""
    if not request.user.is_processing_team:
        return redirect("pages:escalation", escalation.public_id)
    first = Escalation.objects.unanswered().exclude(pk=escalation.pk).first()
    following = reverse("pages:escalation", args=[first.public_id]) if first else ""
    return go_on(request, done, following, "pages:escalations")


def _said(form: MessageForm) -> dict[str, Any]:
    return {"text": form.cleaned_data["note"], "form_key": form.cleaned_data["form_key"]}


def _close(request: SignedInRequest, escalation: Escalation, form: MessageForm, by: By) -> HttpResponse | None:
    try:
        close_escalation(escalation.pk, **_said(form), by=by, now=timezone.now())
    except WordMissing as error:
        form.add_error("note", str(error))
        return None
    except AlreadyClosed as error:
        messages.warning(request, str(error))
        return redirect("pages:escalation", escalation.public_id)
    said = _("Escalation resolved. The conversation remains available.")
    if not request.user.is_processing_team:
        messages.success(request, said)
    return _go_on(request, escalation, said)
