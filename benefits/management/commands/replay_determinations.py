from typing import Any

from django.core.management.base import BaseCommand, CommandError

from benefits.models import Determination
from benefits.services.chunks import each_by_id
from benefits.services.determining import replay


class Command(BaseCommand):
    help = "Recompute every recorded determination from its facts and edition, and report any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        total = differing = 0
        for row, difference in replay(each_by_id(Determination.objects.all(), 500)):
            total += 1
            if difference:
                differing += 1
                self.stderr.write(f"{row.public_id}: {difference}")
        if differing:
            raise CommandError(f"{differing} of {total} determinations differ", returncode=1)
        self.stdout.write(f"{total} determinations replayed; all equal.")
