"""The team's working hours and closures, by which its deadlines are counted."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.sealing import unseal
from benefits.data.places import COUNTRY_NAMES
from pages.guards import SAFE, SignedInRequest, team_page
from pages.hours import ClosureForm, HoursForm, days_in_weekend, hours_in_words
from partners.models import TeamClosure
from partners.services import team_hours
from partners.services.profiles import ChangedMeanwhile, ProfileRefused
from partners.services.working_hours import team_hours as load_team_hours
from partners.services.working_hours import years_to_enter

FORMS: dict[str, type[forms.Form]] = {"hours": HoursForm, "closure": ClosureForm}


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def team_calendar(request: SignedInRequest) -> HttpResponse:
    if request.method in SAFE:
        return _show(request)
    try:
        bound = _save(request)
    except ChangedMeanwhile as changed:
        form = HoursForm(request.POST, prefix="hoursform").over(changed.now)
        form.add_error(None, _("Someone else changed this while you were editing. Check, and save again."))
        return _show(request, {"hours": form}, status=409)
    except ProfileRefused as refused:
        return _refuse(request, str(refused))
    if bound:
        return _show(request, bound, status=422)
    messages.success(request, _("Saved. Applies to new deadlines."))
    return redirect("pages:team-calendar")


def _refuse(request: SignedInRequest, said: str) -> HttpResponse:
    """Say why beside what was typed."""
    name = request.POST.get("part", "")
    if name not in FORMS:
        messages.error(request, said)
        return redirect("pages:team-calendar")
    form = FORMS[name](request.POST, prefix=FORMS[name].__name__.lower())
    form.add_error(None, said)
    return _show(request, {name: form}, status=422)


def _save(request: SignedInRequest) -> dict[str, forms.Form]:
    """Do what was posted; gives the form that has errors, by its name."""
    now, part = timezone.now(), request.POST.get("part", "")
    if part == "hours":
        hours = HoursForm(request.POST, prefix="hoursform")
        if not hours.is_valid():
            return {"hours": hours}
        team_hours.change_team_hours(hours.values(), was=hours.cleaned_data["was"], by=request.user, now=now)
    elif part == "closure":
        closure = ClosureForm(request.POST, prefix="closureform")
        if not closure.is_valid():
            return {"closure": closure}
        team_hours.add_team_closure(**closure.cleaned_data, by=request.user, now=now)
    else:
        team_hours.remove_team_closure(unseal("closure", request.POST.get("closure", "")) or 0)
    return {}


def _show(request: SignedInRequest, bound: dict[str, forms.Form] | None = None, status: int = 200) -> HttpResponse:
    kept, given = load_team_hours(), bound or {}
    context = {
        "shown": hours_in_words(kept),
        "hours": given.get("hours") or HoursForm.of(kept),
        "closure": given.get("closure") or ClosureForm(prefix="closureform"),
        "closures": list(TeamClosure.objects.filter(ends_on__gte=timezone.localdate())),
        "no_holidays": years_to_enter(kept, TeamClosure.objects.all()),
        "holidays_of": COUNTRY_NAMES.get(kept.calendar_country, ""),
        "days_in_weekend": days_in_weekend(kept),
        "may_keep": request.user.is_processing_team,
        "changed_at": getattr(kept, "changed_at", None),
        "changed_by": getattr(kept, "changed_by", None),
        "now": timezone.now(),
    }
    return render(request, "team/calendar.html", context, status=status)
