"""The requester's private page: how its request stands, and what the requester answers, asks and takes back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sealing import unseal
from benefits.services.editions import edition_in_force
from pages.escalations.forms import MessageForm
from pages.fields import ADD_PLAN, NoteForm, ReasonForm
from pages.requester.forms import AnswerForm, InquiryForm, put_back
from pages.requester.progress import expected_by, list_shares, list_steps, name_holders, say_included, say_state
from pages.requester.sending import list_sent
from referrals.answering.reaching import answer_partner
from referrals.choices import Actor, State
from referrals.diligence.inquiring import answer_inquiry
from referrals.domain.lifecycle import MoveRefused
from referrals.email.escalating import ask_as_requester
from referrals.lifecycle.acting import By
from referrals.models import Inquiry, Referral
from referrals.reviewing import acts
from referrals.routing.screening import answer_questions, say_to_requester

REQUESTER = By(Actor.REQUESTER)


@login_not_required
@never_cache
@require_safe
def status_page(request: HttpRequest, token: str) -> HttpResponse:
    return show_status(request, find_by_token(token))


def find_by_token(token: str) -> Referral:
    return get_object_or_404(Referral.objects.select_related("tenant", "customer", "determination"), status_token=token)


def show_status(
    request: HttpRequest, referral: Referral, forms: Mapping[str, Any] = MappingProxyType({}), *, status: int = 200
) -> HttpResponse:
    """The requester's page; ``forms`` are those that were refused, with what was typed."""
    _edition_id, edition = edition_in_force(timezone.localdate())
    inquiry, holder = Inquiry.objects.unsettled(referral), name_holders([referral]).get(referral.pk, "")
    context = {
        "referral": referral,
        "in_words": say_state(referral),
        "included": say_included(referral),
        "expected_by": expected_by(referral, timezone.now()),
        "sent": list_sent(referral, edition),
        "may_refuse_paid_work": acts.may_refuse_paid_work(referral),
        "holder": holder,
        "is_asked": referral.state == State.AWAITING_CUSTOMER,
        "why_retyped": say_to_requester(referral),
        "was_retyped": referral.was_retyped,
        "steps": list_steps(referral, has_partner=bool(holder)),
        "answer_form": AnswerForm(edition=edition),
        "cancel_form": ReasonForm(),
        "inquiry": inquiry,
        "inquiry_form": InquiryForm(inquiry=inquiry, edition=edition) if inquiry else None,
        "reach_form": NoteForm(prefix="reach"),
        "ask_form": MessageForm(prefix="escalate"),
        "asked": referral.escalations.filter(side=Actor.REQUESTER).order_by("id").prefetch_related("messages"),
        "shares": list_shares(referral, edition),
        **forms,
    }
    return render(request, "requester/status.html", context, status=status)


