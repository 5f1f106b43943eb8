from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.chronicle.exporting import export_history
from referrals.models import Referral


class Command(BaseCommand):
    help = "Write the history as lines of JSON; referrals/chronicle/verify_export.py verifies them without the product."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("referral", nargs="*", metavar="REF-…", help="only these referrals, without the heads")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["referral"]
        found = dict(Referral.objects.filter(public_id__in=wanted).values_list("public_id", "pk"))
        for name in wanted:
            if name not in found:
                raise CommandError(f"there is no referral {name}", returncode=2)
        for line in export_history(list(found.values()) if wanted else None):
            self.stdout.write(line)
