"""The public request, step by step: what was typed is kept, and its address leads back to it."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import who_is_signed_in
from accounts.networks import network_of
from benefits.domain.catalogue import Edition
from benefits.domain.exports.sorting import sort_products
from benefits.services.editions import edition_in_force
from pages.fields import ADD_PLAN, count_plan_rows
from pages.intake.export import ReadExportForm, export_of, fill_rows, list_to_check, say_read
from pages.intake.forms import RfaForm
from pages.intake.steps import (
    BY_SLUG,
    PLANS,
    SLUGS,
    STEPS,
    Step,
    StepForm,
    as_initial,
    faulty_steps,
    names_of,
    summary,
    whole_form,
)
from referrals.intake import filing
from referrals.intake.drafts import AlreadySent, keep_step, mail_way_back, send_draft, start_draft
from referrals.intake.throttling import TooFast, check_time
from referrals.models import RequestDraft

SAFE = ("GET", "HEAD")
P = ParamSpec("P")
DraftPage = Callable[Concatenate[HttpRequest, RequestDraft, P], HttpResponse]


def of_draft(page: DraftPage[P]) -> Callable[..., HttpResponse]:
    """A page of the draft at this address. Once it was sent, by whatever click, each says so."""

    @wraps(page)
    def find(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        draft = get_object_or_404(RequestDraft, token=token)
        try:
            if draft.sent_at is None:
                return page(request, draft, *args, **kwargs)
        except AlreadySent:
            pass
        return redirect("pages:rfa-sent", draft.form_key)

    return find


def _edition() -> Edition:
    return edition_in_force(timezone.localdate())[1]


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in request.POST}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def rfa_new(request: HttpRequest) -> HttpResponse:
    """The first step; a draft begins when it is filled in."""
    step = STEPS[0]
    form = StepForm(request.POST or None, step=step, edition=_edition())
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            return redirect("pages:rfa-sent", uuid.uuid4())
        typed = {name: values for name, values in _typed(request).items() if name in names_of(step)}
        try:
            email, network = form.cleaned_data["requester_email"], network_of(request)
            draft = start_draft(typed, email=email, now=timezone.now(), network=network)
        except filing.TooManyRequests as error:
            form.add_error("requester_email", str(error))
        else:
            return _go_on(request, draft, step)
    return _show(request, step, form, None)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def rfa_step(request: HttpRequest, draft: RequestDraft, slug: str) -> HttpResponse:
    """One step. What is typed is kept whether it is right or not; going on asks that it is right."""
    step = BY_SLUG.get(slug)
    if step is None:
        raise Http404
    if request.method in SAFE:
        return _show(request, step, _form_of(draft, step), draft)
    form = _form_of(draft, step, request.POST)
    is_right = form.is_valid()
    email = form.cleaned_data.get("requester_email", "")
    draft = keep_step(draft.token, names_of(step), _typed(request), email=email, now=timezone.now())
    if step.slug == PLANS and (answer := _answer_plans(request, draft, step, form)):
        return answer
    if "later" in request.POST:
        return redirect("pages:rfa-saved", draft.token)
    return _go_on(request, draft, step) if is_right else _show(request, step, form, draft)


def _form_of(draft: RequestDraft, step: Step, posted: QueryDict | None = None, **more: Any) -> StepForm:
    """A step as it was posted, or as the draft keeps it; its plans are those of the cloud selected before."""
    cloud = next(iter(draft.data.get("audience", ())), "")
    return StepForm(posted, initial=as_initial(draft.data), step=step, edition=_edition(), cloud=cloud, **more)


def _answer_plans(request: HttpRequest, draft: RequestDraft, step: Step, form: StepForm) -> HttpResponse | None:
    """What another button than going on asks for."""
    if ADD_PLAN in request.POST:
        return _show(request, step, _form_of(draft, step, adds_row=True), draft)
    if "forget" in request.POST:
        keep_step(draft.token, [], {}, now=timezone.now(), products={})
        return _back_to_plans(request, draft)
    if "read" in request.POST or request.FILES.get("export"):
        return _read_export(request, draft, step, form)
    return None


def _read_export(request: HttpRequest, draft: RequestDraft, step: Step, form: StepForm) -> HttpResponse:
    """The export's plans take the place of what stood in the rows; of one that cannot be read, nothing does."""
    reads, edition = ReadExportForm(request.POST, request.FILES), _edition()
    if not reads.is_valid():
        return _show(request, step, form, draft, reads)
    listing = reads.cleaned_data["export"]
    found = sort_products(listing, edition)
    typed = fill_rows(found)
    keep_step(draft.token, names_of(step), typed, now=timezone.now(), products=listing.as_data())
    messages.success(request, say_read(count_plan_rows(typed), found, edition))
    return _back_to_plans(request, draft)


