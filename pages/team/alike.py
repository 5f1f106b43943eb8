"""Declines that read alike, on one page: each text is shown, and those selected are acknowledged together."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from pages.going_on import go_on
from pages.guards import SignedInRequest, by_team, team_page
from pages.team.forms import AlikeForm
from pages.team.reviews import following_review
from pages.undoing import REVIEW, remember
from referrals.domain.lifecycle import MoveRefused
from referrals.models import DeclineReview
from referrals.reviewing.alike import find_alike
from referrals.reviewing.judging import acknowledge_decline


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def alike_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The open declines that read like one; each is acknowledged by itself, and can be undone by itself."""
    rows = DeclineReview.objects.select_related("offer")
    group = find_alike(get_object_or_404(rows, offer__public_id=public_id))
    if not group:
        return redirect("pages:review", public_id)
    form, wanted = AlikeForm(request.POST if request.method == "POST" else None), set(request.POST.getlist("rows"))
    if form.is_bound and not wanted:
        form.add_error(None, _("Select at least one decline."))
    if request.method == "POST" and form.is_valid():
        said = _acknowledge(request, group, wanted, form.cleaned_data["note"])
        return go_on(request, said, following_review(), "pages:reviews")
    marked = wanted if form.is_bound else {review.offer.public_id for review in group}
    context = {"group": group, "marked": marked, "form": form, "first": group[0].offer}
    context |= {"may_act": request.user.is_processing_team, "now": timezone.now()}
    return render(request, "team/review_alike.html", context, status=422 if form.is_bound else 200)


def _acknowledge(request: SignedInRequest, group: list[DeclineReview], wanted: set[str], note: str) -> str:
    """Acknowledge each that is wanted, one by one; gives what was done in words. Others may have been faster."""
    done, now = 0, timezone.now()
    for review in (one for one in group if one.offer.public_id in wanted):
        try:
            acknowledge_decline(review.pk, note=note, by=by_team(request), now=now)
        except MoveRefused:
            continue
        remember(request, REVIEW, review.pk)
        done += 1
    said = ngettext("%(n)s decline acknowledged.", "%(n)s declines acknowledged.", done) % {"n": done}
    others = len(wanted) - done
    if others:
        words = ngettext("%(n)s was already reviewed.", "%(n)s were already reviewed.", others)
        messages.info(request, words % {"n": others})
    return said
