"""The public request on one page."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import who_is_signed_in
from accounts.networks import network_of
from benefits.services.editions import edition_in_force
from pages.fields import ADD_PLAN
from pages.intake.forms import RfaForm
from pages.intake.steps import as_initial
from referrals.intake import filing
from referrals.intake.throttling import TooFast, check_time, read_stamp, write_stamp


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_form(request: HttpRequest) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    now, opened = timezone.now(), read_stamp(request.POST.get("opened", ""))
    if ADD_PLAN in request.POST:
        typed = as_initial(dict(request.POST.lists()))
        return _show(request, RfaForm(initial=typed, edition=edition, adds_row=True), opened or now)
    form = RfaForm(request.POST or None, edition=edition)
    if form.is_valid() and _file(request, form, opened, now):
        return redirect("pages:rfa-sent", form.cleaned_data["form_key"])
    return _show(request, form, opened or now)


def _file(request: HttpRequest, form: RfaForm, opened: dt.datetime | None, now: dt.datetime) -> bool:
    """Keep the request, unless a robot filled it in; false with an error in the form when it is not taken."""
    words: dict[str, Any] = {"network": network_of(request), "filed_by": who_is_signed_in(request)}
    try:
        if not form.cleaned_data["website"]:
            check_time(opened, now)
            filing.file_rfa(form.intake_data(), form_key=form.cleaned_data["form_key"], now=now, **words)
    except TooFast as error:
        form.add_error(None, str(error))
    except filing.TooManyRequests as error:
        form.add_error("requester_email", str(error))
    return not form.errors


def _show(request: HttpRequest, form: RfaForm, opened: dt.datetime) -> HttpResponse:
    context = {"form": form, "opened": write_stamp(opened)}
    return render(request, "intake/one_page.html", context, status=422 if form.is_bound else 200)
