"""Pages without sign-in: the request form, its confirmation, and the requester's private status page."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import who_is_signed_in
from accounts.networks import network_of
from benefits.services.editions import edition_in_force
from referrals.choices import Actor, State
from referrals.domain.lifecycle import MoveRefused
from referrals.escalation_form import MessageForm
from referrals.forms import AnswerForm, NoteForm, ReasonForm
from referrals.inquiry_form import InquiryForm
from referrals.intake import filing
from referrals.intake.throttling import TooFast, check_time, read_stamp, write_stamp
from referrals.lifecycle.acting import By
from referrals.mail.escalating import ask_as_requester
from referrals.models import Inquiry, Referral, Rfa
from referrals.request_form import RfaForm
from referrals.reviewing import acts
from referrals.routing.screening import answer_questions, say_to_requester

from .progress import list_shares, list_steps, name_holders, say_state

REQUESTER = By(Actor.REQUESTER)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 when the web process reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address on pages that are not ours, such as the admin."""
    return redirect(static("triage/favicon.svg"))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_form(request: HttpRequest) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    form, now = RfaForm(request.POST or None, edition=edition), timezone.now()
    opened = read_stamp(request.POST.get("opened", ""))
    if request.method == "POST" and form.is_valid():
        try:
            if not form.cleaned_data["website"]:
                check_time(opened, now)
                key = form.cleaned_data["form_key"]
                words: dict[str, Any] = {"network": network_of(request), "filed_by": who_is_signed_in(request)}
                filing.file_rfa(form.intake_data(), form_key=key, now=now, **words)
        except TooFast as error:
            form.add_error(None, str(error))
        except filing.TooManyRequests as error:
            form.add_error("requester_email", str(error))
        else:
            return redirect("referrals:rfa-sent")
    status = 422 if request.method == "POST" else 200
    return render(
        request, "referrals/rfa_form.html", {"form": form, "opened": write_stamp(opened or now)}, status=status
    )


@login_not_required
@require_safe
def rfa_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "referrals/rfa_sent.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mail's link shows this page and changes nothing; the button confirms."""
    rfa = get_object_or_404(Rfa.objects.select_related("referral"), token=token)
    if rfa.referral is not None:
        return redirect("referrals:status", rfa.referral.status_token)
    if request.method == "POST":
        try:
            referral = filing.confirm_rfa(token, now=timezone.now())
        except filing.RfaExpired as error:
            messages.error(request, str(error))
            return redirect("referrals:rfa")
        if referral.form_key != rfa.form_key:
            said = gettext("You have asked for the same already. What you wrote was added to that request.")
            messages.success(request, said)
        return redirect("referrals:status", referral.status_token)
    return render(request, "referrals/rfa_confirm.html", {"rfa": rfa})


@login_not_required
@never_cache
@require_safe
def status_page(request: HttpRequest, token: str) -> HttpResponse:
    return show_status(request, find_by_token(token))


def find_by_token(token: str) -> Referral:
    return get_object_or_404(Referral.objects.select_related("tenant", "determination"), status_token=token)


def show_status(
    request: HttpRequest, referral: Referral, forms: Mapping[str, Any] = MappingProxyType({}), *, status: int = 200
) -> HttpResponse:
    """The requester's page; ``forms`` are those that were refused, with what was typed."""
    _edition_id, edition = edition_in_force(timezone.localdate())
    inquiry, holder = Inquiry.objects.unsettled(referral), name_holders([referral]).get(referral.pk, "")
    context = {
        "referral": referral,
        "in_words": say_state(referral),
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
    return render(request, "referrals/status.html", context, status=status)


@login_not_required
@require_http_methods(["POST"])
def status_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The requester says which plans it holds; screening goes on at once."""
    referral = find_by_token(token)
    if referral.state != State.AWAITING_CUSTOMER:
        messages.error(request, gettext("There is nothing to answer at the moment."))
        return redirect("referrals:status", token)
    _edition_id, edition = edition_in_force(timezone.localdate())
    form = AnswerForm(request.POST, edition=edition)
    if not form.is_valid():
        return show_status(request, referral, {"answer_form": form}, status=422)
    answer_questions(referral.pk, form.held(referral.tenant.domain), by=REQUESTER, now=timezone.now())
    messages.success(request, gettext("Thank you. We go on with your request now."))
    return redirect("referrals:status", token)


@login_not_required
@require_http_methods(["POST"])
def status_escalate(request: HttpRequest, token: str) -> HttpResponse:
    """The requester asks the team, or objects to how its request was typed."""
    referral, form = find_by_token(token), MessageForm(request.POST, prefix="escalate")
    if form.is_valid():
        said = {"text": form.cleaned_data["note"], "form_key": form.cleaned_data["form_key"]}
        ask_as_requester(referral.pk, **said, objects="objects" in request.POST, now=timezone.now())
        messages.success(request, gettext("The team has it, and answers on this page. You get a mail."))
        return redirect("referrals:status", token)
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
            return redirect("referrals:status", token)
    return show_status(request, referral, {"cancel_form": form}, status=422)
