import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from referrals.email.bounces import Taken, take_incoming
from referrals.email.incoming import LONGEST, read_incoming

logger = logging.getLogger(__name__)
TRY_LATER = 75  # EX_TEMPFAIL: the mail server keeps the message and calls again
SAID = {
    Taken.MARKED: "Marked as not delivered; the team is told.",
    Taken.UNCHANGED: "Nothing to change: no failure, already known, or about an address that was corrected.",
    Taken.TOLD: "Passed to the team for review.",
}


class Command(BaseCommand):
    help = (
        "Read one message from standard input that came to the address in MAIL_FROM. A delivery report marks its mail"
        " as not delivered; whatever else it is reaches the team. Exit code 75: not now, try again later."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(LONGEST + 1)
        if not raw.strip():
            raise CommandError("There is no message on standard input.")
        try:
            taken = take_incoming(read_incoming(raw), now=timezone.now())
        except Exception as error:
            logger.exception("a message could not be taken")
            raise CommandError(f"Not now, try again later: {error}", returncode=TRY_LATER) from error
        self.stdout.write(SAID[taken])
