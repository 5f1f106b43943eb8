import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from benefits.domain.json_input import InputError
from benefits.models import ProductProposal
from benefits.services.edition_reading import NoEditionInForce
from benefits.services.products.refreshing import Refreshed, refresh_products

from ._input import read_input, unreadable

SHOWN = ("kind", "sku_id", "part_number", "product_name", "plan_code", "workload_code", "outside_reason", "because")


class Command(BaseCommand):
    help = (
        "Read Microsoft's table of products (CSV) and propose what differs from the service description in a draft, to "
        "be accepted or refused in the browser."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the table (CSV), or - for standard input")
        parser.add_argument("--as-of", help="date of the table, as 2026-11-28 (default: today)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        now, raw = timezone.now(), read_input(options["file"])
        as_of = _read_day(options["as_of"], now.date())
        try:
            found = refresh_products(raw, as_of=as_of, by=None, now=now)
        except (InputError, NoEditionInForce) as error:
            raise unreadable(options["file"], error) from None
        self.stdout.write(json.dumps(_as_data(found)) if options["json"] else _say(found))


def _read_day(text: str | None, today: dt.date) -> dt.date:
    """The date of the table. Raises CommandError (exit 2)."""
    try:
        day = dt.date.fromisoformat(text) if text else today
    except ValueError:
        day = dt.date.max
    if day > today:
        raise unreadable("--as-of", f"must be a date up to today, as {today}")
    return day


def _as_data(found: Refreshed) -> dict[str, Any]:
    return {
        "as_of": found.reading.as_of.isoformat(),
        "products": found.reading.products,
        "draft": found.draft.name if found.draft else None,
        "refused_before": found.refused_before,
        "proposals": [{name: getattr(row, name) for name in SHOWN} for row in found.proposals],
    }


def _say(found: Refreshed) -> str:
    lines = [f"{found.reading.products} products, {len(found.proposals)} proposals."]
    if found.refused_before:
        lines.append(f"{found.refused_before} were refused before.")
    if found.draft:
        lines.append(f"They are in the draft {found.draft.name}: accept or refuse them in the browser.")
    return "\n".join([*lines, *map(_say_proposal, found.proposals)])


def _say_proposal(row: ProductProposal) -> str:
    what = row.part_number or row.plan_code
    towards = row.workload_code or row.plan_code or row.outside_reason
    return f"{row.kind}\t{what}\t{towards}\t{row.because}"
