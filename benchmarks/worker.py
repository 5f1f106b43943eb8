"""A real Celery worker on the benchmark's database, and what it spends on messages from the real broker."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from celery import current_app
from django.conf import settings
from django.db import connection

from launcher import processes
from launcher.bootstrap import ROOT
from launcher.servers import VAR

from .measuring import PROC, Spent, backends_named, cpu_of, tree_of

NAME = "triage-bench"  # of the queue, so that no other worker takes the messages, and of the worker's backends
DONE, TELL = "bench_done", "bench.tell"
PATIENCE = 900.0  # seconds
Message = tuple[str, Sequence[object]]


def raw_connection(**options: Any) -> "psycopg.Connection[Any]":
    """A connection to the benchmark's database without Django, committing each statement."""
    keys = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    given = {key: connection.settings_dict[name] for key, name in keys.items() if connection.settings_dict[name]}
    return psycopg.connect(**given, autocommit=True, **options)


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker with one process for tasks, and the connection on which it tells that it is done."""

    child: Any
    ear: "psycopg.Connection[Any]"

    def spend(self, messages: Sequence[Message]) -> Spent:
        """Send messages, wait until the last is done, and give what that took."""
        before, backends = self._cpu(self._finish([])), backends_named(NAME)
        clock = time.perf_counter()
        told = self._finish(messages)
        seconds = time.perf_counter() - clock
        after = self._cpu(told)
        if backends != backends_named(NAME):
            raise RuntimeError("the worker took another connection: what the first one spent is lost")
        return Spent(len(messages), seconds, after[0] - before[0], after[1] - before[1])

    def _finish(self, messages: Sequence[Message]) -> float:
        """Processor seconds of the process for tasks, as it says itself when all is done."""
        for task, arguments in (*messages, (TELL, ())):
            current_app.send_task(task, args=arguments, queue=NAME)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.child.poll() is None:
            for note in self.ear.notifies(timeout=1, stop_after=1):
                return float(note.payload)
        raise RuntimeError(f"the worker ended or hangs; its log is {_log()}")

    def _cpu(self, told: float) -> tuple[float, float]:
        """Of the worker with its children, and of its backends. Without /proc only what it told."""
        if not PROC.exists():
            return told, 0.0
        return cpu_of(tree_of(self.child.pid), lambda _name: True), cpu_of(backends_named(NAME))


def _log() -> Any:
    return VAR / "bench-worker.log"


@contextmanager
def worker() -> Iterator[Worker]:
    """A fresh worker for the time of the block. It keeps its connection for CELERY_DB_REUSE_MAX messages."""
    with current_app.connection_for_write() as broker:
        broker.SimpleQueue(NAME).clear()
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1", "-l", "warning"]
    command += ["-Q", NAME, "-I", "benchmarks.worker_tasks"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    own = {"DATABASE_URL": url, "BROKER_URL": settings.CELERY_BROKER_URL, "PGAPPNAME": NAME}
    child = processes.start(command, log=_log(), env={**os.environ, **own}, cwd=ROOT)
    try:
        with raw_connection() as ear:
            ear.execute(f"LISTEN {DONE}")
            yield Worker(child, ear)
    finally:
        processes.stop(child)
