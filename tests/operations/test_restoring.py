"""A whole dump and its restore keep everything: rows, triggers, promises, and what replays to the same."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from psycopg import sql

from launcher.servers import postgres_programs
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import Offer, RoutingRun
from referrals.routing.choosing import route_due
from tests import world
from tests.pages.lists.test_lists import make_many
from tests.running import ROOT, database_url
from tests.upgrading import count_rows, describe, differing

pytestmark = pytest.mark.django_db(transaction=True)
CAST = re.compile(r"::[a-z ]+(?:\[\])?|[()]")
RESTORED = "restored_by_a_test"


def run(*command: str | Path, url: str = "") -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "TRIAGE_BOOTSTRAP": "off"} | ({"DATABASE_URL": url} if url else {})
    return subprocess.run(list(map(str, command)), cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def address(name: str) -> str:
    return f"{database_url().rpartition('/')[0]}/{name}"


def without_casts(described: dict[str, str]) -> dict[str, str]:
    """PostgreSQL writes the types of a condition in other places once it has read it back."""
    return {name: CAST.sub("", definition) for name, definition in described.items()}


@pytest.fixture
def empty_database() -> Iterator[str]:
    name = f"{RESTORED}_{connection.settings_dict['NAME']}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(database_url(), autocommit=True) as make:
        make.execute(drop)
        make.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield address(name)
        make.execute(drop)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Of a database in which referrals were offered, declined, accepted and routed on."""
    first, second, *_others = make_many(6)
    world.make_partner("Fabrikam", countries=["GB", "FR", "DE"])
    decline_offer(
        first.pk, world.said("conflict", notes=world.NOTES), by=world.by_partner(first.partner), now=timezone.now()
    )
    accept_offer(second.pk, by=world.by_partner(second.partner), now=timezone.now())
    route_due(now=timezone.now())
    assert RoutingRun.objects.count() >= 6
    assert Offer.objects.exclude(notes_key="").exists()
    path = tmp_path / "triage.dump"
    done = run(postgres_programs() / "pg_dump", "--format=custom", "--file", path, database_url())
    assert done.returncode == 0, done.stderr
    return path


def test_a_whole_dump_is_restored_whole(dump: Path, empty_database: str) -> None:
    programs = postgres_programs()
    done = run(programs / "pg_restore", "--exit-on-error", "--no-owner", "--dbname", empty_database, dump)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(database_url()) as before, psycopg.connect(empty_database, autocommit=True) as after:
        assert not differing(without_casts(describe(before)), without_casts(describe(after)))
        assert not differing(count_rows(before), count_rows(after))
        with pytest.raises(psycopg.errors.RestrictViolation):
            after.execute("UPDATE referrals_event SET note = 'another history'")
    for command in ("check_invariants", "replay_determinations", "replay_routing", "migrate"):
        arguments = ["--check"] if command == "migrate" else []
        done = run(sys.executable, "manage.py", command, *arguments, url=empty_database)
        assert done.returncode == 0, done.stdout + done.stderr


def test_rows_alone_are_not_taken_by_a_database_that_has_its_tables(dump: Path, empty_database: str) -> None:
    """As operations.md says: its own first rows are there already, and published editions take no rows."""
    assert run(sys.executable, "manage.py", "prepare_database", "-v0", url=empty_database).returncode == 0
    done = run(postgres_programs() / "pg_restore", "--data-only", "--exit-on-error", "--dbname", empty_database, dump)
    assert done.returncode != 0
