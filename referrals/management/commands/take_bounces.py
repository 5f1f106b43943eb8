import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from referrals.email.bounces import LONGEST_REPORT, UnreadableReport, read_report, take_report


class Command(BaseCommand):
    help = (
        "Read one delivery report (RFC 3464) from standard input and mark the mail that it is about as not delivered."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = read_report(sys.stdin.buffer.read(LONGEST_REPORT + 1))
            changed = take_report(report, now=timezone.now())
        except UnreadableReport as error:
            raise CommandError(str(error)) from None
        if changed:
            self.stdout.write("Marked as not delivered; the team is told.")
        else:
            self.stdout.write("Nothing to change: no failure, known already, or about an address that was put right.")
