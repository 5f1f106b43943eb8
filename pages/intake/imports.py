"""Import requests from a file: template, check with errors by row, and the choice of what is taken."""

import csv
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from benefits.resources import neutralise
from pages.fields import PlainForm
from pages.guards import SignedInRequest, team_page
from pages.intake.sheet import MOST_BYTES, MOST_ROWS, SheetRefused, read_sheet, template_rows
from referrals.domain.lifecycle import MoveRefused
from referrals.intake.importing import confirm_import, stage_import
from referrals.models import RequestImport
from referrals.models.request_import import ImportMode

MOST_SHOWN = 100


class SheetForm(PlainForm):
    """A CSV file with one request a row."""

    sheet = forms.FileField(
        label=_("CSV file"),
        help_text=format_lazy(
            _("UTF-8, using the template’s column headers, up to {rows} rows."), rows=f"{MOST_ROWS:,}"
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_sheet(self) -> tuple[bytes, str, int]:
        upload = self.cleaned_data["sheet"]
        if upload.size > MOST_BYTES:
            words = {"size": f"{upload.size:,}", "most": f"{MOST_BYTES:,}"}
            raise ValidationError(gettext("The file has %(size)s bytes; the maximum is %(most)s.") % words)
        raw = upload.read()
        try:
            return raw, str(upload.name), len(read_sheet(raw))
        except SheetRefused as refused:
            raise ValidationError(str(refused)) from None


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: SignedInRequest) -> HttpResponse:
    """Upload a file; the files before it, and what became of them."""
    form: Any = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        raw, name, total = form.cleaned_data["sheet"]
        staged = stage_import(raw, name, total, by=request.user, now=timezone.now())
        return redirect("pages:import", staged.pk)
    earlier = RequestImport.objects.select_related("uploaded_by").defer("raw", "rows")[:20]
    context = {"form": form, "earlier": earlier}
    return render(request, "intake/import_list.html", context, status=422 if request.method == "POST" else 200)


@team_page
@require_safe
def import_template(request: SignedInRequest) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="requests.csv"'
    csv.writer(answer).writerows(template_rows())
    return answer


@team_page
@require_safe
def import_errors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every row with errors, one line for each error."""
    staged = get_object_or_404(RequestImport.objects.defer("raw"), pk=pk)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="errors-{pk}.csv"'
    writer = csv.writer(answer)
    writer.writerow([gettext("Row"), gettext("Reference"), gettext("Error")])
    rows = ((row["line"], row["reference"], error) for row in staged.faulty for error in row["errors"])
    writer.writerows([neutralise(str(cell)) for cell in cells] for cells in rows)
    return answer


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it is; the errors by row; and the button that imports."""
    staged = get_object_or_404(RequestImport.objects.select_related("uploaded_by").defer("raw"), pk=pk)
    if request.method == "POST":
        mode = request.POST.get("mode", "")
        try:
            confirm_import(pk, ImportMode(mode), by=request.user, now=timezone.now())
        except (MoveRefused, ValueError) as refused:
            is_said = isinstance(refused, MoveRefused)
            messages.error(request, str(refused) if is_said else gettext("Select what to import."))
        return redirect("pages:import", pk)
    context = {"staged": staged, "shown": staged.faulty[:MOST_SHOWN], "modes": ImportMode}
    return render(request, "intake/import.html", context)
