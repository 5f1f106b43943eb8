import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.sweeping.invariants import find_violations


class Command(BaseCommand):
    help = "Run the invariant queries on live data; each must find nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_violations()
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            for name, rows in found.items():
                self.stdout.write(f"{'ok  ' if not rows else 'FAIL'} {name}{': ' + ', '.join(rows) if rows else ''}")
        if any(found.values()):
            raise CommandError("an invariant does not hold", returncode=1)
