"""The broker is a doorbell: stopped during declines, nothing is lost, and it is routed when the broker returns."""

import secrets
import threading
from pathlib import Path
from typing import Any

import kombu
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from launcher import processes
from launcher.servers import valkey
from referrals.choices import OfferState, State
from referrals.models import Referral
from referrals.queue import Ear
from tests import world
from tests.conftest import client_of
from tests.running import running, wait_until
from tests.world import NOTES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.broker]


def _refuse_to_connect(*_: object, **__: object) -> None:
    pytest.fail("a request never talks to the broker")


def test_broker_stopped_during_declines_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kombu.Connection, "connect", _refuse_to_connect)
    monkeypatch.setattr(kombu.Connection, "ensure_connection", _refuse_to_connect)
    first = world.make_partner("First", capacity=50, is_fasttrack_ready=False, takes_benefit=False)
    offers = []
    for _ in range(10):
        words: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
        offers.append(world.offered(now=timezone.now(), **words)[1])
    second = world.make_partner("Second", capacity=50, is_fasttrack_ready=False, takes_benefit=False)
    port, password = processes.free_port(), secrets.token_hex(8)
    broker = f"redis://:{password}@127.0.0.1:{port}/0"
    client = client_of(first)
    with running(tmp_path, broker, "worker", "dispatcher"):
        form = {"reason": world.reason().pk, "notes": NOTES, "handover": "", "pause_until": ""}
        for offer in offers:
            assert client.post(f"/offers/{offer.public_id}/decline/", form).status_code == 302
        waiting = Referral.objects.filter(state=State.AWAITING_PARTNER)
        assert waiting.count() == 10, "declined and noted while the broker is away"
        with valkey(password, port):
            routed = second.offers.filter(state=OfferState.PENDING)
            assert wait_until(lambda: routed.count() == 10), (tmp_path / "dispatcher.log").read_text()[-2000:]
    assert list(first.offers.values_list("notes", flat=True)) == [NOTES] * 10


def test_a_dispatcher_whose_connection_ends_while_it_listens_goes_on() -> None:
    """The driver's own error is one that the dispatcher waits out; it would end of any other."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    ending = threading.Timer(0.5, _end_connection, [backend])
    ending.start()
    with pytest.raises(DatabaseError):
        Ear().wait(5)
    ending.join()
    connection.close()


def _end_connection(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    connection.close()
