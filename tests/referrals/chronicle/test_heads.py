"""The history of a day is summed up, signed and copied; and what rewrites all of a chain is found by that."""

import datetime as dt
import json
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from referrals.chronicle import heads
from referrals.chronicle.reading import read_hashes
from referrals.domain.chaining import hash_head
from referrals.models import Event, HistoryHead, Referral
from referrals.sweeping.due import find_due
from tests import world
from tests.referrals.chronicle.test_chains import behind_the_triggers, middle_of, verify
from tests.world import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.by_hand]
DAY = dt.timedelta(days=1)
TASK = "referrals.write_head"
VERIFIER = Path(__file__).parents[3] / "referrals/chronicle/verify_export.py"


@pytest.fixture
def copies(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "heads.jsonl"
    settings.HISTORY_HEADS = str(path)
    return path


def write_heads(*, days: int = 1) -> None:
    for number in range(1, days + 1):
        heads.write_due_head(now=NOW + number * DAY)


def rewrite_chains() -> None:
    """As whoever owns the database could: each chain is made anew, without a gap."""
    behind_the_triggers("ALTER TABLE referrals_event DROP CONSTRAINT events_are_one_chain")
    behind_the_triggers("UPDATE referrals_event SET place = 0")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE referrals_event DISABLE TRIGGER USER")
        cursor.execute(import_module("referrals.migrations.0016_chained_history").CHAIN_ALL)
        cursor.execute("ALTER TABLE referrals_event ENABLE TRIGGER USER")


def test_a_day_is_summed_up_once_and_when_it_is_over(referral: Referral) -> None:
    midnight = dt.datetime.combine(NOW.date() + DAY, dt.time(), dt.UTC)
    heads.write_due_head(now=NOW)
    assert HistoryHead.objects.get().events == 0, "the day before has none"
    assert TASK not in find_due(midnight + dt.timedelta(minutes=59)), "what is being written may still come"
    assert TASK in find_due(midnight + dt.timedelta(hours=1))
    write_heads(days=2)
    assert [head.events for head in HistoryHead.objects.all()] == [0, Event.objects.count(), 0]
    assert "3 heads verified with public key" in verify()
    write_heads(days=2)
    assert HistoryHead.objects.count() == 3


def test_nothing_is_summed_up_before_anything_has_happened() -> None:
    assert TASK not in find_due(NOW)
    assert heads.write_due_head(now=NOW) is None


def test_who_makes_all_of_history_anew_is_found_by_the_head(referral: Referral) -> None:
    write_heads()
    middle = middle_of(referral)
    behind_the_triggers("UPDATE referrals_event SET note = 'Other words' WHERE id = %s", middle.pk)
    rewrite_chains()
    with pytest.raises(CommandError, match=f"head of {NOW.date()}: the events up to .* do not add up to it"):
        verify()


def test_the_last_events_of_a_chain_do_not_go_unnoticed(referral: Referral) -> None:
    write_heads()
    behind_the_triggers("DELETE FROM referrals_event WHERE id = %s", referral.events.latest("id").pk)
    with pytest.raises(CommandError, match=f"head of {NOW.date()}: it sums up .* events, and there are others"):
        verify()


def rewrite_head(**changes: Any) -> None:
    """As the owner of the database could."""
    head = HistoryHead.objects.latest("day")
    behind_the_triggers("ALTER TABLE referrals_historyhead DISABLE TRIGGER USER")
    HistoryHead.objects.filter(pk=head.pk).update(**changes)


def test_who_makes_the_head_anew_lacks_the_key(referral: Referral, settings: Any) -> None:
    write_heads()
    row = HistoryHead.objects.get()
    behind_the_triggers("UPDATE referrals_event SET note = 'Other words' WHERE id = %s", middle_of(referral).pk)
    rewrite_chains()
    found = hash_head(b"", str(row.day), row.last_event, read_hashes(0, row.last_event))
    rewrite_head(hash=found)
    with pytest.raises(CommandError, match="it is not signed with the history key"):
        verify()
    settings.HISTORY_KEY = "the key of somebody else, who has it not from us"
    rewrite_head(signature=heads._signing_key().sign(found))
    settings.HISTORY_KEY = ""
    with pytest.raises(CommandError, match="it is not signed with the history key"):
        verify()


def test_a_key_that_was_changed_is_known_by_its_old_name(referral: Referral, settings: Any) -> None:
    settings.HISTORY_KEY = "the key of last year, which is long enough"
    write_heads()
    settings.HISTORY_OLD_KEYS, settings.HISTORY_KEY = [settings.HISTORY_KEY], "the key of this year, which is too"
    write_heads(days=2)
    assert "2 heads verified" in verify()
    settings.HISTORY_OLD_KEYS = []
    with pytest.raises(CommandError, match=f"head of {NOW.date()}: it is not signed"):
        verify()


def test_heads_are_append_only(referral: Referral) -> None:
    write_heads()
    row = HistoryHead.objects.get()
    for change in (row.save, row.delete, lambda: HistoryHead.objects.update(events=1)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_copies_outside_catch_up_and_are_compared(
    copies: Path,
    referral: Referral,
    caplog: Any,
    settings: Any,
) -> None:
    write_heads()
    copies.chmod(0o644)
    first = copies.read_text()
    assert json.loads(first)["hash"] == bytes(HistoryHead.objects.get().hash).hex()
    settings.HISTORY_HEADS = str(copies.parent / "nowhere" / "heads.jsonl")
    heads.write_due_head(now=NOW + 2 * DAY)
    assert "history heads cannot be copied to" in caplog.text
    settings.HISTORY_HEADS = str(copies)
    heads.write_due_head(now=NOW + 3 * DAY)
    lines = copies.read_text().splitlines()
    assert [json.loads(line)["day"] for line in lines] == [str(head.day) for head in HistoryHead.objects.all()]
    assert copies.read_text().startswith(first)
    call_command("verify_history", heads=copies, stdout=StringIO())


def test_a_head_that_the_database_has_lost_is_found_by_its_copy(copies: Path, referral: Referral) -> None:
    write_heads(days=2)
    line = json.loads(copies.read_text().splitlines()[0])
    for changes in ({"hash": "00"}, {"day": "2026-01-01"}, {"events": 0}):
        copies.write_text(json.dumps(line | changes))
        with pytest.raises(CommandError, match="the copy outside is another one"):
            call_command("verify_history", heads=copies, stdout=StringIO())


@pytest.mark.parametrize("content", ["not json", "[]", "{}", "3"])
def test_another_file_is_no_file_of_heads(content: str, tmp_path: Path, db: None) -> None:
    file = tmp_path / "file"
    file.write_text(content)
    for path in (file, tmp_path / "none"):
        with pytest.raises(CommandError, match=f"{path}: (not a file of heads|No such file)") as refused:
            call_command("verify_history", heads=path)
        assert refused.value.returncode == 2


def run_verifier(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", VERIFIER, path, *more], capture_output=True, text=True)


def export(path: Path, *referrals: str) -> list[dict[str, Any]]:
    with path.open("w") as file:
        call_command("export_history", *referrals, stdout=file)
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_export_is_verified_without_us(referral: Referral, tmp_path: Path) -> None:
    write_heads(days=2)
    path = tmp_path / "history.jsonl"
    rows = export(path)
    assert run_verifier(path).stdout == f"{Event.objects.count()} events verified.\n"
    assert "InvalidSignature" in run_verifier(path, "00" * 32).stderr, "of another key"
    for place, column in ((2, "note"), (2, "facts"), (2, "hash"), (2, "digest"), (-1, "hash")):
        changed = [dict(row) for row in rows]
        changed[place][column] = ("0" if changed[place][column][:1] != "0" else "1") + changed[place][column][1:]
        path.write_text("".join(f"{json.dumps(row)}\n" for row in changed))
        answer = run_verifier(path)
        assert answer.returncode == 1, (place, column, answer)
        assert answer.stderr.startswith(("event ", "the events up to ")), answer.stderr


def test_an_export_of_one_referral_holds_its_chain_alone(referral: Referral, tmp_path: Path) -> None:
    world.screened(NOW)
    path = tmp_path / "history.jsonl"
    rows = export(path, referral.public_id)
    assert len(rows) == 1 + referral.events.count()
    assert run_verifier(path).returncode == 0
    with pytest.raises(CommandError, match="there is no referral REF-0000-0000"):
        call_command("export_history", "REF-0000-0000")


def test_the_verifier_is_short_enough_to_be_read() -> None:
    assert len(VERIFIER.read_text().splitlines()) <= 40
