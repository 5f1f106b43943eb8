from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.chronicle.heads import find_broken_heads, find_differing_copies, public_key
from referrals.chronicle.reading import read_events
from referrals.domain.chaining import Break, find_breaks
from referrals.models import Event, HistoryHead, Referral


class Command(BaseCommand):
    help = "Verify the chains of all events, and the daily heads; name the first row that is not what was recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", type=Path, metavar="FILE", help="also compare with the heads kept in this file")

    def handle(self, *args: Any, heads: Path | None = None, **options: Any) -> None:
        broken = next(find_breaks(read_events()), None)
        if broken:
            raise CommandError(_words(broken), returncode=1)
        for problem in find_broken_heads():
            raise CommandError(problem, returncode=1)
        for problem in _compare(heads) if heads else ():
            raise CommandError(problem, returncode=1)
        events, erased = Event.objects.count(), Event.objects.filter(salt=b"").count()
        self.stdout.write(f"{events} events verified, {erased} of them with erased words.")
        self.stdout.write(f"{HistoryHead.objects.count()} heads verified with public key {public_key().hex()}.")


def _words(broken: Break) -> str:
    name = Referral.objects.filter(pk=broken.referral).values_list("public_id", flat=True).first()
    return f"event {broken.event} of {name}: {broken.problem}"


def _compare(heads: Path) -> list[str]:
    try:
        return list(find_differing_copies(heads))
    except OSError as error:
        raise CommandError(f"{heads}: {error.strerror}", returncode=2) from None
    except (ValueError, KeyError, TypeError):
        raise CommandError(f"{heads}: not a file of heads", returncode=2) from None
