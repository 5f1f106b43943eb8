"""Where a partner's people start their day."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pages.guards import SignedInRequest
from partners.models import Partner
from partners.services.working_hours import years_to_enter
from referrals.lists.morning import count_flags, count_guides, count_weeks, find_clocks, find_news
from referrals.lists.names import current_edition
from referrals.models import Offer

NUMBERS = {
    "today": _("Due today"),
    "late": _("Overdue responses"),
    "overdue": _("Overdue actions"),
    "proposed": _("Customer replies"),
    "mine": _("Assigned to me"),
    "differs": _("Determination out of date"),
}


@require_safe
def partner_home(request: SignedInRequest) -> HttpResponse:
    """What is due, what has changed, how offers went, and which guides are needed most."""
    if request.user.sees_everything:
        return redirect("pages:team-home")
    now, partners = timezone.now(), list(Partner.objects.of_member(request.user))
    own = Offer.objects.filter(partner__in=[partner.pk for partner in partners])
    counted = count_flags(own, request.user)
    weeks = count_weeks(own, now)
    context = {
        "partners": partners,
        "no_holidays": [
            (partner, years) for partner in partners if (years := years_to_enter(partner, partner.closures.all()))
        ],
        "paused": [partner for partner in partners if partner.is_paused(now)],
        "numbers": [(flag, words, counted[flag]) for flag, words in NUMBERS.items()],
        "clocks": find_clocks(own),
        "news": find_news(own, request.user, now),
        "weeks": weeks,
        "columns": [(date_format(week.starts_on, "j M"), week.parts) for week in weeks],
        "has_weeks": any(week.offered for week in weeks),
        "guides": count_guides(own, current_edition()),
        "now": now,
    }
    return render(request, "partner/home.html", context)
