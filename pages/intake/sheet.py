"""Requests as rows of a CSV file, such as a propensity list: each is checked by the form that the team types into."""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from benefits.choices import Audience, Delivery, Industry, SizeBand
from benefits.domain.catalogue import Edition
from benefits.services.editions import edition_in_force
from pages.fields import MOST_PLAN_ROWS, refuse_control_characters, refuse_line_breaks
from pages.intake.forms import TeamRequestForm
from partners.choices import ReferralType
from referrals.choices import RequesterKind

YES, NO = ("yes", "true", "1"), ("", "no", "false", "0")
LONGEST_REFERENCE = 80
MOST_BYTES, MOST_ROWS = 2 * 1024 * 1024, 1000
SEVERAL = ("areas", "workloads", "services", "languages")
COLUMNS = (
    *("reference", "requester_kind", "requester_name", "requester_email", "requester_phone", "customer_name"),
    *("domain", "tenant_id", "country", "industry", "size_band", "audience", "areas", "workloads", "services"),
    *("text", "delivery", "wanted_from", "languages", "requested_type", "no_incentive", "plans", "rfa_id"),
)
NEEDED = ("reference", "requester_name", "requester_email", "customer_name", "domain", "country", "text")
USUAL = {
    "requester_kind": RequesterKind.FIELD.value,
    "industry": Industry.COMMERCIAL.value,
    "size_band": SizeBand.S1000.value,
    "audience": Audience.COMMERCIAL.value,
    "delivery": Delivery.REMOTE.value,
    "languages": "en",
    "requested_type": ReferralType.BENEFIT.value,
}
EXAMPLE = {
    "reference": "EXAMPLE-1",
    "requester_name": "Robin Field",
    "requester_email": "robin@contoso.example",
    "customer_name": "Contoso Ltd",
    "domain": "contoso.example",
    "country": "GB",
    "areas": "endpoint; security",
    "workloads": "INTUNE",
    "text": "Help us enable Intune for all devices.",
    "languages": "en; de",
    "plans": "M365_E5: 500; O365_E3",
}


class SheetRefused(Exception):
    """The file as a whole cannot be read; the message says why."""


def template_rows() -> list[list[str]]:
    """The heads, and a row that shows how; it is refused when it is left there."""
    return [list(COLUMNS), [EXAMPLE.get(name) or USUAL.get(name, "") for name in COLUMNS]]


def read_sheet(raw: bytes) -> list[dict[str, str]]:
    """The rows by column, with ``line`` as counted in the file.

    Raises:
        SheetRefused: too big, not UTF-8, not CSV, without rows, or columns are missing or unknown.
    """
    if len(raw) > MOST_BYTES:
        sizes = {"size": f"{len(raw):,}", "most": f"{MOST_BYTES:,}"}
        raise SheetRefused(_("The file has %(size)s bytes; the maximum is %(most)s.") % sizes)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetRefused(_("The file isn’t UTF-8. Save it as “CSV UTF-8”.")) from None
    if "\x00" in text:
        raise SheetRefused(_("The file contains null bytes and isn’t a CSV file."))
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        _check_heads(heads)
        filled = (row for row in reader if any(cell.strip() for cell in row))
        rows = [_row(heads, row, reader.line_num) for row in islice(filled, MOST_ROWS + 1)]
    except csv.Error as error:
        words = {"line": reader.line_num, "cause": error}
        raise SheetRefused(_("Row %(line)s isn’t valid CSV: %(cause)s.") % words) from None
    _check_number(rows)
    return rows


def _check_number(rows: list[dict[str, str]]) -> None:
    most = {"most": f"{MOST_ROWS:,}"}
    if not rows:
        raise SheetRefused(_("The file has no rows; include 1 to %(most)s.") % most)
    if len(rows) > MOST_ROWS:
        raise SheetRefused(_("The file has too many rows; include 1 to %(most)s.") % most)


