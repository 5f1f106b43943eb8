import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from benefits.domain.determination import Determination, determine
from benefits.domain.json_input import InputError
from benefits.domain.scenario import Scenario, read_scenarios
from benefits.services.governing import find_differences

from ._input import find_edition, read_input, unreadable

FIELDS = (
    "outcome",
    "remaining_workloads",
    "to_confirm",
    "not_entitled",
    "missing_facts",
    "rule",
    "reason",
    "findings",
    "advice",
    "warnings",
)


class Command(BaseCommand):
    help = "Determine situations written in the scenario format, and compare with what is expected of them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="situations (JSON), or - for standard input")
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")
        parser.add_argument(
            "--edition", default="", help="a shipped or published edition (default: the newest shipped)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        edition = find_edition(options["edition"])
        try:
            scenarios = read_scenarios(read_input(options["file"]), edition, timezone.localdate())
        except InputError as error:
            raise unreadable(options["file"], error) from None
        differing = 0
        for scenario in scenarios:
            result = determine(edition, scenario.situation)
            differences = find_differences(scenario.expected, result)
            differing += bool(differences)
            self._print(scenario, result, differences, as_json=options["json"])
        if not differing and not options["json"] and any(scenario.expected for scenario in scenarios):
            self.stdout.write(f"{len(scenarios)} situations, all as expected.")
        if differing:
            noun = "situation differs" if differing == 1 else "situations differ"
            raise CommandError(f"{differing} of {len(scenarios)} {noun} from what was expected", returncode=1)

    def _print(self, scenario: Scenario, result: Determination, differences: list[str], *, as_json: bool) -> None:
        if as_json:
            data = result.as_data()
            self.stdout.write(
                json.dumps({"id": scenario.id, **{name: data[name] for name in FIELDS}}, ensure_ascii=False)
            )
        else:
            self.stdout.write(f"{scenario.id}  {result.outcome}  {result.reason}")
        for difference in differences:
            self.stderr.write(f"{scenario.id}: {difference}")
