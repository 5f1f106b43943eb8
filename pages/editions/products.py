"""Microsoft's table of products: read it, and decide what it says that the service description does not."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from benefits.choices import OutsideReason
from benefits.domain.exports.product_table import MAX_TABLE_BYTES
from benefits.domain.json_input import InputError
from benefits.models import ProductProposal, ProposalKind, ProposalState, ServiceDescription, TableReading
from benefits.services.governing import GovernanceRefused
from benefits.services.products.proposals import OF_PRODUCTS, UnclearProduct, decide_proposals
from benefits.services.products.refreshing import refresh_products
from pages.fields import CONTROL, PlainForm, ReasonForm
from pages.guards import SignedInRequest, publisher_page

MOST_SHOWN = 100  # of one kind
EARLIER = 12
LONGEST_NUMBER = 18  # digits


class TableForm(PlainForm):
    """The table as it was downloaded, and its date."""

    table = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_("From Microsoft’s page “Product names and service plan identifiers for licensing”, as downloaded."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    as_of = forms.DateField(
        label=_("Date of the table"),
        help_text=_("The “last updated” date on Microsoft’s page."),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_table(self) -> bytes:
        upload = self.cleaned_data["table"]
        if upload.size > MAX_TABLE_BYTES:
            words = {"size": f"{upload.size:,}", "most": f"{MAX_TABLE_BYTES:,}"}
            raise ValidationError(gettext("The file has %(size)s bytes; the maximum is %(most)s.") % words)
        return bytes(upload.read())

    def clean_as_of(self) -> dt.date:
        day: dt.date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise ValidationError(gettext("Enter a date that isn’t in the future."))
        return day


@publisher_page
@require_http_methods(["GET", "HEAD", "POST"])
def product_table(request: SignedInRequest) -> HttpResponse:
    """Read a copy of the table; what came of earlier ones."""
    form: Any = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        table, as_of = form.cleaned_data["table"], form.cleaned_data["as_of"]
        try:
            found = refresh_products(table, as_of=as_of, by=request.user, now=timezone.now())
        except InputError as error:
            form.add_error("table", str(error))
        else:
            if found.draft is not None:
                return redirect("pages:draft-products", found.draft.pk)
            messages.success(request, _say_nothing_new(found.refused_before))
            return redirect("pages:product-table")
    earlier = TableReading.objects.select_related("read_by", "edition")[:EARLIER]
    context = {"form": form, "earlier": earlier}
    return render(request, "editions/product_table.html", context, status=422 if request.method == "POST" else 200)


def _say_nothing_new(refused_before: int) -> str:
    if not refused_before:
        return gettext("The service description already includes everything in this table.")
    said = ngettext(
        "Nothing new; %(count)d proposal was refused before.",
        "Nothing new; %(count)d proposals were refused before.",
        refused_before,
    )
    return said % {"count": refused_before}


@publisher_page
@require_safe
def draft_products(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show_proposals(request, get_object_or_404(ServiceDescription, pk=pk))


@publisher_page
@require_POST
def draft_products_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept or refuse the ticked proposals with a reason; all of them or none."""
    row, form = get_object_or_404(ServiceDescription, pk=pk), ReasonForm(request.POST)
    numbers = (text for text in request.POST.getlist("proposal") if text.isascii() and text.isdecimal())
    ticked = [int(text) for text in numbers if len(text) <= LONGEST_NUMBER]
    if not ticked:
        form.add_error(None, gettext("Select the proposals to decide."))
    if form.is_valid():
        chosen = {number: CONTROL.sub(" ", request.POST.get(f"choice-{number}", "")) for number in ticked}
        accepted = "accept" in request.POST
        words: dict[str, Any] = {"accepted": accepted, "reason": form.cleaned_data["reason"]}
        try:
            count = decide_proposals(row, chosen, by=request.user, now=timezone.now(), **words)
        except UnclearProduct as error:
            form.add_error(None, f"{error.proposal}: {error}")
        except GovernanceRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _say_decided(count, accepted=accepted))
            return redirect("pages:draft-products", pk)
    return _show_proposals(request, row, form=form)


def _say_decided(count: int, *, accepted: bool) -> str:
    if accepted:
        said = ngettext("%(count)d proposal added to the draft.", "%(count)d proposals added to the draft.", count)
    else:
        said = ngettext("%(count)d proposal refused.", "%(count)d proposals refused.", count)
    return said % {"count": count}


def _show_proposals(request: SignedInRequest, row: ServiceDescription, *, form: Any = None) -> HttpResponse:
    rows = row.proposals.select_related("decided_by")
    still_open = rows.filter(state=ProposalState.OPEN)
    kinds = [(kind, still_open.filter(kind=kind)) for kind in ProposalKind]
    typed = {key: request.POST.get(key, "") for key in request.POST if key.startswith("choice-")}
    context = {
        "row": row,
        "form": form or ReasonForm(),
        "sections": [
            {"kind": kind, "rows": _with_typed(found[:MOST_SHOWN], typed), "total": found.count()}
            for kind, found in kinds
            if found
        ],
        "of_products": OF_PRODUCTS,
        "ticked": request.POST.getlist("proposal"),
        "posted_kind": request.POST.get("kind", ""),
        "decided": rows.exclude(state=ProposalState.OPEN).order_by("-decided_at", "id")[:MOST_SHOWN],
        "plans": row.plans.all().values_list("code", "name"),
        "reasons": OutsideReason.choices,
    }
    return render(request, "editions/draft_products.html", context, status=422 if form else 200)


def _with_typed(rows: Any, typed: dict[str, str]) -> list[tuple[ProductProposal, str]]:
    """Each proposal with what was chosen for it, else with what is proposed."""
    return [(row, typed.get(f"choice-{row.pk}", row.plan_code or row.outside_reason)) for row in rows]