def _row(heads: list[str], cells: list[str], line: int) -> dict[str, str]:
    surplus = "yes" if len(cells) > len(heads) else ""
    return dict.fromkeys(heads, "") | dict(zip(heads, cells, strict=False)) | {"line": str(line), "surplus": surplus}


def _check_heads(heads: list[str]) -> None:
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        said = _("Missing columns: %(columns)s. Start from the template.")
        raise SheetRefused(said % {"columns": ", ".join(missing)})
    unknown = [head for head in heads if head not in COLUMNS]
    if unknown:
        said = _("Unknown column “%(column)s”. Start from the template.")
        raise SheetRefused(said % {"column": unknown[0][:40]})
    if len(set(heads)) < len(heads):
        raise SheetRefused(_("Duplicate column. Start from the template."))


def check_sheet(raw: bytes) -> Iterator[dict[str, Any]]:
    """The rows of a file, checked by the edition in force. Raises SheetRefused."""
    yield from check_rows(read_sheet(raw), edition_in_force(timezone.localdate())[1])


def check_rows(rows: list[dict[str, str]], edition: Edition) -> Iterator[dict[str, Any]]:
    """Each row with what intake takes, or with what is wrong with it."""
    seen: dict[str, str] = {}
    for row in rows:
        reference = row["reference"].strip()
        form = TeamRequestForm(_typed(row), edition=edition)
        errors = [f"{_name(form, name)}: {text}" for name, texts in form.errors.items() for text in texts]
        key = reference.lower()
        errors = [*_faults_of_reference(key, seen), *errors, *_odd_cells(row)]
        seen.setdefault(key, row["line"])
        data = form.intake_data() if not errors else None
        kept = {"line": row["line"], "reference": reference[:LONGEST_REFERENCE], "errors": errors, "known": False}
        yield kept | {"data": data, "key": key}


def _faults_of_reference(key: str, seen: Mapping[str, str]) -> Iterator[str]:
    """As a form's field would find them, in small letters, as it is kept: some are longer then."""
    if not 0 < len(key) <= LONGEST_REFERENCE:
        yield _("reference: required, up to 80 characters.")
    elif key == EXAMPLE["reference"].lower():
        yield _("reference: this is the template’s example. Replace it with your own request, or delete the row.")
    elif key in seen:
        yield _("reference: duplicate of row %(line)s.") % {"line": seen[key]}
    for check in (refuse_control_characters, refuse_line_breaks):
        try:
            check(key)
        except ValidationError as error:
            yield f"reference: {error.message}"


def _odd_cells(row: Mapping[str, str]) -> Iterator[str]:
    """What the form does not see: cells without a head, and a word that is neither yes nor no."""
    if row["surplus"]:
        yield _("row: too many values; quote text that contains commas.")
    if len(_parts(row.get("plans") or "")) > MOST_PLAN_ROWS:
        yield _("plans: the maximum is %(most)s.") % {"most": MOST_PLAN_ROWS}
    if row.get("no_incentive", "").strip().lower() not in (*YES, *NO):
        yield _("no_incentive: enter yes or no.")


def _name(form: TeamRequestForm, name: str) -> str:
    if name == "__all__":
        return _("row")
    return "plans" if name.startswith(("plan_", "seats_")) else name


def _typed(row: Mapping[str, str]) -> MultiValueDict[str, str]:
    """A row as the form's fields are posted."""
    typed: MultiValueDict[str, str] = MultiValueDict({"form_key": [str(uuid.uuid4())]})
    for name in COLUMNS:
        text = row.get(name) or USUAL.get(name, "")
        if name in SEVERAL:
            typed.setlist(name, _parts(text))
        elif name == "no_incentive":
            typed.setlist(name, ["on"] if text.strip().lower() in YES else [])
        elif name not in ("plans", "reference"):
            typed[name] = text.strip()
    for number, part in enumerate(_parts(row.get("plans") or ""), 1):
        plan, _colon, seats = part.partition(":")
        typed[f"plan_{number}"], typed[f"seats_{number}"] = plan.strip(), seats.strip()
    return typed


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
