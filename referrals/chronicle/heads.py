"""Once a day the whole history is summed up in a head, signed with a key that the database does not hold.

A head goes outside of the database as well: to the log, and to the file that HISTORY_HEADS names.
"""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from referrals.domain.chaining import Head, hash_head
from referrals.models import Event, HistoryHead
from referrals.models.history_head import day_to_sum_up

from .reading import count_hashes, read_hashes

logger = logging.getLogger(__name__)


def write_due_head(*, now: dt.datetime) -> HistoryHead | None:
    """Sum up what came since the last head, once the day is over; the copies outside catch up with it."""
    with transaction.atomic():
        _wait_for_others()
        written = _write_head(now) if HistoryHead.objects.due(now).exists() else None
    if written:
        logger.info("history head %s", as_line(written))
        _copy_outside()
    return written


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('history heads'))")


def _write_head(now: dt.datetime) -> HistoryHead:
    day = day_to_sum_up(now)
    before = HistoryHead.objects.last()
    first = before.last_event if before else 0
    over = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    last = Event.objects.filter(pk__gt=first, at__lt=over).aggregate(last=Max("pk"))["last"] or first
    found = hash_head(bytes(before.hash) if before else b"", str(day), last, read_hashes(first, last))
    words = {"last_event": last, "events": count_hashes(first, last), "hash": found, "made_at": now}
    return HistoryHead.objects.create(day=day, signature=_signing_key().sign(found), **words)


def as_line(head: HistoryHead) -> str:
    """A head as it is kept outside: one line of JSON."""
    words = {"day": str(head.day), "last_event": head.last_event, "events": head.events}
    return json.dumps(words | {"hash": bytes(head.hash).hex(), "signature": bytes(head.signature).hex()})


def _copy_outside() -> None:
    """Add to the file what it lacks: a copy that failed once is made with the next head."""
    path = settings.HISTORY_HEADS and Path(settings.HISTORY_HEADS)
    if not path:
        return
    try:
        lines = path.read_text().splitlines() if path.exists() else []
        kept = json.loads(lines[-1])["day"] if lines else ""
        lacking = [head for head in HistoryHead.objects.all() if str(head.day) > kept]
        with path.open("a") as file:
            file.writelines(f"{as_line(head)}\n" for head in lacking)
    except (OSError, ValueError, KeyError) as error:
        logger.error("history heads cannot be copied to %s: %s", path, error)  # noqa: TRY400 (it says what is wrong)


def find_broken_heads() -> Iterator[str]:
    """Heads that the events do not add up to, or that our key did not sign: the day and what is wrong."""
    before, first = b"", 0
    for row in HistoryHead.objects.all():
        head = Head(str(row.day), row.last_event, row.events, bytes(row.hash))
        if not _is_signed(row):
            yield f"head of {head.day}: it is not signed with the history key"
        if count_hashes(first, head.last_event) != head.events:
            yield f"head of {head.day}: it sums up {head.events} events, and there are others"
        elif hash_head(before, head.day, head.last_event, read_hashes(first, head.last_event)) != head.hash:
            yield f"head of {head.day}: the events up to {head.last_event} do not add up to it"
        before, first = head.hash, head.last_event


def find_differing_copies(path: Path) -> Iterator[str]:
    """Heads that are kept in a file and that the database does not hold, or holds otherwise."""
    kept = {str(head.day): as_line(head) for head in HistoryHead.objects.all()}
    for line in path.read_text().splitlines():
        day = json.loads(line)["day"]
        if json.loads(kept.get(day, "null")) != json.loads(line):
            yield f"head of {day}: the copy outside is another one"


def public_key() -> bytes:
    return _signing_key().public_key().public_bytes_raw()


def _signing_key(secret: str = "") -> Ed25519PrivateKey:
    """From a secret; from HISTORY_KEY, or SECRET_KEY where there is none."""
    seed = secret or settings.HISTORY_KEY or settings.SECRET_KEY
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"history {seed}".encode()).digest())


def _is_signed(head: HistoryHead) -> bool:
    for secret in ("", *settings.HISTORY_OLD_KEYS):
        try:
            _signing_key(secret).public_key().verify(bytes(head.signature), bytes(head.hash))
        except InvalidSignature:
            continue
        return True
    return False
