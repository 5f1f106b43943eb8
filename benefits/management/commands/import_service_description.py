from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from benefits.domain.json_input import InputError
from benefits.services.editions import import_edition

from ._input import read_input, unreadable


class Command(BaseCommand):
    help = "Load a service description file as a published edition. The same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the service description (JSON), or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            edition, created = import_edition(read_input(options["file"]), by=None, now=timezone.now())
        except InputError as error:
            raise unreadable(options["file"], error) from None
        if not created:
            self.stdout.write(f"{edition} is there already; nothing changed.")
            return
        counts = f"{edition.plans.count()} plans, {edition.workloads.count()} workloads, {edition.scopeitems.count()}"
        self.stdout.write(f"{edition} in force from {edition.effective_from}: {counts} scope items.")
