"""Attempts to reach a customer: the partner logs them, the requester answers by its private link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from referrals.answering.delivering import OfferNotHeld
from referrals.answering.reaching import AttemptRefused, answer_partner, log_attempt
from referrals.choices import Actor, Channel
from referrals.forms import AttemptForm, NoteForm
from referrals.lifecycle.acting import By
from referrals.models import Referral

from .guards import SignedInRequest, by_partner, find_offer
from .places import back_to_offer


@require_POST
def offer_attempt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Log one attempt to reach the customer."""
    offer = find_offer(request, public_id)
    by, form = by_partner(request, offer), AttemptForm(request.POST, prefix="attempt")
    if form.is_valid():
        data = form.cleaned_data | {"channel": Channel(form.cleaned_data["channel"])}
        try:
            log_attempt(offer.pk, **data, by=by, now=timezone.now())
        except AttemptRefused as refused:
            form.add_error("tried_on", str(refused))
        except OfferNotHeld as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Noted."))
            return back_to_offer(request, public_id)
    title, back = _("Log an attempt"), reverse("referrals:offer", args=[public_id])
    context = {"form": form, "title": title, "back_url": back, "back": offer.referral.public_id, "submit": title}
    return render(request, "referrals/form_page.html", context, status=422)


@login_not_required
@require_POST
def status_reach(request: HttpRequest, token: str) -> HttpResponse:
    """The requester says how it can be reached."""
    referral = get_object_or_404(Referral, status_token=token)
    form = NoteForm(request.POST, prefix="reach")
    if form.is_valid():
        note, by = form.cleaned_data["note"], By(Actor.REQUESTER)
        if answer_partner(referral.pk, note=note, by=by, now=timezone.now()):
            messages.success(request, _("Thank you. Your partner is told."))
            return redirect("referrals:status", token)
        form.add_error(None, _("Nobody waits for this answer any more; your page says how it stands."))
    title, back = _("How can you be reached?"), reverse("referrals:status", args=[token])
    context = {"form": form, "title": title, "back_url": back}
    context |= {"back": _("Your request"), "submit": _("Send my answer")}
    return render(request, "referrals/form_page.html", context, status=422)
