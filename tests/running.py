"""Processes that a test starts: worker and dispatcher on the test's own database, with a broker of its own."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from launcher import processes

ROOT = Path(__file__).resolve().parents[1]


def database_url() -> str:
    """The test's own database, for processes that the test starts."""
    values = connection.settings_dict
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@contextmanager
def running(tmp_path: Path, broker: str, *names: str) -> Iterator[None]:
    """Keep the named processes running for the time of the block; their logs lie in ``tmp_path``."""
    commands = {
        "worker": [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1", "-l", "warning"],
        "dispatcher": [sys.executable, "manage.py", "dispatch"],
    }
    env = {**os.environ, "DATABASE_URL": database_url(), "BROKER_URL": broker, "SITE_URL": settings.SITE_URL}
    children = [processes.start(commands[name], log=tmp_path / f"{name}.log", env=env, cwd=ROOT) for name in names]
    try:
        yield
    finally:
        for child in children:
            processes.stop(child)


def wait_until(check: Callable[[], bool], seconds: float = 60) -> bool:
    """Ask again and again until it is so; False when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.2)
    return False
