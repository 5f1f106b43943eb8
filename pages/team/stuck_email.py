"""Email that nobody took, sent again to an address that was put right."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pages.guards import SignedInRequest, by_team, team_page
from pages.team.forms import AddressForm
from referrals.email.sending import send_again
from referrals.lists.paging import page_by_time
from referrals.models import Notification


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def stuck_mail(request: SignedInRequest) -> HttpResponse:
    """Mail that nobody took, the oldest first; a mail can be sent again to an address that was put right."""
    if request.method == "POST":
        form, mail = AddressForm(request.POST), request.POST.get("mail", "")
        pk = int(mail) if mail.isdecimal() and len(mail) < 19 else 0
        if not form.is_valid():
            said = _("“%(address)s” isn’t a valid email address. No changes were made.")
            messages.error(request, said % {"address": request.POST.get("to", "")[:254]})
        elif send_again(pk, to=form.cleaned_data["to"], by=by_team(request), now=timezone.now()):
            messages.success(request, _("Resending."))
        return redirect("pages:stuck-mail")
    page = page_by_time(
        Notification.objects.stuck().select_related("referral"), "created_at", request.GET.get("after", "")
    )
    return render(request, "team/stuck_email.html", {"page": page, "now": timezone.now()})
