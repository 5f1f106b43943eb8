"""What a worker's places are when a message cannot be acknowledged; beside kombu's own transport, the control."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection

from launcher import processes
from launcher.servers import valkey
from tests.faults.proxy import FaultProxy, Mode


@pytest.fixture
def broker() -> Iterator[tuple[FaultProxy, str]]:
    """A line to a broker, and the address at its near end."""
    port, password = processes.free_port(), secrets.token_hex(8)
    with valkey(password, port), FaultProxy(port) as line:
        yield line, f"redis://:{password}@127.0.0.1:{line.port}/0"


@pytest.mark.parametrize(("transport", "listens_on"), [(settings.CELERY_BROKER_TRANSPORT, True), ("redis", False)])
@pytest.mark.parametrize("act", ["ack", "reject", "requeue"])
def test_message_that_cannot_be_acknowledged_gives_its_place_back(
    broker: tuple[FaultProxy, str], transport: str, listens_on: bool, act: str
) -> None:
    line, address = broker
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with Connection(address, transport=transport, transport_options=options) as connection:
        queue = connection.SimpleQueue("one-place")
        channel: Any = queue.channel
        channel.basic_qos(0, 1, False)
        queue.put("ring")
        message = queue.get(timeout=5)
        assert not channel.qos.can_consume(), "its one place is taken"
        line.turn(Mode.CUT)
        with pytest.raises(connection.connection_errors):
            getattr(message, act)()
        assert channel.qos.can_consume() is listens_on
        line.turn(Mode.PASS)


def test_worker_uses_the_transport_that_gives_places_back() -> None:
    with current_app.connection_for_read() as connection:
        assert (
            f"{connection.transport.__module__}:{type(connection.transport).__name__}"
            == settings.CELERY_BROKER_TRANSPORT
        )