@login_not_required
@require_http_methods(["POST"])
def status_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The requester says which plans it holds; screening goes on at once."""
    referral = find_by_token(token)
    if referral.state != State.AWAITING_CUSTOMER:
        messages.error(request, _("There are no questions for you at the moment."))
        return redirect("pages:status", token)
    _edition_id, edition = edition_in_force(timezone.localdate())
    if ADD_PLAN in request.POST:
        more = AnswerForm(initial=request.POST.dict(), edition=edition, adds_row=True)
        return show_status(request, referral, {"answer_form": more})
    form = AnswerForm(request.POST, edition=edition)
    if not form.is_valid():
        return show_status(request, referral, {"answer_form": form}, status=422)
    answer_questions(referral.pk, form.held(referral.tenant.domain), by=REQUESTER, now=timezone.now())
    messages.success(request, _("Thank you. We’re continuing with your request."))
    return redirect("pages:status", token)


@login_not_required
@require_http_methods(["POST"])
def status_escalate(request: HttpRequest, token: str) -> HttpResponse:
    """The requester asks the team, or objects to how its request was typed."""
    referral, form = find_by_token(token), MessageForm(request.POST, prefix="escalate")
    if form.is_valid():
        said = {"text": form.cleaned_data["note"], "form_key": form.cleaned_data["form_key"]}
        ask_as_requester(referral.pk, **said, objects="objects" in request.POST, now=timezone.now())
        messages.success(request, _("Sent. The team replies on this page and we’ll email you."))
        return redirect("pages:status", token)
    return show_status(request, referral, {"ask_form": form}, status=422)


@login_not_required
@require_http_methods(["POST"])
def status_cancel(request: HttpRequest, token: str) -> HttpResponse:
    referral = find_by_token(token)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            acts.withdraw_request(referral.pk, reason=form.cleaned_data["reason"], by=REQUESTER, now=timezone.now())
        except MoveRefused as error:
            form.add_error(None, str(error))
        else:
            return redirect("pages:status", token)
    return show_status(request, referral, {"cancel_form": form}, status=422)


@login_not_required
@require_POST
def status_no_paid_work(request: HttpRequest, token: str) -> HttpResponse:
    """The requester answers a re-typing: no partner is to offer it paid work."""
    try:
        acts.refuse_paid_work(find_by_token(token).pk, by=REQUESTER, now=timezone.now())
    except MoveRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("We won’t pass your request on for paid work."))
    return redirect("pages:status", token)


@login_not_required
@require_POST
def status_inquiry(request: HttpRequest, token: str) -> HttpResponse:
    """The requester answers what it knows."""
    referral = find_by_token(token)
    inquiry = Inquiry.objects.unsettled(referral)
    if inquiry is None or inquiry.is_answered or not referral.is_open:
        messages.error(request, _("There are no questions for you at the moment."))
        return redirect("pages:status", token)
    _edition_id, edition = edition_in_force(timezone.localdate())
    if unseal("inquiry", request.POST.get("inquiry", "")) != inquiry.pk:
        typed = put_back(request.POST.dict(), _asked_before(referral, request.POST.get("inquiry", "")), inquiry)
        again = _("The questions have changed. Answer the current ones.")
        messages.error(request, " ".join((again, _("Your answers are kept where the question is unchanged."))))
        form = InquiryForm(initial=typed, inquiry=inquiry, edition=edition)
        return show_status(request, referral, {"inquiry_form": form}, status=409)
    if ADD_PLAN in request.POST:
        more = InquiryForm(initial=request.POST.dict(), inquiry=inquiry, edition=edition, adds_row=True)
        return show_status(request, referral, {"inquiry_form": more})
    form = InquiryForm(request.POST, inquiry=inquiry, edition=edition)
    if not form.is_valid():
        return show_status(request, referral, {"inquiry_form": form}, status=422)
    if answer_inquiry(referral.pk, inquiry.pk, form.answers(), by=REQUESTER, now=timezone.now()):
        messages.success(request, _("Thank you. We’ll review your answers and continue."))
    else:
        messages.error(request, _("These questions were already answered or have changed. No changes were made."))
    return redirect("pages:status", token)


def _asked_before(referral: Referral, sealed: str) -> Inquiry | None:
    return Inquiry.objects.filter(referral=referral, pk=unseal("inquiry", sealed) or 0).first()


@login_not_required
@require_POST
def status_reach(request: HttpRequest, token: str) -> HttpResponse:
    """The requester says how it can be reached."""
    referral = get_object_or_404(Referral, status_token=token)
    form = NoteForm(request.POST, prefix="reach")
    if form.is_valid():
        note, by = form.cleaned_data["note"], By(Actor.REQUESTER)
        if answer_partner(referral.pk, note=note, by=by, now=timezone.now()):
            messages.success(request, _("Thank you. We’ve let your partner know."))
            return redirect("pages:status", token)
        form.add_error(None, _("This answer is no longer needed."))
    title, back = _("How can we contact you?"), reverse("pages:status", args=[token])
    context = {"form": form, "title": title, "back_url": back}
    context |= {"back": _("Your request"), "submit": _("Send answer")}
    return render(request, "form_page.html", context, status=422)
