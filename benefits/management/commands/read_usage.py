import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from benefits.domain.json_input import InputError
from benefits.domain.usage.figures import UsageReport
from benefits.domain.usage.reports import read_usage_report

from ._input import open_input, unreadable


class Command(BaseCommand):
    help = "Read one of Microsoft Graph's usage reports and show its figures. Rows about people are only counted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the report (CSV or JSON), or - for standard input")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with open_input(options["file"]) as file:
                report = read_usage_report(file)
        except InputError as error:
            raise unreadable(options["file"], error) from None
        if options["json"]:
            data = report.as_data()
            shown = {"report": data["name"], "rows": data["rows"], "figures": data["figures"]}
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            self._print(report)

    def _print(self, report: UsageReport) -> None:
        self.stdout.write(f"{report.name}, {report.rows:,} rows")
        for row in report.figures:
            active = "not provisioned" if row.active is None else f"{row.active:,}"
            total = "" if row.total is None else f" of {row.total:,}"
            self.stdout.write(f"{active}{total}  {row.workload}  {row.on}  {row.what}")
