"""A request that was sent: its reference, the email that confirms it, and what to do if none arrives."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.networks import network_of
from pages.intake.forms import OtherAddressForm
from referrals.intake import filing
from referrals.intake.reconfirming import Confirmed, confirm_again, confirm_at
from referrals.models import Rfa


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_sent(request: HttpRequest, form_key: uuid.UUID) -> HttpResponse:
    """What happens next. The email can be sent again, also to another address; whoever has the form's key may."""
    rfa = Rfa.objects.filter(form_key=form_key).first()
    form = OtherAddressForm(request.POST if "requester_email" in request.POST else None)
    if rfa is None or request.method != "POST":
        return _show_sent(request, rfa, form)
    if form.is_bound and not form.is_valid():
        return _show_sent(request, rfa, form, status=422)
    _email_again(request, rfa, form.cleaned_data["requester_email"] if form.is_bound else "")
    return redirect("pages:rfa-sent", form_key)


def _email_again(request: HttpRequest, rfa: Rfa, email: str) -> None:
    words: dict[str, Any] = {"now": timezone.now(), "network": network_of(request)}
    try:
        rfa = confirm_at(rfa.pk, email, **words) if email else confirm_again(rfa.pk, **words)
    except (filing.TooManyRequests, filing.RfaExpired) as error:
        messages.error(request, str(error))
    except Confirmed as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("We emailed the link to %(email)s.") % {"email": rfa.email})


def _show_sent(request: HttpRequest, rfa: Rfa | None, form: OtherAddressForm, *, status: int = 200) -> HttpResponse:
    return render(request, "intake/sent.html", {"rfa": rfa, "form": form}, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The email's link shows this page and changes nothing; the button confirms."""
    rfa = get_object_or_404(Rfa.objects.select_related("referral"), token=token)
    if rfa.referral is not None:
        return redirect("pages:status", rfa.referral.status_token)
    if request.method == "POST":
        try:
            referral = filing.confirm_rfa(token, now=timezone.now())
        except filing.RfaExpired as error:
            messages.error(request, str(error))
            return redirect("pages:rfa")
        except Rfa.DoesNotExist as error:  # its address was changed a moment ago
            raise Http404 from error
        if referral.form_key != rfa.form_key:
            said = _("You already have an open request. We added your message to it.")
            messages.success(request, said)
        return redirect("pages:status", referral.status_token)
    return render(request, "intake/confirm.html", {"rfa": rfa})
