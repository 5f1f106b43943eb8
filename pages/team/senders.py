"""The team confirms or refuses who asks for a customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pages.guards import SignedInRequest, by_team, find_referral, team_page
from pages.places import back_to_referral
from referrals.intake.senders import SenderSettled, confirm_sender, refuse_sender


@team_page
@require_POST
def decide_sender(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The team confirms or refuses by one click."""
    referral, now = find_referral(public_id), timezone.now()
    try:
        if "refuse" in request.POST:
            refuse_sender(referral.pk, by=by_team(request), now=now)
            messages.success(
                request,
                _("Sender refused and request canceled. The sender is told only that we couldn’t confirm them."),
            )
        else:
            keeps = "keeps_domain" in request.POST
            confirm_sender(referral.pk, by=by_team(request), now=now, keeps_domain=keeps)
            messages.success(request, _("Sender confirmed. The request is being screened."))
    except SenderSettled as settled:
        messages.error(request, str(settled))
    return back_to_referral(request, public_id)
