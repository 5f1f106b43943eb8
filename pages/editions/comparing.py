"""Editions compared and exported, the schema of their file, and facts that nobody has verified for long."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from benefits.domain.differences import SECTIONS, compare_editions
from benefits.models import ServiceDescription
from benefits.resources import TABLES
from benefits.services.editions import edition_in_force, export_edition, load_edition
from benefits.services.governing import OLD_AFTER_DAYS, list_old_facts
from benefits.services.shipped import SCHEMA_FILE

LONGEST_AGE = 36_500


def _editions_for(request: HttpRequest) -> Any:
    """Everybody who signs in reads published editions; drafts are for admins."""
    rows = ServiceDescription.objects.all()
    return rows if request.user.has_perm("benefits.change_servicedescription") else rows.published()


def _read_number(text: str, digits: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def _find_edition(request: HttpRequest, pk: str) -> ServiceDescription:
    number = _read_number(pk, 18)
    row = None if number is None else _editions_for(request).filter(pk=number).first()
    if row is None:
        raise Http404
    return row  # type: ignore[no-any-return]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Every difference between two editions, section by section."""
    editions = list(_editions_for(request))
    newest, _edition = edition_in_force(timezone.localdate())
    new = _find_edition(request, request.GET.get("new", str(newest)))
    earlier = new.copied_from_id or next((row.pk for row in editions if row.pk != new.pk), new.pk)
    old = _find_edition(request, request.GET.get("old", str(earlier)))
    found = compare_editions(load_edition(old.pk), load_edition(new.pk))
    sections = [(section, [row for row in found if row.section == section]) for section in SECTIONS]
    context = {"old": old, "new": new, "editions": editions, "total": len(found)}
    context["sections"] = [(section, rows) for section, rows in sections if rows]
    return render(request, "editions/compare.html", context)


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """An edition as a service description file, to be reviewed and loaded elsewhere."""
    row = _find_edition(request, str(pk))
    name = f'attachment; filename="service-description-{row.pk}.json"'
    return HttpResponse(export_edition(row), content_type="application/json", headers={"Content-Disposition": name})


@require_safe
def export_table(request: HttpRequest, pk: int, table: str) -> HttpResponse:
    """One table of an edition as CSV, in the form that the admin's import of that table reads."""
    row, resource = _find_edition(request, str(pk)), TABLES.get(table)
    if resource is None:
        raise Http404
    name = f'attachment; filename="{table}-{row.pk}.csv"'
    body = resource(edition=row).export().csv
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@login_not_required
@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """JSON Schema of the service description file."""
    return HttpResponse(SCHEMA_FILE.read_bytes(), content_type="application/schema+json")


@require_safe
def old_facts(request: HttpRequest) -> HttpResponse:
    """Facts of an edition last verified before a set age."""
    newest, _edition = edition_in_force(timezone.localdate())
    row = _find_edition(request, request.GET.get("edition", str(newest)))
    typed = request.GET.get("days", str(OLD_AFTER_DAYS))
    number = _read_number(typed, 5)
    days = OLD_AFTER_DAYS if number is None or number > LONGEST_AGE else number
    before = timezone.localdate() - dt.timedelta(days=days)
    problem = _("“%(typed)s” isn’t a number of days; showing %(days)s.") % {"typed": typed[:20], "days": days}
    context = {
        "row": row,
        "days": days,
        "problem": "" if str(days) == typed else problem,
        "before": before,
        "facts": list_old_facts(row, before=before),
    }
    return render(request, "editions/old_facts.html", context)
