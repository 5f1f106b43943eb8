import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from benefits.domain.exports.reading import Export, Listing, read_listing
from benefits.domain.exports.sorting import sort_products
from benefits.domain.exports.trials import read_directory, settle_trials
from benefits.domain.json_input import InputError

from ._input import find_edition, read_input, unreadable


class Command(BaseCommand):
    help = "Read a list of a tenant's products, in any form people have, and show what it holds. Changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="the export (JSON, CSV or console table), or - for standard input"
        )
        parser.add_argument(
            "--subscriptions", metavar="FILE", help="the answer of Graph's directory/subscriptions, which tells trials"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--edition", default="", help="a shipped or published edition (default: the newest shipped)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        edition = find_edition(options["edition"])
        try:
            listing = read_listing(read_input(options["file"]))
        except InputError as error:
            raise unreadable(options["file"], error) from None
        if beside := options["subscriptions"]:
            listing = _settle(listing, beside)
        export = sort_products(listing, edition)
        if export.is_partial:
            self.stderr.write("Note: the export continues on another page (@odata.nextLink); this is only a part.")
        for warning in export.warnings:
            self.stderr.write(f"Note: {warning}.")
        if options["json"]:
            self.stdout.write(json.dumps(export.as_data(), ensure_ascii=False))
        else:
            self._print(export)

    def _print(self, export: Export) -> None:
        for held in export.subscriptions:
            self.stdout.write(f"{_say(held.paid_seats):>9}  {held.plan}  {held.state}")
            for workload, why in held.withheld:
                self.stdout.write(f"           without {workload}: its service plan is {why}")
        for aside in export.set_aside:
            self.stdout.write(f"set aside  {aside.part_number}: {aside.reason}")
        for unknown in export.unknown:
            self.stdout.write(f"unknown    {unknown.part_number} ({unknown.sku_id}): {_say(unknown.units)} units")


def _settle(listing: Listing, beside: str) -> Listing:
    try:
        return settle_trials(listing, read_directory(read_input(beside)))
    except InputError as error:
        raise unreadable(beside, error) from None


def _say(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"
