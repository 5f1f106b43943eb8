"""Attempts to reach a customer, as the partner logs them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pages.guards import SignedInRequest, by_partner, find_offer
from pages.partner.forms import AttemptForm
from pages.places import back_to_offer
from pages.stale import why_refused
from referrals.answering.delivering import OfferNotHeld
from referrals.answering.reaching import AttemptRefused, log_attempt
from referrals.choices import Channel


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
            form.add_error(None, why_refused(refused, offer.referral_id, by))
        else:
            messages.success(request, _("Contact attempt logged."))
            return back_to_offer(request, offer)
    title, back = _("Log contact attempt"), reverse("pages:offer", args=[offer.number])
    context = {
        "form": form,
        "title": title,
        "back_url": back,
        "back": offer.referral.public_id,
        "about": offer.referral,
        "submit": title,
    }
    return render(request, "form_page.html", context, status=422)
