"""The customer's contact says who may ask for it, and senders find their own requests again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.networks import network_of
from pages.requester.forms import OwnRequestsForm
from pages.requester.progress import say_state
from referrals.choices import Actor
from referrals.intake.filing import TooManyRequests
from referrals.intake.own_requests import find_own_requests, mail_own_requests
from referrals.intake.senders import BY_CONTACT, SenderSettled, confirm_sender, refuse_sender
from referrals.lifecycle.acting import By
from referrals.models import Referral


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
        return redirect("pages:sender-decided")
    return render(request, "requester/sender.html", {"referral": referral})


@login_not_required
@require_safe
def sender_decided(request: HttpRequest) -> HttpResponse:
    return render(request, "requester/sender_decided.html")


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
            messages.success(request, _("If there are requests from this address, we’ve emailed a link to them."))
            return redirect("pages:own-requests")
    return render(request, "requester/own_requests.html", {"form": form}, status=422 if form.errors else 200)


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
    return render(request, "requester/own_requests_list.html", {"rows": shown})
