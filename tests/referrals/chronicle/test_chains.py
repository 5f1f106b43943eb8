"""History that is not what was recorded is found, and the first row of it named; whatever writes events is chained."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from referrals.choices import EventKind
from referrals.chronicle.reading import read_events
from referrals.domain.chaining import find_breaks
from referrals.lifecycle.recording import record_event
from referrals.models import Event, Referral
from tests import world
from tests.referrals.racing import errors, race
from tests.world import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.by_hand]


def behind_the_triggers(sql: str, *values: Any) -> int:
    """What the owner of the database could do, and the product's own role cannot."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_event DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        count = cursor.rowcount
        cursor.execute("ALTER TABLE referrals_event ENABLE TRIGGER USER")
    return int(count)


def middle_of(referral: Referral) -> Event:
    events = list(referral.events.order_by("place"))
    assert len(events) > 4
    return events[2]


def verify() -> str:
    out = StringIO()
    call_command("verify_history", stdout=out)
    return out.getvalue()


def test_history_as_it_was_written_is_verified(referral: Referral) -> None:
    places = list(referral.events.order_by("id").values_list("place", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert verify().startswith(f"{Event.objects.count()} events verified, 0 of them with erased words.")


CHANGES = {
    "note": "note = note || ' '",
    "data": """data = data || '{"more": 1}'""",
    "kind": "kind = 'read'",
    "at": "at = at + interval '1 microsecond'",
    "actor": "actor = 'team'",
    "by_id": "by_id = (SELECT max(id) FROM accounts_user WHERE id <> coalesce(by_id, 0))",
    "partner_id": "partner_id = (SELECT max(id) FROM partners_partner WHERE id <> coalesce(partner_id, 0))",
    "offer_id": "offer_id = (SELECT max(id) FROM referrals_offer WHERE id <> coalesce(offer_id, 0))",
    "determination_id": "determination_id = CASE WHEN determination_id IS NULL THEN (SELECT max(id) FROM"
    " benefits_determination) END",
    "state_from": "state_from = 'closed'",
    "state_to": "state_to = 'closed'",
    "place": "place = 0",
    "salt": "salt = sha256(salt)",
    "digest": "digest = sha256(digest)",
    "hash": "hash = sha256(hash)",
    "id": "id = id + 100000",
}


def test_every_column_is_tried() -> None:
    derived = {"note_key", "referral_id"}  # folded from the note; a row that moves away is missing, and is tried below
    assert {field.column for field in Event._meta.concrete_fields} - derived == CHANGES.keys()


@pytest.mark.parametrize("column", CHANGES)
def test_any_changed_column_is_found_and_its_row_named(column: str, referral: Referral) -> None:
    world.screened(NOW)
    row = middle_of(referral)
    assert behind_the_triggers(f"UPDATE referrals_event SET {CHANGES[column]} WHERE id = %s", row.pk) == 1
    after = Event.objects.get(pk=row.pk + (100_000 if column == "id" else 0))
    assert getattr(after, column) != getattr(row, column)
    with pytest.raises(CommandError, match=f"event {after.pk} of {referral.public_id}: ") as refused:
        verify()
    assert refused.value.returncode == 1


def test_a_missing_row_is_found(referral: Referral) -> None:
    row = middle_of(referral)
    behind_the_triggers("DELETE FROM referrals_event WHERE id = %s", row.pk)
    with pytest.raises(CommandError, match="it is number 4 of its referral and follows number 2"):
        verify()


def test_a_row_that_moves_to_another_referral_is_found(referral: Referral) -> None:
    other = world.screened(NOW)
    behind_the_triggers(
        "UPDATE referrals_event SET referral_id = %s, place = 900 WHERE id = %s", other.pk, middle_of(referral).pk
    )
    assert len(list(find_breaks(read_events()))) == 2, "where it is missing, and where it stands now"


def test_a_row_that_is_slipped_in_is_found(referral: Referral) -> None:
    row = middle_of(referral)
    move = "UPDATE referrals_event SET place = place + %s WHERE referral_id = %s AND place > 3"
    for step in (1001, -1000):
        behind_the_triggers(move, step, referral.pk)
    columns = (
        "kind, at, actor, by_id, partner_id, offer_id, determination_id, state_from, state_to, note, note_key, data"
    )
    behind_the_triggers(
        f"INSERT INTO referrals_event (referral_id, place, salt, digest, hash, {columns})"
        f" SELECT referral_id, 4, salt, digest, hash, {columns} FROM referrals_event WHERE id = %s",
        row.pk,
    )
    with pytest.raises(CommandError, match="its facts are not what was recorded"):
        verify()


def test_what_is_said_of_the_chain_itself_is_not_listened_to(referral: Referral) -> None:
    said = {"place": 1, "salt": b"x", "digest": b"x", "hash": b"x"}
    Event.objects.create(referral=referral, kind="note", at=NOW, actor="team", note="Forged?", **said)
    assert not list(find_breaks(read_events()))


def erase(row: Event, **changes: Any) -> None:
    with transaction.atomic():
        Event.objects.filter(pk=row.pk).update(**{"note": "", "note_key": "", "data": {}, "salt": b""} | changes)


def test_words_can_be_erased_and_the_chain_holds(referral: Referral) -> None:
    row = referral.events.exclude(note="").latest("id")
    erase(row)
    assert "1 of them with erased words" in verify()


@pytest.mark.parametrize(
    "changes",
    [
        {"note": "Other words"},
        {"data": {"other": "words"}},
        {"salt": b"another"},
        {"state_to": "closed"},
        {"at": NOW + dt.timedelta(1)},
        {"kind": "read"},
    ],
)
def test_nothing_is_said_in_place_of_what_is_erased(changes: dict[str, Any], referral: Referral) -> None:
    row = referral.events.exclude(note="").latest("id")
    with pytest.raises(DatabaseError, match="append-only"):
        erase(row, **changes)
    erase(row)
    with pytest.raises(DatabaseError, match="append-only"):
        erase(row)


def test_words_that_take_the_place_of_erased_ones_are_found(referral: Referral) -> None:
    row = referral.events.exclude(note="").latest("id")
    erase(row)
    behind_the_triggers("UPDATE referrals_event SET note = 'Other words' WHERE id = %s", row.pk)
    with pytest.raises(CommandError, match=f"event {row.pk} of .*: its words were erased, and there are others"):
        verify()


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_make_one_chain() -> None:
    referral = world.screened(NOW)

    def write() -> None:
        for _ in range(20):
            record_event(referral, EventKind.NOTE, world.by_team(), NOW, note="Both at once")

    world.by_team()
    assert not errors(race(write, write))
    assert referral.events.filter(kind="note").count() == 40
    assert not list(find_breaks(read_events()))


def scans_for(events: int, referral: Referral) -> int:
    """How often PostgreSQL reads all events while so many are written, by a connection that began with few."""
    count = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'referrals_event'"
    with connection.cursor() as cursor:
        cursor.execute(count)
        before = cursor.fetchone()[0]
        for _ in range(events):
            record_event(referral, EventKind.NOTE, world.by_team(), NOW, note="One more")
        cursor.execute(count)
        return int(cursor.fetchone()[0] - before)


def test_what_an_event_costs_does_not_grow_with_all_of_history() -> None:
    referral = world.submit(NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE referrals_event CASCADE")
        cursor.execute("ANALYZE referrals_event")  # an installation that has just begun
    assert scans_for(20, referral) == 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION chain_event() RESET enable_seqscan")
    assert scans_for(20, referral) > 0, "control"
