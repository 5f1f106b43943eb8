"""A process of the stage: it can be killed, and comes back as it was."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from launcher import processes

ROOT = Path(__file__).resolve().parents[2]


class Restartable:
    """One command with its port, environment and log, run by one process at a time."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        folder: Path,
        env: Mapping[str, str] | None = None,
        *,
        stop_signal: int = signal.SIGTERM,
        unprivileged: bool = False,
    ) -> None:
        self.name, self.command, self.env = name, command, env
        self.log = folder / f"{name}.log"
        self.stop_signal, self.unprivileged = stop_signal, unprivileged
        self.child: subprocess.Popen[bytes] | None = None
        self.is_wanted = False
        self.lock = threading.RLock()
        self.ends = 0

    def start(self) -> "subprocess.Popen[bytes]":
        with self.lock:
            return self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        self.child = processes.start(
            self.command,
            log=self.log,
            env=self.env,
            stop_signal=self.stop_signal,
            unprivileged=self.unprivileged,
            cwd=ROOT,
        )
        self.is_wanted = True
        return self.child

    def _is_unwanted(self) -> None:
        """From here on nobody starts it again by itself."""
        with self.lock:
            self.is_wanted = False

    def stop(self) -> None:
        self._is_unwanted()
        if self.child is not None:
            processes.stop(self.child, self.stop_signal)

    def kill(self) -> None:
        """End the process and its children in one moment, as a power cut does."""
        self._is_unwanted()
        assert self.child is not None
        with suppress(ProcessLookupError):  # it may just have ended by itself
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def quit(self, number: int) -> None:
        """Send the process alone a signal that ends it, and wait for its end."""
        self._is_unwanted()
        assert self.child is not None
        self.child.send_signal(number)
        self.child.wait(30)

    def children(self) -> list[int]:
        assert self.child is not None
        shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in shown.splitlines()]
        return [int(pid) for pid, parent in pairs if int(parent) == self.child.pid]

    def has_ended_by_itself(self) -> bool:
        return self.is_wanted and self.child is not None and self.child.poll() is not None

    def start_if_ended(self) -> None:
        with self.lock:
            if self.has_ended_by_itself():
                self._start()
                self.ends += 1  # last: who waits for this number goes on with the process that was started

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""


@contextmanager
def supervised(processes: Sequence[Restartable]) -> Iterator[None]:
    """Start again what ended by itself, as compose's ``restart: unless-stopped`` does."""
    ended = threading.Event()

    def supervise() -> None:
        while not ended.wait(0.5):
            for process in processes:
                process.start_if_ended()

    thread = threading.Thread(target=supervise, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
