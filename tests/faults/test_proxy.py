"""The line that the faults are made with does what it says, or a passed test of the faults would mean nothing."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.faults.proxy import FaultProxy, Mode

PATIENCE = 0.3


class Echo(socketserver.BaseRequestHandler):
    """Says everything back."""

    def handle(self) -> None:
        while data := self.request.recv(100):
            self.request.sendall(data)


@pytest.fixture
def line() -> Iterator[FaultProxy]:
    """A line to a server that says everything back."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        with FaultProxy(server.server_address[1]) as proxy:
            yield proxy
        server.shutdown()
        serving.join()


def call(line: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), timeout=PATIENCE)


def is_closed(client: socket.socket) -> bool:
    client.settimeout(5)
    with contextlib.suppress(ConnectionError):
        return client.recv(100) == b""
    return True


def test_line_that_passes_forwards_both_ways(line: FaultProxy) -> None:
    with call(line) as client:
        client.sendall(b"ring")
        assert client.recv(100) == b"ring"


def test_line_that_hangs_accepts_and_forwards_nothing_until_it_passes_again(line: FaultProxy) -> None:
    with call(line) as before:
        before.sendall(b"one")
        assert before.recv(100) == b"one"
        line.turn(Mode.HANG)
        with call(line) as during:
            for client in (before, during):
                client.sendall(b"two")
                with pytest.raises(TimeoutError):
                    client.recv(100)
            line.turn(Mode.PASS)
            for client in (before, during):
                client.settimeout(5)
                assert client.recv(100) == b"two"
                client.shutdown(socket.SHUT_RDWR)


def test_line_that_is_cut_closes_what_is_open_and_what_comes(line: FaultProxy) -> None:
    with call(line) as before:
        before.sendall(b"one")
        assert before.recv(100) == b"one"
        line.turn(Mode.CUT)
        assert is_closed(before)
    with call(line) as during:
        assert is_closed(during)


def test_line_that_hangs_can_be_cut(line: FaultProxy) -> None:
    line.turn(Mode.HANG)
    with call(line) as client:
        client.sendall(b"one")
        line.turn(Mode.CUT)
        assert is_closed(client)
