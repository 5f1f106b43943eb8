"""The lab: try a policy before it is set in force, on a past period or in a simulated world."""

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lab.choices import Kind
from lab.history import MOST_ARRIVALS, USUAL_DAYS, NothingArrived, TooMuchArrived, find_usual_world
from lab.models import LabRun
from lab.policies import vary_policy
from lab.results import Results
from lab.starting import NotThere, cancel, replay_period, run_again, simulate_world
from pages.files import csv_file
from pages.guards import SignedInRequest, is_public_id, lab_page, may_try_policies
from pages.lab.forms import PeriodForm, SimulationForm
from pages.lab.showing import show
from partners.domain.policy import Policy
from partners.models import Partner

PER_PAGE = 50
READ_OR_START = ["GET", "HEAD", "POST"]


@lab_page
@require_safe
def lab_home(request: SignedInRequest) -> HttpResponse:
    """Runs, the newest first."""
    runs = LabRun.objects.without_scenario().select_related("asked_by")
    before = request.GET.get("before", "")
    if is_public_id(before):
        runs = runs.filter(pk__lt=get_object_or_404(LabRun.objects.without_scenario(), public_id=before).pk)
    rows = list(runs.order_by("-pk")[: PER_PAGE + 1])
    older = rows[PER_PAGE - 1].public_id if len(rows) > PER_PAGE else ""
    return render(
        request, "lab/home.html", {"runs": rows[:PER_PAGE], "older": older, "may_start": may_try_policies(request.user)}
    )


@lab_page
@require_http_methods(READ_OR_START)
def lab_new(request: SignedInRequest) -> HttpResponse:
    """Choose what to compare, and start."""
    if not may_try_policies(request.user):
        raise Http404
    now, is_world = timezone.now(), request.GET.get("kind") == Kind.WORLD
    about = _find_partner(request.GET.get("partner", ""))
    proposed = _read_proposed(request.GET.get("policy", ""), now)
    data = request.POST if request.method == "POST" else None
    form: PeriodForm | SimulationForm
    if is_world:
        form = SimulationForm(data, now=now, proposed=proposed, initial=find_usual_world(now))
    else:
        last = timezone.localdate() - dt.timedelta(days=1)
        initial = {"first": last - dt.timedelta(days=USUAL_DAYS - 1), "last": last, "what": request.GET.get("what")}
        form = PeriodForm(data, now=now, proposed=proposed, about=about, initial=initial)
    if data is not None and form.is_valid():
        run = _start(form, request, now)
        if run is not None:
            return redirect("pages:lab-run", run.public_id)
    status = 422 if form.errors else 200
    context = {"form": form, "is_world": is_world, "about": about}
    return render(request, "lab/new.html", context, status=status)


def _find_partner(number: str) -> Partner | None:
    if not number:
        return None
    if not is_public_id(number):
        raise Http404
    return get_object_or_404(Partner, public_id=number)


def _read_proposed(text: str, now: dt.datetime) -> Policy | None:
    """Settings that a link proposes."""
    if not text:
        return None
    try:
        settings = json.loads(text)
        return vary_policy(settings if isinstance(settings, dict) else {text: None}, now)
    except (ValueError, TypeError, ValidationError) as error:
        raise Http404 from error


def _start(form: PeriodForm | SimulationForm, request: SignedInRequest, now: dt.datetime) -> LabRun | None:
    """None where the period cannot be replayed, which the form then says."""
    variants, seeds = form.variants(), form.cleaned_data["seeds"]
    if isinstance(form, SimulationForm):
        return simulate_world(form.written(), variants, seeds, by=request.user, now=now)
    days = form.cleaned_data["first"], form.cleaned_data["last"]
    try:
        return replay_period(*days, *form.span(), variants, seeds, by=request.user, now=now)
    except NothingArrived:
        form.add_error("first", gettext("No referrals were first routed in this period."))
    except TooMuchArrived:
        said = gettext("Enter fewer days: up to %(most)s referrals are simulated.")
        form.add_error("last", said % {"most": f"{MOST_ARRIVALS:,}"})
    except NotThere:
        form.add_error("what", gettext("This partner was not active in the period. Select “joins”."))
    return None


def _find(public_id: str) -> LabRun:
    runs = LabRun.objects.without_scenario().select_related("asked_by", "again")
    return get_object_or_404(runs, public_id=public_id)


@lab_page
@require_safe
def lab_run(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far a run is, and what it found."""
    run = _find(public_id)
    context: dict[str, Any] = {
        "run": run,
        "is_world": run.kind == Kind.WORLD,
        "may_start": may_try_policies(request.user),
    }
    if run.result_hash:
        context |= show(Results(run))
    return render(request, "lab/run.html", context)


@lab_page
@require_POST
def lab_cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    run = _find(public_id)
    if cancel(run, timezone.now()):
        messages.success(request, gettext("Run canceled."))
    return redirect("pages:lab-run", run.public_id)


@lab_page
@require_POST
def lab_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same inputs once more: with the same versions it has to give the same results."""
    run = get_object_or_404(LabRun, public_id=public_id)
    if run.is_open:
        return redirect("pages:lab-run", run.public_id)
    return redirect("pages:lab-run", run_again(run, by=request.user, now=timezone.now()).public_id)


@lab_page
@require_safe
def lab_file(request: SignedInRequest, public_id: str, name: str) -> HttpResponse:
    """All figures, or all weeks, as CSV."""
    run = _find(public_id)
    if not run.result_hash:
        raise Http404
    results = Results(run)
    lines = results.table() if name == "figures" else results.week_table()
    return csv_file(f"{run.public_id}-{name}.csv", lines)
