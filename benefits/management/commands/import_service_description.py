from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from benefits.domain.json_input import InputError
from benefits.models import ServiceDescription
from benefits.services.editions import find_same, import_draft, import_edition

from ._input import read_input, unreadable


class Command(BaseCommand):
    help = (
        "Load a service description file. The first edition is published; a later one becomes a draft, to be previewed "
        "and published in the browser. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the service description (JSON), or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        raw, now = read_input(options["file"]), timezone.now()
        is_first = not ServiceDescription.objects.published().exists()
        try:
            known = find_same(raw)
            if known is not None:
                self.stdout.write(f"{known} is there already; nothing changed.")
                return
            edition = import_edition(raw, by=None, now=now)[0] if is_first else import_draft(raw, by=None, now=now)
        except InputError as error:
            raise unreadable(options["file"], error) from None
        counts = f"{edition.plans.count()} plans, {edition.workloads.count()} workloads, {edition.scopeitems.count()}"
        what = (
            "a draft, to be previewed and published" if edition.is_draft else f"effective from {edition.effective_from}"
        )
        self.stdout.write(f"{edition} {what}: {counts} scope items.")
