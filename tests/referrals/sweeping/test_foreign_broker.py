"""A broker that others use, too, or that is not well: the worker lives, and standing still is seen."""

import datetime as dt
import json
import secrets
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.utils import timezone

from config import environment
from launcher import processes
from launcher.servers import valkey
from referrals.choices import OfferState
from referrals.models import Canary, Offer
from referrals.queue import CANARY
from tests import world
from tests.running import running, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.broker]
PREFIX = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
QUEUE = f"{PREFIX}{settings.CELERY_TASK_DEFAULT_QUEUE}"
ROUTE = {"exchange": "", "routing_key": settings.CELERY_TASK_DEFAULT_QUEUE}
OURS = {"headers": {"task": CANARY}, "properties": {"delivery_info": ROUTE, "delivery_tag": "1"}, "body": "W10="}


@pytest.fixture
def broker() -> Iterator[str]:
    port, password = processes.free_port(), secrets.token_hex(8)
    with valkey(password, port):
        yield f"redis://:{password}@127.0.0.1:{port}/0"


def is_offered() -> bool:
    """Is a referral that arrives now routed?"""
    offer = world.screened(now=timezone.now())
    return wait_until(lambda: Offer.objects.filter(referral=offer, state=OfferState.PENDING).exists(), 30)


def comes_back(since: dt.datetime) -> bool:
    """Does a canary come back that was sent after this moment?"""
    return wait_until(lambda: Canary.objects.filter(returned_at__gt=since).exists(), 45)


def test_what_others_keep_in_the_broker_is_left_alone(broker: str, tmp_path: Path) -> None:
    world.make_partner("First", capacity=50)
    client = redis.Redis.from_url(broker)
    for key in ("celery", "unacked", "unacked_index", "_kombu.binding.celery", "referral-triage"):
        client.set(key, "somebody else's")
    client.lpush("other", "somebody else's task")
    with running(tmp_path, broker, "worker", "dispatcher"):
        assert is_offered()
    assert all(client.get(key) == b"somebody else's" for key in ("celery", "unacked", "referral-triage"))
    assert client.llen("other") == 1


def test_foreign_keys_and_messages_never_stop_the_worker(broker: str, tmp_path: Path) -> None:
    world.make_partner("First", capacity=50)
    client = redis.Redis.from_url(broker)

    def spoil() -> None:
        for key in (QUEUE, f"{PREFIX}unacked", f"{PREFIX}unacked_index", f"{PREFIX}_kombu.binding.referral-triage"):
            client.delete(key)
            client.set(key, "somebody else's")

    def litter() -> None:
        messages = ["no JSON", "5", "null", '"text"', "[]", "{}", '{"body": "x", "headers": 1, "properties": 2}']
        half: list[dict[str, Any]] = [{name: None} for name in OURS]
        half += [{"properties": {"delivery_info": {}, "delivery_tag": "1"}}]
        odd: list[dict[str, Any]] = [{"headers": {"task": "no.such.task", "id": "1"}}, {"content-type": "text/x-other"}]
        messages += [json.dumps(OURS | change) for change in (*half, *odd)]
        client.lpush(QUEUE, b"\x80\x04K\x01.")
        client.lpush(QUEUE, *messages)

    spoil()
    with running(tmp_path, broker, "worker", "dispatcher"):
        assert is_offered()
        spoil()
        assert is_offered()
        litter()
        assert is_offered()
        assert wait_until(lambda: client.llen(QUEUE) == 0, 30), (tmp_path / "worker.log").read_text()[-3000:]
        assert comes_back(timezone.now())


def test_a_frozen_worker_and_a_full_broker_are_seen(broker: str, tmp_path: Path) -> None:
    """The minute's wait is taken by hand: what is late is told by the row's times."""
    client = redis.Redis.from_url(broker)
    with running(tmp_path, broker, "dispatcher"):
        assert wait_until(lambda: Canary.objects.filter(published_at__isnull=False).exists(), 30)
        assert not Canary.objects.filter(returned_at__isnull=False).exists(), "no worker runs"
        with running(tmp_path, broker, "worker"):
            assert comes_back(timezone.now() - dt.timedelta(minutes=1))
        client.config_set("maxmemory", "1")
        client.config_set("maxmemory-policy", "noeviction")
        before = Canary.objects.get()
        tried = Canary.objects.filter(tried_at__gt=before.tried_at)
        assert wait_until(tried.exists, 45), (tmp_path / "dispatcher.log").read_text()[-2000:]
        assert Canary.objects.get().published_at == before.published_at
        client.config_set("maxmemory", "0")
        assert wait_until(lambda: Canary.objects.get().published_at > before.published_at, 30)  # type: ignore[operator]


def test_tls_checks_certificates_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for written, wanted in (
        ("rediss://:x@127.0.0.1:6379/0", ssl.CERT_REQUIRED),
        ("rediss://:x@127.0.0.1:6379/0?ssl_ca_certs=%2Fetc%2Fca.pem", ssl.CERT_REQUIRED),
        ("rediss://:x@127.0.0.1:6379/0?ssl_cert_reqs=none", ssl.CERT_NONE),
    ):
        monkeypatch.setenv("BROKER_URL", written)
        app = Celery(broker=environment.broker("BROKER_URL", ""), set_as_current=False)
        app.conf.broker_transport = settings.CELERY_BROKER_TRANSPORT
        found: Any = app.connection_for_write().ssl
        assert found["ssl_cert_reqs"] == wanted