def _back_to_plans(request: HttpRequest, draft: RequestDraft) -> HttpResponse:
    """Where the step was opened to change one answer, it still leads back to all of them."""
    address = reverse("pages:rfa-step", args=[draft.token, PLANS])
    return redirect(f"{address}?back=check" if request.GET.get("back") == "check" else address)


def _go_on(request: HttpRequest, draft: RequestDraft, step: Step) -> HttpResponse:
    place = SLUGS.index(step.slug) + 1
    if place == len(SLUGS) or request.GET.get("back") == "check":
        return redirect("pages:rfa-check", draft.token)
    return redirect("pages:rfa-step", draft.token, SLUGS[place])


def _show(
    request: HttpRequest, step: Step, form: StepForm, draft: RequestDraft | None, reads: ReadExportForm | None = None
) -> HttpResponse:
    place = SLUGS.index(step.slug)
    context = {
        "step": step,
        "form": form,
        "draft": draft,
        "number": place + 1,
        "steps": STEPS,
        "before": STEPS[place - 1] if place else None,
        "reads": (reads or ReadExportForm()) if step.slug == PLANS else None,
        "to_check": list_to_check(export_of(draft, _edition()), _edition()) if draft and step.slug == PLANS else [],
    }
    refused = form.is_bound or reads is not None
    return render(request, "intake/step.html", context, status=422 if refused else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def rfa_check(request: HttpRequest, draft: RequestDraft) -> HttpResponse:
    """All answers together, each with the way to change it; sent from here."""
    now = timezone.now()
    more = {"form_key": str(draft.form_key)} | ({"consent": "on"} if request.POST.get("consent") else {})
    form = whole_form(draft.data, _edition(), **more)
    faulty = faulty_steps(form)
    if request.method == "POST" and not faulty and form.is_valid():
        try:
            check_time(draft.created_at, now)
            words: dict[str, Any] = {"network": network_of(request), "filed_by": who_is_signed_in(request)}
            send_draft(draft.token, form.intake_data(), now=now, **words)
        except TooFast as error:
            form.add_error(None, str(error))
        except filing.TooManyRequests as error:
            form.add_error("requester_email", str(error))
        else:
            return redirect("pages:rfa-sent", draft.form_key)
    return _show_check(request, draft, form, faulty)


def _show_check(request: HttpRequest, draft: RequestDraft, form: RfaForm, faulty: list[Step]) -> HttpResponse:
    sends = request.method == "POST"
    says = [str(error) for name in ("__all__", "requester_email") for error in form.errors.get(name, [])]
    context = {
        "draft": draft,
        "consent": form.fields["consent"].label,
        "parts": list(summary(form, list_to_check(export_of(draft, _edition()), _edition()))),
        "faulty": faulty,
        "is_sent": sends,
        "problem": sends,
        "says": says if sends else [],
        "needs_consent": sends and "consent" in form.errors,
    }
    return render(request, "intake/check.html", context, status=422 if sends else 200)


@login_not_required
@never_cache
@require_safe
@of_draft
def rfa_saved(request: HttpRequest, draft: RequestDraft) -> HttpResponse:
    """How to come back; the link can be mailed."""
    return render(request, "intake/saved.html", {"draft": draft})


@login_not_required
@require_POST
@of_draft
def rfa_mail(request: HttpRequest, draft: RequestDraft) -> HttpResponse:
    """Mail the way back to the requester."""
    try:
        draft = mail_way_back(draft.token, now=timezone.now(), network=network_of(request))
    except filing.TooManyRequests as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("We emailed the link to %(email)s.") % {"email": draft.email})
    return redirect("pages:rfa-saved", draft.token)
