"""Start, watch and stop child processes so that none outlives its launcher."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
IS_ROOT = os.geteuid() == 0
UNPRIVILEGED = "nobody"


@dataclass
class Part:
    """One process that is to run: how it is started, how to tell that it does its work, and how it is stopped."""

    name: str
    log: Path
    start: "Callable[[], subprocess.Popen[bytes]]"
    is_ready: Callable[[], bool] = lambda: True
    stop_signal: int = signal.SIGTERM
    child: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @contextmanager
    def running(self, *, seconds: float) -> "Iterator[Part]":
        """Start it, wait until it is ready, and stop whatever runs of it at the end of the block."""
        self.child = self.start()
        try:
            wait_until(self.is_ready, seconds=seconds, child=self.child, log=self.log)
            yield self
        finally:
            self.end()

    def has_ended(self) -> bool:
        return self.child is None or self.child.poll() is not None

    def end(self, *, patience: float = 8) -> None:
        if self.child is not None:
            stop(self.child, self.stop_signal, patience=patience)


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    stop_signal: int = signal.SIGTERM,
    unprivileged: bool = False,
    cwd: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own; on Linux it gets ``stop_signal`` when this process dies."""
    who: dict[str, Any] = {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}
    with log.open("ab") as output:
        child: subprocess.Popen[bytes] = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env) if env is not None else None,
            cwd="/" if unprivileged else cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(stop_signal),
            **(who if unprivileged and IS_ROOT else {}),
        )
    return child


def start_in_view(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> "subprocess.Popen[bytes]":
    """Start a child that writes to our own terminal but does not share its Ctrl-C."""
    return subprocess.Popen(
        command, env=dict(env), cwd=cwd, start_new_session=True, preexec_fn=_die_with_parent(signal.SIGTERM)
    )


def _die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, stop_signal)


def stop(child: "subprocess.Popen[bytes]", stop_signal: int = signal.SIGTERM, *, patience: float = 8) -> None:
    """Ask a child to stop; end it when it does not."""
    if child.poll() is not None:
        return
    child.send_signal(stop_signal)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def is_open(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_port(wanted: int = 0) -> int:
    """The wanted port when it is free, else the next free one (any when 0)."""
    for port in range(wanted, min(wanted + 200, 65536)) if wanted else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    sys.exit(f"No port from {wanted} to {min(wanted + 199, 65535)} is free.")


def wait_until(ready: Callable[[], bool], *, seconds: float, child: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for a child to be ready; exit with the end of its log when it dies or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            sys.exit(f"{tail}\n{log.stem} did not start; its log is {log}.")
        time.sleep(0.05)
