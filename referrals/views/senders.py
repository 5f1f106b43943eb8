"""Who may ask for a customer: the team or its known contact says so. And senders find their own requests again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.networks import network_of
from referrals.choices import Actor
from referrals.forms import OwnRequestsForm
from referrals.intake.filing import TooManyRequests
from referrals.intake.own_requests import find_own_requests, mail_own_requests
from referrals.intake.senders import BY_CONTACT, SenderSettled, confirm_sender, refuse_sender
from referrals.lifecycle.acting import By
from referrals.models import Referral

from .guards import SignedInRequest, by_team, find_referral, team_page
from .places import back_to_referral
from .progress import say_state


@team_page
@require_POST
def decide_sender(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The team confirms or refuses by one click."""
    referral, now = find_referral(public_id), timezone.now()
    try:
        if "refuse" in request.POST:
            refuse_sender(referral.pk, by=by_team(request), now=now)
            messages.success(
                request, _("Refused. The request is cancelled; the sender is told only that we could not confirm them.")
            )
        else:
            keeps = "keeps_domain" in request.POST
            confirm_sender(referral.pk, by=by_team(request), now=now, keeps_domain=keeps)
            messages.success(request, _("Confirmed. It is being screened now."))
    except SenderSettled as settled:
        messages.error(request, str(settled))
    return back_to_referral(request, public_id)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sender_page(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's known contact says whether a stranger may ask; the mail's link shows the page alone."""
    referral = get_object_or_404(Referral.objects.select_related("tenant", "customer"), sender_token=token)
    if request.method == "POST":
        by, now = By(Actor.REQUESTER), timezone.now()
        try:
            decide = refuse_sender if "refuse" in request.POST else confirm_sender
            decide(referral.pk, by=by, now=now, note=BY_CONTACT)
        except SenderSettled as settled:
            messages.error(request, str(settled))
        return redirect("referrals:sender-decided")
    return render(request, "referrals/sender.html", {"referral": referral})


@login_not_required
@require_safe
def sender_decided(request: HttpRequest) -> HttpResponse:
    return render(request, "referrals/sender_decided.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_requests(request: HttpRequest) -> HttpResponse:
    """Mail an address the way to the requests that were sent from it; whether there are any is told by mail alone."""
    form = OwnRequestsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mail_own_requests(form.cleaned_data["email"], now=timezone.now(), network=network_of(request))
        except TooManyRequests as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("If requests were sent from this address, we have e-mailed it a link to them."))
            return redirect("referrals:own-requests")
    return render(request, "referrals/own_requests.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_safe
def own_requests_list(request: HttpRequest, signed: str) -> HttpResponse:
    """The requests of an address, by the link that was mailed to it."""
    try:
        rows = find_own_requests(signed)
    except signing.BadSignature as error:
        raise Http404 from error
    shown = [(row, row.customer.name, say_state(row)) for row in rows]
    return render(request, "referrals/own_requests_list.html", {"rows": shown})
