"""Everything works through a pooler in transaction mode: two connections to PostgreSQL for many clients."""

import os
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from benefits.models import ServiceDescription
from launcher import processes
from launcher.servers import valkey
from referrals.choices import OfferState
from referrals.models import EditionCheck, ListExport, Offer
from referrals.models.edition_check import LEASE
from referrals.queue import DEAF
from tests import world
from tests.pages.lists.test_lists import make_many
from tests.running import POOLER, ROOT, database_url, running, transaction_pooler, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not POOLER, reason="PgBouncer (Debian's package pgbouncer) is not here"),
]
CLIENTS = 4
EXPORT = """
import django
django.setup()
from django.utils import timezone
from referrals.lists import exporting
exporting.CHUNK = 3
from referrals.models import DeclineReason
for _ in range(30):  # forms and the admin read their choices by iterators of their own
    assert len(list(DeclineReason.objects.iterator(chunk_size=2))) > 4
print(exporting.write_due_exports(now=timezone.now()))
"""


@pytest.fixture
def pooled() -> Iterator[str]:
    with transaction_pooler() as address:
        yield address


def start(words: list[str], address: str) -> "subprocess.Popen[str]":
    env = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env, text=True, **pipes)  # type: ignore[call-overload, no-any-return]


def test_start_up_options_are_left_out_when_the_address_says_so(pooled: str) -> None:
    command = ["manage.py", "check_invariants", "--json"]
    _out, refused = start(command, pooled).communicate(timeout=60)
    assert "unsupported startup parameter: options" in refused
    for empty in ("?options=", "?options=%20", "?connect_timeout=3&options="):
        taken = start(command, pooled + empty)
        _out, said = taken.communicate(timeout=60)
        assert taken.returncode == 0, said


def test_many_at_once_read_long_lists(pooled: str) -> None:
    """Each client's next rows may come over another connection: no cursor lives that long."""
    offers = make_many(12)
    person = world.triager(offers[0].partner)
    for _ in range(CLIENTS):
        words = {
            "list_name": "offers",
            "kind": "csv",
            "address": "?tab=all",
            "due_at": timezone.now(),
            "forget_at": timezone.now() + LEASE,
        }
        ListExport.objects.create(asked_by=person, asked_at=timezone.now(), **words)
    commands = [["-c", EXPORT]] * CLIENTS + [["manage.py", "replay_determinations"], ["manage.py", "replay_routing"]]
    children = [start(words, pooled + "?options=") for words in commands]
    for child in children:
        out, said = child.communicate(timeout=120)
        assert child.returncode == 0, out + said
    assert not ListExport.objects.exclude(error="")
    assert list(ListExport.objects.values_list("total", flat=True)) == [12] * CLIENTS


@pytest.mark.broker
@pytest.mark.parametrize("is_direct", [False, True])
def test_work_moves_and_deafness_is_said(pooled: str, tmp_path: Path, is_direct: bool) -> None:
    world.make_partner("First", capacity=5)
    port, password = processes.free_port(), secrets.token_hex(8)
    more = {"DATABASE_URL": pooled + "?options="} | ({"DATABASE_DIRECT_URL": database_url()} if is_direct else {})
    broker = f"redis://:{password}@127.0.0.1:{port}/0"
    with valkey(password, port), running(tmp_path, broker, "worker", "dispatcher", env=more):
        referral = world.screened(now=timezone.now())
        offered = Offer.objects.filter(referral=referral, state=OfferState.PENDING)
        assert wait_until(offered.exists), (tmp_path / "dispatcher.log").read_text()[-2000:]
    assert (DEAF in (tmp_path / "dispatcher.log").read_text()) != is_direct


@pytest.mark.broker
def test_a_direct_address_that_does_not_answer_holds_up_nothing(tmp_path: Path) -> None:
    world.make_partner("First", capacity=5)
    port, password = processes.free_port(), secrets.token_hex(8)
    broker, nowhere = f"redis://:{password}@127.0.0.1:{port}/0", f"postgres://u:p@127.0.0.1:{processes.free_port()}/n"
    with (
        valkey(password, port),
        running(tmp_path, broker, "worker", "dispatcher", env={"DATABASE_DIRECT_URL": nowhere}),
    ):
        referral = world.screened(now=timezone.now())
        offered = Offer.objects.filter(referral=referral, state=OfferState.PENDING)
        assert wait_until(offered.exists), (tmp_path / "dispatcher.log").read_text()[-2000:]
    assert "DATABASE_DIRECT_URL does not answer" in (tmp_path / "dispatcher.log").read_text()


def test_one_worker_holds_a_check_for_a_while() -> None:
    edition = ServiceDescription.objects.get()
    now, one, other = timezone.now(), uuid.uuid4(), uuid.uuid4()
    words = {"kind": "preview", "content_hash": "", "asked_at": now, "due_at": now}
    check = EditionCheck.objects.create(edition=edition, **words)
    rows = EditionCheck.objects
    assert rows.hold(check.pk, one)
    assert not rows.hold(check.pk, other)
    rows.let_go(check.pk, other)
    assert not rows.hold(check.pk, other), "only who holds it lets go"
    rows.filter(pk=check.pk).update(held_until=now - LEASE)
    assert rows.hold(check.pk, other), "a worker that was killed is not waited for any longer"
    rows.let_go(check.pk, other)
    assert rows.hold(check.pk, one)
