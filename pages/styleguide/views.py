"""Every component in every state, for whoever works on the pages. Local mode only."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.choices import Outcome
from pages.history.sittings import FACTS, NOTES, SYSTEM, Line, Sitting
from pages.styleguide.samples import draw_samples
from pages.team.forms import HoldForm, ReviewForm
from pages.templatetags.icons import ICONS
from referrals.choices import Actor, EventKind, OfferState, State

LONGEST = "Microsoft Purview Information Protection (incl. DLP and message encryption) for Llanfairpwllgwyngyllgogery"


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.LOCAL_MODE:
        raise Http404
    now = timezone.now()
    context = {
        "states": State.values,
        "outcomes": Outcome,
        "offers": [_offer(state, now, hours) for state in OfferState for hours in (-30, 5, 60)],
        "moments": [now + dt.timedelta(hours=hours) for hours in (-72, -1, 0, 1, 30, 200)],
        "empty_form": ReviewForm(),
        "faulty_form": _faulty(),
        "sittings": [_sitting(now)],
        "bars": [("One", 3.0, 0), (LONGEST, 12.0, 1), ("None", 0.0, 2)],
        "columns": [(f"{week} Nov", (week % 4, week % 3, 1, 2)) for week in range(1, 13)],
        "longest": LONGEST,
        "colours": ("is-good", "is-warn", "is-bad", "is-info"),
        "steps": (("Done", "done"), ("Now", "now"), ("Ahead", "ahead")),
        "now": now,
        "samples": list(draw_samples(request)),
        "icons": ICONS,
    }
    return render(request, "styleguide/styleguide.html", context)


def _faulty() -> HoldForm:
    form = HoldForm({"until": "2001-01-01", "reason": ""})
    form.is_valid()
    return form


def _offer(state: str, now: dt.datetime, hours: int) -> Any:
    due = now + dt.timedelta(hours=hours)
    return SimpleNamespace(state=state, respond_by=due, expires_at=due, referral__state=State.ACCEPTED.value)


def _sitting(now: dt.datetime) -> Sitting:
    lines = [
        Line(NOTES, EventKind.NOTE.label, f"A note that is kept, about {LONGEST}."),
        Line(FACTS, f"{LONGEST}: Unknown → Enabled"),
        Line(SYSTEM, f"{EventKind.MOVED.label} → {State.OFFERED.label}"),
    ]
    return Sitting(str(Actor.SYSTEM.label), now, now, lines)
