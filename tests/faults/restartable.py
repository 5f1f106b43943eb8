"""A process of the stage: it can be killed, and comes back as it was."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
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

    def start(self) -> "subprocess.Popen[bytes]":
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

    def stop(self) -> None:
        self.is_wanted = False
        if self.child is not None:
            processes.stop(self.child, self.stop_signal)

    def kill(self) -> None:
        """End the process and its children in one moment, as a power cut does."""
        assert self.child is not None
        self.is_wanted = False
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def quit(self, number: int) -> None:
        """Send the process alone a signal that ends it, and wait for its end."""
        assert self.child is not None
        self.is_wanted = False
        self.child.send_signal(number)
        self.child.wait(30)

    def children(self) -> list[int]:
        assert self.child is not None
        shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in shown.splitlines()]
        return [int(pid) for pid, parent in pairs if int(parent) == self.child.pid]

    def has_ended_by_itself(self) -> bool:
        return self.is_wanted and self.child is not None and self.child.poll() is not None

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""
