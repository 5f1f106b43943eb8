"""Bring the measured tables back to where they were, and count what a receipt takes."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from referrals.choices import State
from referrals.domain.lifecycle import NEXT_ACTS

from .copying import trust

RUNS, BATCHES = "referrals_routingrun", "referrals_routingbatch"
RECEIPTS = (RUNS, BATCHES, "partners_movingbase")
WRITTEN = ("referrals_notification", "referrals_event", "referrals_offer", RUNS, BATCHES)  # in the order of deleting
TOUCHED = ("referrals_referral", "partners_partner", *WRITTEN)


@dataclass(frozen=True, slots=True)
class Before:
    """How things stand before anything is routed: newest ids, and a copy of what moves with partners and referrals."""

    newest: dict[str, int]


def remember() -> Before:
    """Keep the present state; to be called once a world is filled, and again when more was added."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_partner, bench_referral")
        cursor.execute(
            "CREATE TABLE bench_partner AS"
            " SELECT id, open_offers, open_benefit, last_offered_at, last_turn FROM partners_partner"
        )
        cursor.execute(
            "CREATE TABLE bench_referral AS SELECT id, next_action_at, retry_partner_id, unheld_for"
            " FROM referrals_referral WHERE state = %s",
            [State.AWAITING_PARTNER],
        )
        newest = {}
        for table in WRITTEN:
            cursor.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
            [newest[table]] = cursor.fetchone()
    return Before(newest)


@transaction.atomic
def restore(state: Before) -> None:
    """Forget everything routed since. Snapshots that routing keeps for later stay, as they would."""
    act, owner = NEXT_ACTS[State.AWAITING_PARTNER]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        trust(cursor)  # nothing refers to what is deleted; among a million referrals to look for it takes a minute
        for table in WRITTEN:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"DELETE FROM {table} WHERE id > %s", [state.newest[table]])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("RESET session_replication_role")
        cursor.execute(
            "UPDATE referrals_referral AS r SET state = %s, state_before = '', next_action = %s, next_owner = %s,"
            " next_action_at = b.next_action_at, state_note = '', retry_partner_id = b.retry_partner_id,"
            " due_why = '', waiting_since = NULL, times_left = 0,"
            " unheld_since = b.next_action_at, unheld_for = b.unheld_for"
            " FROM bench_referral AS b WHERE b.id = r.id AND r.state <> %s",
            [State.AWAITING_PARTNER, act, owner, State.AWAITING_PARTNER],
        )
        cursor.execute(
            "UPDATE partners_partner AS p SET open_offers = b.open_offers, open_benefit = b.open_benefit,"
            " last_offered_at = b.last_offered_at, last_turn = b.last_turn"
            " FROM bench_partner AS b WHERE b.id = p.id"
            " AND (p.open_offers, p.last_offered_at) IS DISTINCT FROM (b.open_offers, b.last_offered_at)"
        )


def tidy(*tables: str) -> None:
    """What autovacuum would do, done now: it shall not run into a measurement."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables or TOUCHED)}")


def count_due(now: dt.datetime | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM referrals_referral WHERE next_action = %s AND next_action_at <= %s AND state = %s",
            [NEXT_ACTS[State.AWAITING_PARTNER][0], now or timezone.now(), State.AWAITING_PARTNER],
        )
        return int(cursor.fetchone()[0])


def receipt_bytes() -> tuple[int, int]:
    """Bytes of all rows that receipts consist of, as they are stored, and the number of runs."""
    with connection.cursor() as cursor:
        total = 0
        for table in RECEIPTS:
            cursor.execute(f"SELECT COALESCE(sum(pg_column_size(t.*)), 0) FROM {table} AS t")
            total += int(cursor.fetchone()[0])
        cursor.execute(f"SELECT count(*) FROM {RUNS}")
        return total, int(cursor.fetchone()[0])


def sequences() -> dict[str, int | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
        return dict(cursor.fetchall())


def restore_sequences(kept: dict[str, int | None]) -> None:
    """The same ids come again, so that captured statements fit."""
    with connection.cursor() as cursor:
        for name, value in kept.items():
            cursor.execute("SELECT setval(%s, %s, %s)", [f'"{name}"', value or 1, value is not None])
