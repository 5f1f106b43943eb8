"""Where the team starts its day: counts that lead to their lists, and what is waiting longest."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pages.guards import SignedInRequest, team_page
from referrals.choices import OPEN_STATES, Actor, NextAct, OfferState, ReleaseState, ReviewState, State
from referrals.lists.statements import count_each
from referrals.models import Canary, DeclineReview, Escalation, Notification, Offer, Referral, ReleaseRequest


@team_page
@require_safe
def team_home(request: SignedInRequest) -> HttpResponse:
    """Counts that are links, and what is waiting longest."""
    now = timezone.now()
    by_state = dict(Referral.objects.open().order_by().values_list("state").annotate(Count("pk")))
    counted = {
        "unowned": Referral.objects.in_nobodys_hands(),
        "reviews": DeclineReview.objects.filter(state=ReviewState.OPEN),
        "releases": ReleaseRequest.objects.filter(state=ReleaseState.OPEN),
        "late": Offer.objects.filter(state=OfferState.PENDING, respond_by__lt=now, referral__state=State.OFFERED),
        "stuck_mail": Notification.objects.stuck(),
        "escalations": Escalation.objects.unanswered(),
        "senders": Referral.objects.filter(next_action=NextAct.CONFIRM_SENDER, next_owner=Actor.TEAM),
    }
    numbers = count_each([rows.order_by().values("pk") for rows in counted.values()])
    context = (
        Referral.objects.count_special(now)
        | dict(zip(counted, numbers, strict=True))
        | {
            "now": now,
            "pipeline": Canary.objects.read(),
            "in_review": by_state.get(State.IN_REVIEW, 0),
            "states": [(state, by_state.get(state, 0)) for state in OPEN_STATES],
            "waits_longest": Referral.objects.waiting().select_related("customer").first(),
            "oldest": Referral.objects.open().for_list().order_by("next_action_at", "id")[:10],
        }
    )
    return render(request, "team/home.html", context)
