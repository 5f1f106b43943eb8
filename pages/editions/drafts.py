"""A draft of the service description on one page: what it changes, whom it would reach, and publishing it."""

import csv
from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.signing_in.stepping_up import verify_first
from benefits.choices import Outcome
from benefits.domain.differences import compare_editions
from benefits.models import ServiceDescription
from benefits.resources import TABLES, neutralise
from benefits.services.chunks import each_by_id
from benefits.services.editions import NotADraft, build_from_rows, edition_in_force, hash_content
from benefits.services.governing import GovernanceRefused, run_golden_scenarios, sign_off
from benefits.services.products.refreshing import count_open_proposals
from pages.editions.forms import SignOffForm
from pages.fields import ReasonForm
from pages.guards import SignedInRequest, publisher_page
from referrals.editions.checking import ask_for_preview
from referrals.editions.publishing import PublishingRefused, assess, publish_draft
from referrals.lists.paging import page_newest_first
from referrals.models import CheckKind, CheckState, EditionCheck, EditionDifference, Referral

MOST_NAMED = 12
EDITED = {  # model → what its rows are called, and where their edition stands
    "plan": (gettext_lazy("Plans"), "edition"),
    "entitlement": (gettext_lazy("Entitlements"), "plan__edition"),
    "workload": (gettext_lazy("Workloads"), "edition"),
    "scopeitem": (gettext_lazy("Scope items"), "edition"),
}


def _edit_links(row: ServiceDescription) -> list[tuple[object, str, str]]:
    """What the rows are called, where those of the draft are listed in the admin, and where one is added."""
    return [
        (
            words,
            reverse(f"admin:benefits_{model}_changelist", query={f"{of_edition}__id__exact": row.pk}),
            reverse(f"admin:benefits_{model}_add", query={"edition": row.pk}),
        )
        for model, (words, of_edition) in EDITED.items()
    ]


def _find_draft(pk: int) -> ServiceDescription:
    rows = ServiceDescription.objects.select_related("prepared_by", "copied_from", "published_by")
    return get_object_or_404(rows, pk=pk)


def _newest_preview(row: ServiceDescription) -> EditionCheck | None:
    return EditionCheck.objects.filter(edition=row, kind=CheckKind.PREVIEW).select_related("asked_by").first()


