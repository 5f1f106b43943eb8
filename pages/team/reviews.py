"""Declines to review and release requests to decide."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.fields import ReasonForm
from pages.guards import SignedInRequest, by_team, team_page
from pages.team.acts import ACTS, suspected_duplicate
from pages.team.forms import ReviewForm
from pages.undoing import REVIEW, forget, remember
from referrals.answering.releasing import decide_release
from referrals.answering.undoing import UndoRefused
from referrals.choices import ReleaseState, ReviewState
from referrals.domain.lifecycle import MoveRefused
from referrals.lists.paging import page_by_time, page_newest_first
from referrals.models import DeclineReview, Event, Offer, ReleaseRequest
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
    context = _open_or(request, "acknowledged", rows, Q(state=ReviewState.OPEN))
    return render(request, "team/review_list.html", context)


def _open_or(request: SignedInRequest, done: str, rows: QuerySet[Any], is_open: Q) -> dict[str, object]:
    """What is open, first due first; with ``?shown=<done>`` the rest, newest first."""
    after = request.GET.get("after", "")
    if request.GET.get("shown") == done:
        page, shown = page_newest_first(rows.exclude(is_open), after), done
    else:
        page, shown = page_by_time(rows.filter(is_open), "due_at", after), "open"
    return {"page": page, "shown": shown, "now": timezone.now()}


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
            return _next_review(request, said)
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
            form.add_error(None, str(error))
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


def _next_review(request: SignedInRequest, done: str) -> HttpResponse:
    following = DeclineReview.objects.filter(state=ReviewState.OPEN).select_related("offer").first()
    last = gettext("That was the last one.")
    messages.success(request, done if following else f"{done} {last}")
    if following:
        return redirect("pages:review", following.offer.public_id)
    return redirect("pages:reviews")


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
        "live": referral.offers.live().select_related("partner").first(),
        "left": DeclineReview.objects.filter(state=ReviewState.OPEN).count(),
        "next_events": Event.objects.filter(
            referral=referral, at__gte=offer.answered_at or review.opened_at
        ).select_related("partner", "by"),
        "acts": [(name, act.label) for name, act in ACTS.items() if may_act and act.applies(referral)],
        "now": timezone.now(),
    }


@team_page
@require_safe
def release_list(request: SignedInRequest) -> HttpResponse:
    rows = ReleaseRequest.objects.select_related("offer__partner", "offer__referral__customer", "reason")
    context = _open_or(request, "decided", rows, Q(state=ReleaseState.OPEN))
    return render(request, "team/release_list.html", context)


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def release_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Grant or refuse, with the reason that the partner will read."""
    rows = ReleaseRequest.objects.select_related(
        "offer__partner", "offer__referral__customer", "offer__referral__determination", "reason", "decided_by"
    )
    release = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        grant = "grant" in request.POST
        problem = _decide(request, pk, form.cleaned_data["reason"], grant=grant)
        if not problem:
            said = (
                gettext("Release granted. The referral goes to the next partner.")
                if grant
                else gettext("Release refused. The referral stays with the partner.")
            )
            messages.success(request, said)
            return redirect("pages:releases")
        form.add_error(None, problem)
        release.refresh_from_db()
    context = {"release": release, "offer": release.offer, "referral": release.offer.referral, "form": form}
    status = 422 if request.method == "POST" else 200
    context |= {
        "may_act": request.user.is_processing_team and release.state == ReleaseState.OPEN,
        "now": timezone.now(),
    }
    return render(request, "team/release_page.html", context, status=status)


def _decide(request: SignedInRequest, pk: int, note: str, *, grant: bool) -> str:
    """Decide a release as the button says; gives what stands in the way."""
    if grant == ("refuse" in request.POST):
        return gettext("Select Grant or Refuse.")
    now = timezone.now()
    try:
        decided = decide_release(pk, grant=grant, note=note, by=by_team(request), now=now)
    except MoveRefused as error:
        return str(error)
    if decided.decided_at == now:
        return ""
    return gettext("Already “%(state)s”. No changes were made.") % {"state": decided.get_state_display()}
