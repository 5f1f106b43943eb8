"""Processes that a test starts on its own database: worker and dispatcher with a broker of their own, and a pooler."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from launcher import processes

ROOT = Path(__file__).resolve().parents[1]
POOLER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
POOLER_SETTINGS = """\
[databases]
* = host={HOST} port={PORT} user={USER} password={PASSWORD}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
server_reset_query =
"""


def database_url() -> str:
    """The test's own database, for processes that the test starts."""
    values = connection.settings_dict
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@contextmanager
def running(tmp_path: Path, broker: str, *names: str, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Keep the named processes running for the time of the block; their logs lie in ``tmp_path``."""
    commands = {
        "worker": [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1", "-l", "warning"],
        "dispatcher": [sys.executable, "manage.py", "dispatch"],
    }
    own = {"DATABASE_URL": database_url(), "BROKER_URL": broker, "SITE_URL": settings.SITE_URL}
    whole = {**os.environ, **own, **(env or {})}
    children = [processes.start(commands[name], log=tmp_path / f"{name}.log", env=whole, cwd=ROOT) for name in names]
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


@contextmanager
def transaction_pooler() -> Iterator[str]:
    """The database's address through PgBouncer in transaction mode; it refuses start-up options, as it does unasked."""
    assert POOLER
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), processes.free_port()
        log, file = folder / "pgbouncer.log", folder / "pgbouncer.ini"
        values = {key: connection.settings_dict[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
        file.write_text(POOLER_SETTINGS.format(port=port, **values))
        folder.chmod(0o755)  # it runs as an ordinary user
        child = processes.start([POOLER, file], log=log, unprivileged=True)
        try:
            processes.wait_until(lambda: processes.is_open(port), seconds=10, child=child, log=log)
            yield f"postgres://{values['USER']}@127.0.0.1:{port}/{connection.settings_dict['NAME']}"
        finally:
            processes.stop(child)
