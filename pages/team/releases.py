"""Requests to be released from the duty to deliver: what decides them, and the decision."""

import datetime as dt

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from benefits.models import Determination
from pages.fields import ReasonForm
from pages.going_on import go_on, open_or_done
from pages.guards import SignedInRequest, by_team, team_page
from partners.choices import ReferralType
from referrals.answering.releasing import decide_release
from referrals.answering.responding import duty_applies
from referrals.choices import ReleaseState
from referrals.domain.lifecycle import MoveRefused
from referrals.domain.policies import FEE_BASED_OUTCOMES
from referrals.models import Offer, ReleaseRequest
from referrals.routing.foreseeing import foresee_referral

EARLIER = 5
NEXT_SHOWN = 3


@team_page
@require_safe
def release_list(request: SignedInRequest) -> HttpResponse:
    rows = ReleaseRequest.objects.select_related("offer__partner", "offer__referral__customer", "reason")
    context = open_or_done(request, "decided", rows, Q(state=ReleaseState.OPEN))
    return render(request, "team/release_list.html", context)


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def release_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Grant or refuse, with the reason that the partner will read; then the next request."""
    rows = ReleaseRequest.objects.select_related(
        "offer__partner", "offer__referral__customer", "offer__referral__determination", "reason", "decided_by"
    )
    release = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        grant = "grant" in request.POST
        problem = _decide(request, pk, form.cleaned_data["reason"], grant=grant)
        if not problem:
            granted = gettext("Release granted. The referral goes to the next partner.")
            refused = gettext("Release refused. The referral stays with the partner.")
            return go_on(request, granted if grant else refused, _following(), "pages:releases")
        form.add_error(None, problem)
        release.refresh_from_db()
    context = _context(request, release, form)
    return render(request, "team/release_page.html", context, status=422 if form.is_bound else 200)


def _why_no_duty(offer: Offer, decided: Determination | None, now: dt.datetime) -> str:
    """What is missing for the duty to deliver, the first of it."""
    if offer.referral_type != ReferralType.BENEFIT:
        return gettext("it’s a Standard referral.")
    if not offer.partner.is_fasttrack_ready:
        return gettext("the partner isn’t FastTrack Ready.")
    if not offer.partner.has_availability(now, offer.referral_type, without=1):
        return gettext("the partner has no availability.")
    if decided is None:
        return gettext("nothing has been determined.")
    if decided.outcome in FEE_BASED_OUTCOMES:
        return gettext("the determination says “%(outcome)s”.") % {"outcome": decided.get_outcome_display()}
    return gettext("declines for this reason are reviewed without it.")


def _following() -> str:
    first = ReleaseRequest.objects.filter(state=ReleaseState.OPEN).first()
    return reverse("pages:release", args=[first.pk]) if first else ""


def _context(request: SignedInRequest, release: ReleaseRequest, form: ReasonForm) -> dict[str, object]:
    """The request with the facts that decide it, as they stand now."""
    offer, now = release.offer, timezone.now()
    referral = offer.referral
    is_open = release.state == ReleaseState.OPEN
    earlier = ReleaseRequest.objects.filter(offer__partner=offer.partner, pk__lt=release.pk).order_by("-id")
    decided, why = referral.determination, release.reason
    foreseen = foresee_referral(referral, now) if is_open else None
    return {
        "release": release,
        "offer": offer,
        "referral": referral,
        "form": form,
        "has_duty": is_open and decided is not None and duty_applies(offer, offer.partner, decided, why, now),
        "why_no_duty": _why_no_duty(offer, decided, now),
        "is_open": is_open,
        "is_late": is_open and release.due_at < now,
        "foreseen": foreseen,
        "following": foreseen.passing[:NEXT_SHOWN] if foreseen else (),
        "earlier": earlier.select_related("reason", "offer__referral__customer")[:EARLIER],
        "left": ReleaseRequest.objects.filter(state=ReleaseState.OPEN).count(),
        "may_act": request.user.is_processing_team and is_open,
        "now": now,
    }


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
