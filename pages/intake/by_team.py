"""The team files a request itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from benefits.services.editions import edition_in_force
from pages.fields import ADD_PLAN
from pages.guards import SignedInRequest, by_team, team_page
from pages.intake.forms import TeamRequestForm
from pages.intake.steps import as_initial
from pages.places import back_to_referral
from referrals.choices import Source
from referrals.intake import filing


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def team_request(request: SignedInRequest) -> HttpResponse:
    """The team's own request form: the referral exists at once."""
    _edition_id, edition = edition_in_force(timezone.localdate())
    if ADD_PLAN in request.POST:
        typed = as_initial(dict(request.POST.lists()))
        more = TeamRequestForm(initial=typed, edition=edition, adds_row=True)
        return render(request, "intake/by_team.html", {"form": more})
    form = TeamRequestForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["form_key"]
        words = {"source": Source.TEAM, "form_key": key, "by": by_team(request), "now": timezone.now()}
        referral = filing.submit(form.intake_data(), **words)
        return back_to_referral(request, referral.public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "intake/by_team.html", {"form": form}, status=status)
