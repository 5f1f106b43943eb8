"""Declines to review."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.going_on import go_on, open_or_done
from pages.guards import SignedInRequest, by_team, team_page
from pages.stale import why_refused
from pages.team.acts import ACTS, suspected_duplicate
from pages.team.forms import ReviewForm
from pages.undoing import REVIEW, forget, remember
from referrals.answering.undoing import UndoRefused
from referrals.choices import ReviewState
from referrals.domain.lifecycle import MoveRefused
from referrals.models import DeclineReview, Event, Offer
from referrals.reviewing.alike import find_alike, group_alike
from referrals.reviewing.judging import (
    NoteMissing,
    acknowledge_decline,
    coach_partner,
    find_near_notes,
    has_settled,
    link_duplicate,
    overturn_decline,
    screen_again,
)
from referrals.reviewing.reopening import reopen_review

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@team_page
@require_safe
def review_list(request: SignedInRequest) -> HttpResponse:
    rows = DeclineReview.objects.select_related("offer__partner", "offer__reason", "offer__referral__customer")
    context = open_or_done(request, "acknowledged", rows, Q(state=ReviewState.OPEN))
    rows_shown = context["page"].rows
    groups = group_alike(rows_shown) if context["shown"] == "open" else [(review, 0) for review in rows_shown]
    return render(request, "team/review_list.html", context | {"groups": groups})


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def review_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One declined offer: notes and reason, the determination as it stood, what happened next."""
    rows = DeclineReview.objects.select_related(
        "offer__partner",
        "offer__reason",
        "offer__referral__customer",
        "offer__determination",
        "offer__run",
        "decided_by",
    )
    review = get_object_or_404(rows, offer__public_id=public_id)
    initial = {"duplicate_of": suspected_duplicate(review.offer.referral)}
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = _judge(request, review, form)
        if said:
            return go_on(request, said, following_review(), "pages:reviews")
        review.refresh_from_db(fields=["state", "verdict_note", "decided_at", "decided_by"])
    status = 422 if request.method == "POST" else 200
    return render(request, "team/review_page.html", _review_context(request, review, form), status=status)


# button → what it does with a decline, and what is said then
WAYS: dict[str, tuple[Callable[..., object], "StrOrPromise"]] = {
    "coach": (coach_partner, _("Message sent to the partner. Decline acknowledged.")),
    "screen": (screen_again, _("Sent back to screening.")),
    "duplicate": (link_duplicate, _("Closed as a duplicate and linked to the original.")),
    "overturn": (overturn_decline, _("Decline overturned. The partner will be offered it again first.")),
    "acknowledge": (acknowledge_decline, _("Decline acknowledged.")),
}


def following_review() -> str:
    """Where the review that is due first is; empty when none is open."""
    first = DeclineReview.objects.filter(state=ReviewState.OPEN).select_related("offer").first()
    return reverse("pages:review", args=[first.offer.public_id]) if first else ""


def _judge(request: SignedInRequest, review: DeclineReview, form: ReviewForm) -> str:
    """Do what the button says with a decline; gives what is said then, or nothing when the form says why not.

    The same answer of the same person again, as by a double click, is answered as it was and changes nothing.
    """
    way = next((name for name in WAYS if name in request.POST), "acknowledge")
    settle, said = WAYS[way]
    words = {name: text for name, text in form.cleaned_data.items() if name != "duplicate_of" or way == "duplicate"}
    by = by_team(request)
    try:
        settle(review.pk, **words, by=by, now=timezone.now())
    except NoteMissing as error:
        form.add_error("note", str(error))
        form.fields["note"].widget.attrs["autofocus"] = True
        return ""
    except MoveRefused as error:
        if not has_settled(review.pk, way, **words, by=by):
            form.add_error(None, why_refused(error, review.offer.referral_id, by))
            return ""
    if way == "acknowledge":
        remember(request, REVIEW, review.pk)
    proposed = gettext("Profile correction sent to the admins.")
    return f"{said} {proposed}" if form.cleaned_data["about"] else str(said)


@team_page
@require_POST
def review_undo(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Undo an acknowledgement within its minutes: the decline waits for a review again."""
    review = get_object_or_404(DeclineReview, offer__public_id=public_id)
    try:
        reopen_review(review.pk, by=by_team(request), now=timezone.now())
    except UndoRefused as refused:
        messages.error(request, str(refused))
    else:
        forget(request, REVIEW, review.pk)
        messages.success(request, gettext("Undone. The decline is waiting for review again."))
    return redirect("pages:review", public_id)


def _review_context(request: SignedInRequest, review: DeclineReview, form: ReviewForm) -> dict[str, object]:
    offer, referral = review.offer, review.offer.referral
    may_act = request.user.is_processing_team
    same_reason = Offer.objects.filter(partner=offer.partner, reason=offer.reason).exclude(pk=offer.pk)
    return {
        "review": review,
        "offer": offer,
        "referral": referral,
        "form": form,
        "may_act": may_act,
        "same_reason": same_reason.select_related("referral__customer").order_by("-id")[:5] if offer.reason_id else [],
        "near": find_near_notes(offer),
        "alike": len(find_alike(review)) - 1 if may_act else 0,
        "live": referral.offers.live().select_related("partner").first(),
        "left": DeclineReview.objects.filter(state=ReviewState.OPEN).count(),
        "next_events": Event.objects.filter(
            referral=referral, at__gte=offer.answered_at or review.opened_at
        ).select_related("partner", "by"),
        "acts": [(name, act.label) for name, act in ACTS.items() if may_act and act.applies(referral)],
        "now": timezone.now(),
    }
