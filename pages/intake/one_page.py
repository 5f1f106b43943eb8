"""The public request on one page, and the confirmation that its email asks for."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import who_is_signed_in
from accounts.networks import network_of
from benefits.services.editions import edition_in_force
from pages.intake.forms import RfaForm
from referrals.intake import filing
from referrals.intake.throttling import TooFast, check_time, read_stamp, write_stamp
from referrals.models import Rfa


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
            return redirect("pages:rfa-sent")
    status = 422 if request.method == "POST" else 200
    return render(request, "intake/one_page.html", {"form": form, "opened": write_stamp(opened or now)}, status=status)


@login_not_required
@require_safe
def rfa_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/sent.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mail's link shows this page and changes nothing; the button confirms."""
    rfa = get_object_or_404(Rfa.objects.select_related("referral"), token=token)
    if rfa.referral is not None:
        return redirect("pages:status", rfa.referral.status_token)
    if request.method == "POST":
        try:
            referral = filing.confirm_rfa(token, now=timezone.now())
        except filing.RfaExpired as error:
            messages.error(request, str(error))
            return redirect("pages:rfa")
        if referral.form_key != rfa.form_key:
            said = gettext("You already have an open request. We added your message to it.")
            messages.success(request, said)
        return redirect("pages:status", referral.status_token)
    return render(request, "intake/confirm.html", {"rfa": rfa})
