from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.models import RoutingRun
from referrals.routing.receipts import OLD_ENGINE, replay_runs


class Command(BaseCommand):
    help = "Recompute routing runs from their stored inputs and report any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", type=int, metavar="ID", help="only this run")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = RoutingRun.objects.all()
        if options["run"] is not None:
            runs = runs.filter(pk=options["run"])
            if not runs.exists():
                raise CommandError(f"there is no routing run {options['run']}", returncode=2)
        total = differing = older = 0
        for run, difference in replay_runs(runs):
            total += 1
            older += difference == OLD_ENGINE
            if difference and difference != OLD_ENGINE:
                differing += 1
                self.stderr.write(f"run {run.pk}: {difference}")
        if differing:
            raise CommandError(f"{differing} of {total} routing runs differ", returncode=1)
        kept = f" ({older} of an older engine keep their words)" if older else ""
        self.stdout.write(f"{total - older} routing runs replayed; all equal{kept}.")
