"""Where a request begins: what it is for, what it needs, and what comes of it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.domain.edition_on_date import edition_on
from benefits.services.editions import edition_in_force
from pages.intake.steps import STEPS
from referrals.intake.drafts import KEPT_FOR


@login_not_required
@require_safe
def rfa_start(request: HttpRequest) -> HttpResponse:
    """What to know before starting, by the service description in force."""
    today = timezone.localdate()
    _edition_id, edition = edition_in_force(today)
    context = {
        "steps": STEPS,
        "seats": edition_on(edition, today).floor,
        "families": [family.name for family in edition.families],
        "kept_for": KEPT_FOR.days,
    }
    return render(request, "intake/start.html", context)
