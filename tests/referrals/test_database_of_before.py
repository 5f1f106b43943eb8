"""A demo's database made before products were kept as they were read: what it decided and routed replays to the same.

The rows are in ``tests/data/database_of_before.json.gz``: table → rows, without mail.
"""

import gzip
import io
import json
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection

from benchmarks import routing_state
from benefits.models import Determination
from benefits.services.editions import edition_in_force
from benefits.services.installing import install_editions
from tests.conftest import DATA
from tests.world import NOW

pytestmark = pytest.mark.django_db
SINCE = {  # columns that came later, as their migrations fill them
    "benefits_servicedescription": {"unknowns_rule": "broad"},
    "benefits_unknownproduct": {"outside_reason": ""},
    "referrals_referral": {"rfa_id": ""},
    "partners_partner": {"calendar_region": "", "calendar_kinds": ["public"], "half_days": []},
    "partners_closure": {"is_half": False},
}
ONE_CHAIN = "ALTER TABLE referrals_event ADD CONSTRAINT events_are_one_chain UNIQUE (referral_id, place)"
LOAD = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"


@pytest.fixture
def sequences(db: None) -> Iterator[None]:
    """Sequences go on where they were: setting one is not undone with a test's transaction."""
    kept = routing_state.sequences()
    yield
    routing_state.restore_sequences(kept)


@pytest.fixture
def before(sequences: None) -> None:
    """The database of before under today's migrations, its rows as they were."""
    tables = json.loads(gzip.decompress((DATA / "database_of_before.json.gz").read_bytes()))
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE referrals_event DROP CONSTRAINT events_are_one_chain")
        cursor.execute(f"TRUNCATE {', '.join(map(quote, tables))} CASCADE")
        for table, rows in tables.items():
            rows = [row | SINCE.get(table, {}) for row in rows]
            columns = ", ".join(map(quote, rows[0]))
            cursor.execute(LOAD.format(table=quote(table), columns=columns), [json.dumps(rows)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(import_module("referrals.migrations.0016_chained_history").CHAIN_ALL)
        cursor.execute(ONE_CHAIN)
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {quote(table)} ENABLE TRIGGER USER")
    with connection.schema_editor() as editor:
        import_module("referrals.migrations.0007_fill_keys").fill(apps, editor)


def run(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, stderr=out)
    return out.getvalue()


def test_what_was_decided_and_routed_replays_to_the_same(before: None) -> None:
    assert Determination.objects.count() > 200
    assert "232 determinations" in run("replay_determinations")
    assert "148 routing runs" in run("replay_routing")
    run("check_invariants")
    assert "events verified" in run("verify_history")


def test_the_edition_of_before_decides_on_beside_the_new_draft(before: None) -> None:
    decided = edition_in_force(NOW.date())[1].name
    [draft] = install_editions(now=NOW)
    assert draft.is_draft
    assert edition_in_force(NOW.date())[1].name == decided == "2026-08-18"
    assert "232 determinations" in run("replay_determinations")