@publisher_page
@require_safe
def draft_page(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show_draft(request, _find_draft(pk))


def _show_draft(
    request: SignedInRequest, row: ServiceDescription, *, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    edition = build_from_rows(row)
    in_force_pk, in_force = edition_in_force(timezone.localdate())
    golden = run_golden_scenarios(row, edition) if row.is_draft else []
    preview = _newest_preview(row)
    context = {
        "row": row,
        "in_force_pk": in_force_pk,
        "changes": dict(Counter(row.section for row in compare_editions(in_force, edition))),
        "preview": preview,
        "marking": EditionCheck.objects.filter(edition=row, kind=CheckKind.STANDING).first(),
        "is_running": preview is not None and preview.finished_at is None,
        "is_outdated": preview is not None and row.is_draft and preview.content_hash != hash_content(row),
        **_preview_context(preview, request.GET.get("after", "")),
        "edits": _edit_links(row),
        "tables": [(name, reverse(f"admin:{table.admin_name()}_import")) for name, table in TABLES.items()],
        "golden_total": len(golden),
        "golden_differing": [result for result in golden if result.difference],
        "sign_off_form": SignOffForm(prefix="sign-off"),
        "readiness": assess(row, by=request.user, today=timezone.localdate(), golden=golden) if row.is_draft else None,
        "proposals": count_open_proposals(row) if row.is_draft else 0,
        "publish_form": form or ReasonForm(),
    }
    return render(request, "editions/draft.html", context, status=status)


def _preview_context(preview: EditionCheck | None, after: str) -> dict[str, Any]:
    """Counts and rows of a finished preview."""
    if preview is None or preview.state != CheckState.DONE:
        return {}
    rows = EditionDifference.objects.filter(check_run=preview)
    pairs = Counter(rows.order_by().values_list("outcome_before", "outcome_after"))
    by_partner = Counter(rows.order_by().values_list("partner", "partner__name"))
    by_customer = Counter(rows.order_by().values_list("referral__customer", "referral__customer__name"))
    shown = rows.select_related("referral__customer", "partner").order_by("-id")
    return {
        "page": page_newest_first(shown, after),
        "differing": pairs.total(),
        "pairs": [
            (str(Outcome(before).label), str(Outcome(after_).label), number, before == after_)
            for (before, after_), number in pairs.most_common()
        ],
        "by_partner": [
            (name or _("No partner yet"), number) for (_pk, name), number in by_partner.most_common(MOST_NAMED)
        ],
        "more_partners": max(len(by_partner) - MOST_NAMED, 0),
        "by_customer": [(name, number) for (_pk, name), number in by_customer.most_common(MOST_NAMED)],
        "more_customers": max(len(by_customer) - MOST_NAMED, 0),
        "open_total": Referral.objects.open().exclude(determination=None).count(),
    }


@publisher_page
@require_POST
def draft_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _find_draft(pk)
    if row.is_draft:
        ask_for_preview(row, by=request.user, now=timezone.now())
    return redirect("pages:draft", pk)


@publisher_page
@require_safe
def draft_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the preview is; when it is over htmx loads the page anew."""
    preview = _newest_preview(_find_draft(pk))
    answer = render(request, "editions/_preview_progress.html", {"preview": preview, "row": {"pk": pk}})
    if preview is not None and preview.finished_at is not None:
        answer["HX-Refresh"] = "true"
    return answer


@publisher_page
@require_safe
def preview_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every referral of the newest finished preview that would come out otherwise."""
    done = EditionCheck.objects.filter(edition_id=pk, kind=CheckKind.PREVIEW, state=CheckState.DONE).first()
    if done is None:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="preview-{pk}.csv"'
    writer = csv.writer(answer)
    writer.writerow(
        ("referral", "customer", "partner", "before", "after", "remaining before", "remaining after", "reason")
    )
    rows = EditionDifference.objects.filter(check_run=done).select_related("referral__customer", "partner")
    for row in each_by_id(rows, 2000):
        remaining = " ".join(row.remaining_before), " ".join(row.remaining_after)
        who = row.referral.public_id, row.referral.customer.name, row.partner.name if row.partner else ""
        writer.writerow(
            [*map(neutralise, who), row.outcome_before, row.outcome_after, *remaining, neutralise(row.reason)]
        )
    return answer


@publisher_page
@require_POST
def draft_sign_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept with a reason that golden scenarios come out otherwise."""
    row, form = _find_draft(pk), SignOffForm(request.POST, prefix="sign-off")
    codes = request.POST.getlist("scenario")
    if not form.is_valid() or not codes:
        problem = _("Select the scenarios to approve.") if not codes else _("Enter a reason.")
        messages.error(request, " ".join((_("No scenarios approved."), problem)))
        return redirect(f"{request.path.rsplit('sign-off/', 1)[0]}#golden")
    try:
        sign_off(row, codes, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
    except GovernanceRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Approved: %(scenarios)s.") % {"scenarios": ", ".join(codes)})
    return redirect("pages:draft", pk)


@publisher_page
@require_POST
def draft_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    if asking := verify_first(request):
        return asking
    form = ReasonForm(request.POST)
    form.fields["reason"].required = False
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if form.is_valid():
        try:
            row = publish_draft(pk, by=request.user, now=timezone.now(), reason=reason)
        except (PublishingRefused, NotADraft) as error:
            form.add_error("reason", str(error))
        except ServiceDescription.DoesNotExist:
            raise Http404 from None
        else:
            words = {"edition": row, "day": row.effective_from}
            said = _("%(edition)s is published, effective %(day)s. It can no longer be changed.") % words
            messages.success(request, said)
            return redirect("pages:draft", pk)
    return _show_draft(request, _find_draft(pk), form=form, status=422)
