"""Where a partner's people start their day."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pages.guards import SignedInRequest
from pages.partner.first_steps import list_first_steps
from partners.models import Absence, Partner
from partners.services.working_hours import years_to_enter
from referrals.lists.morning import count_flags, count_guides, count_weeks, find_clocks, find_news
from referrals.lists.names import current_edition
from referrals.models import Offer

NUMBERS = {  # flag → what it counts, and how it looks when there is any
    "late": (_("Overdue responses"), "is-bad"),
    "overdue": (_("Overdue actions"), "is-bad"),
    "today": (_("Due today"), "is-warn"),
    "proposed": (_("Customer replies"), "is-info"),
    "differs": (_("Determination out of date"), "is-info"),
    "mine": (_("Assigned to me"), ""),
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
        "away": Absence.objects.current().of_person(request.user).with_people(),
        "covers": Absence.objects.current().covered_by(request.user).with_people(),
        "numbers": [
            (flag, words, counted[flag], look if counted[flag] else "is-zero")
            for flag, (words, look) in NUMBERS.items()
        ],
        "first_steps": list_first_steps(request.user, partners, now),
        "clocks": find_clocks(own),
        "news": find_news(own, request.user, now),
        "weeks": weeks,
        "columns": [(date_format(week.starts_on, "j M"), week.parts) for week in weeks],
        "has_weeks": any(week.offered for week in weeks),
        "guides": count_guides(own, current_edition()),
        "now": now,
    }
    return render(request, "partner/home.html", context)
