"""Who would get a request that nobody has sent yet; to a partner, what its own profile says to it. Nothing is kept."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from benefits.domain.catalogue import Edition
from benefits.services.editions import edition_in_force
from pages.foreseeing.forms import AnyDraftProfileForm, DraftProfileForm, NeedForm, ProfileChoiceForm
from pages.guards import SignedInRequest, by_team, team_page
from partners.choices import Role
from partners.domain.matching import Profile
from partners.models import Partner
from partners.services.snapshots import load_desk, read_version
from referrals.routing.foreseeing import foresee, foresee_own

ASKED = "requested_type"  # every question has it
CHANGED = "changed"  # and one about a changed profile, this: of which partner


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def who_would_get(request: SignedInRequest) -> HttpResponse:
    """The receipt of a need that is no referral; the request's own form may be posted here, and is not kept."""
    if request.method == "POST":
        by_team(request)  # who files requests; auditors ask by address
    edition, now = edition_in_force(timezone.localdate())[1], timezone.now()
    sent = request.POST or request.GET
    form, choice = _need_form(sent, edition), ProfileChoiceForm(sent)
    partner = choice.cleaned_data["partner"] if choice.is_valid() else None
    context: dict[str, Any] = {"form": form, "choice": choice, "partner": partner, "workload_names": _names(edition)}
    is_right = form.is_valid() and choice.is_valid()
    if is_right:
        context["foreseen"] = foresee(form.need(), now)
    if partner:
        profile = _profile_of(partner, now)
        draft = AnyDraftProfileForm.of_any(
            profile, now, edition, sent if sent.get(CHANGED) == partner.public_id else None
        )
        context["draft"] = draft
        if is_right and draft.is_valid():
            context["changed"] = foresee(form.need(), now, draft.change(profile))
        is_right = is_right and not draft.errors
    is_wrong = form.is_bound and not is_right
    return render(request, "foreseeing/who_would_get.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def would_we_get(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A partner admin's own filters on a request and on a profile as it might become; nobody else's, and no rank."""
    own = Partner.objects.of_member(request.user).filter(public_id=public_id)
    partner = get_object_or_404(own.filter(memberships__user=request.user, memberships__role=Role.ADMIN))
    edition, now = edition_in_force(timezone.localdate())[1], timezone.now()
    profile = _profile_of(partner, now)
    form = _need_form(request.POST, edition)
    draft = DraftProfileForm.of(profile, request.POST if form.is_bound else None)
    are_right = all([form.is_valid(), draft.is_valid()])
    verdicts = foresee_own(form.need(), draft.change(profile), now) if form.is_bound and are_right else None
    context: dict[str, Any] = {"form": form, "draft": draft, "partner": partner, "verdicts": verdicts}
    context |= {"passes": verdicts is not None and all(verdict.passed for verdict in verdicts)}
    context |= {"workload_names": _names(edition)}
    is_wrong = form.is_bound and not are_right
    return render(request, "foreseeing/would_we_get.html", context, status=422 if is_wrong else 200)


def _need_form(sent: QueryDict, edition: Edition) -> NeedForm:
    return NeedForm(sent if ASKED in sent else None, edition=edition, day=timezone.localdate())


def _names(edition: Edition) -> dict[str, str]:
    return {code: workload.name for code, workload in edition.workloads.items()}


def _profile_of(partner: Partner, now: dt.datetime) -> Profile:
    board = load_desk(now, read_version()).board
    if not board.knows(partner.pk):
        raise Http404
    return board.profile(partner.pk)
