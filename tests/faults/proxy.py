"""A line between our processes and a server that can be made to hang or be cut."""

import contextlib
import enum
import socket
import threading
from types import TracebackType

CHUNK = 65_536
LOOK_SECONDS = 0.1


class Mode(enum.Enum):
    PASS = "pass"
    HANG = "hang"  # accepts, and forwards nothing
    CUT = "cut"  # closes what is open and whatever comes


class FaultProxy:
    """Listens on a loopback port and forwards to another one, or behaves as a broken line does.

    What was sent while the line hung arrives when it passes again, as it does in a network that stalls.
    """

    def __init__(self, target: int, port: int = 0) -> None:
        self.target = target
        self._mode = Mode.PASS
        self._passing = threading.Event()
        self._passing.set()
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._serving: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(LOOK_SECONDS)
        self.port = int(self._listener.getsockname()[1])
        self._stopping = threading.Event()
        self._listening = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "FaultProxy":
        self._listening.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self.turn(Mode.CUT)
        self._listening.join()
        self._listener.close()
        for thread in self._serving:
            thread.join()

    def turn(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.HANG:
            self._passing.clear()
        else:
            self._passing.set()
        if mode is Mode.CUT:
            self._cut_all()

    def _cut_all(self) -> None:
        """Wake whoever reads or writes; each thread closes its own end."""
        with self._guard:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _address = self._listener.accept()
            except TimeoutError:
                continue
            client.settimeout(None)
            serving = threading.Thread(target=self._serve, args=(client,), daemon=True)
            serving.start()
            self._serving = [thread for thread in self._serving if thread.is_alive()] + [serving]

    def _serve(self, client: socket.socket) -> None:
        """Join a client with the server for as long as both stay; nothing reaches the server while the line hangs."""
        with client, contextlib.suppress(OSError):
            self._passing.wait()
            if self._mode is Mode.CUT:
                return
            with socket.create_connection(("127.0.0.1", self.target), timeout=5) as server:
                server.settimeout(None)
                self._join(client, server)

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        with self._guard:
            if self._mode is Mode.CUT:
                return
            self._open |= {client, server}
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        back.start()
        self._pump(client, server)
        back.join()
        with self._guard:
            self._open -= {client, server}

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Forward until one end closes, then close both: these protocols have no half-open talk."""
        with contextlib.suppress(OSError):
            while (data := source.recv(CHUNK)) and self._may_forward():
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _may_forward(self) -> bool:
        self._passing.wait()
        return self._mode is not Mode.CUT
