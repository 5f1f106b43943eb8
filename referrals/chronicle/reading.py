"""Read the chained events, as many at a time as fit in memory; the hashed text is made by PostgreSQL, as it was."""

from collections.abc import Iterator

from django.db import connection

from referrals.domain.chaining import ChainedEvent
from referrals.models import Event

AT_A_TIME = 5_000
FACTS = """
    concat_ws('|', id, referral_id, place, kind, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor,
        coalesce(by_id::text, ''), coalesce(partner_id::text, ''), coalesce(offer_id::text, ''),
        coalesce(determination_id::text, ''), state_from, state_to)"""
# No function of the database's owner is asked: who could rewrite history could rewrite that.
EVENTS = f"""
    SELECT {FACTS}, salt, note, data::text, digest, hash FROM referrals_event
    WHERE (referral_id, place) > (%s, %s) AND (%s::bigint[] IS NULL OR referral_id = ANY(%s))
    ORDER BY referral_id, place LIMIT {AT_A_TIME}"""  # noqa: S608 (nothing of it comes from outside)
HASHES = f"SELECT id, hash FROM referrals_event WHERE id > %s AND id <= %s ORDER BY id LIMIT {AT_A_TIME}"  # noqa: S608


def read_events(referrals: list[int] | None = None) -> Iterator[ChainedEvent]:
    """All events, or those of some referrals (their ids), by referral and place."""
    referral, place = 0, -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(EVENTS, [referral, place, referrals, referrals])
            rows = [_event_of(*row) for row in cursor]
        yield from rows
        if len(rows) < AT_A_TIME:
            return
        referral, place = rows[-1].referral, rows[-1].place


def _event_of(facts: str, salt: bytes, note: str, data: str, digest: bytes, found: bytes) -> ChainedEvent:
    return ChainedEvent(facts, bytes(salt), note, data, bytes(digest), bytes(found))


def read_hashes(after: int, last: int) -> Iterator[bytes]:
    """Hashes of the events behind one number, up to another."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(HASHES, [after, last])
            rows = cursor.fetchall()
        yield from (bytes(found) for _pk, found in rows)
        if len(rows) < AT_A_TIME:
            return
        after = rows[-1][0]


def count_hashes(after: int, last: int) -> int:
    return Event.objects.filter(pk__gt=after, pk__lte=last).count()
