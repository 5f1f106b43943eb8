"""The whole product as real processes on servers of its own, each of which can be killed and started again."""

import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import redis

from launcher import processes, servers
from tests.faults.proxy import FaultProxy
from tests.faults.restartable import ROOT, Restartable, supervised

PORTS = range(20_000, 30_000)  # below those that outgoing connections take while a server is away
WEB = ["--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--log-level", "warning"]
WORKER = ["--concurrency", "2", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
DATABASE = "listen_addresses=127.0.0.1 unix_socket_directories= fsync=off synchronous_commit=on max_connections=60"


@dataclass(frozen=True, slots=True)
class Design:
    """Which modules the web and the worker run, and whether a dispatcher looks at the rows."""

    web: str = "config.wsgi"
    worker: str = "config"
    dispatches: bool = True


PUBLISHING = Design("tests.faults.publishing:application", "tests.faults.publishing", dispatches=False)


class Stage:
    """Servers and processes with fixed ports. The broker is reached over a line that can hang or be cut."""

    def __init__(self, folder: Path, design: Design) -> None:
        self.folder, self.design = folder, design
        self.password = secrets.token_hex(16)
        base = random.choice(PORTS)
        self.database_port, self.broker_port, self.web_port = (
            processes.free_port(base + 300 * place) for place in range(3)
        )
        self.database = self._build_database()
        self.broker = self._build_broker()

    @property
    def database_url(self) -> str:
        return f"postgres://{servers.DATABASE}:{self.password}@127.0.0.1:{self.database_port}/{servers.DATABASE}"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def _build_database(self) -> Restartable:
        programs, data = servers.postgres_programs(), self.folder / "postgres"
        servers._make_cluster(programs, data, self.password)
        command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(self.database_port)]
        command += [part for setting in DATABASE.split() for part in ("-c", setting)]
        return Restartable("postgres", command, self.folder, stop_signal=signal.SIGINT, unprivileged=True)

    def _build_broker(self) -> Restartable:
        file = self.folder / "valkey.conf"
        lines = [f"port {self.broker_port}", "bind 127.0.0.1", f"requirepass {self.password}", 'save ""']
        servers._write_private(file, "\n".join([*lines, "appendonly no", f"dir {self.folder}\n"]))
        return Restartable("valkey", [servers.valkey_program(), file], self.folder)

    @contextmanager
    def servers_running(self) -> Iterator["Stage"]:
        """Database with its tables, broker and the line to it."""
        with ExitStack() as started:
            started.callback(self.database.stop)
            self.start_database()
            started.callback(self.broker.stop)
            self.start_broker()
            self.line = started.enter_context(FaultProxy(self.broker_port))
            command = [sys.executable, "manage.py", "prepare_database", "-v0"]
            subprocess.run(command, cwd=ROOT, env=self.environment, check=True)
            yield self

    @property
    def environment(self) -> dict[str, str]:
        broker = f"redis://:{self.password}@127.0.0.1:{self.line.port}/0"
        ours = {"DATABASE_URL": self.database_url, "BROKER_URL": broker, "SITE_URL": self.address}
        return {**os.environ, **ours, "TRIAGE_LOCAL": "1"}

    @contextmanager
    def product_running(self) -> Iterator[None]:
        python, env = sys.executable, self.environment
        gunicorn = [python, "-m", "gunicorn", self.design.web, *WEB, "-b", f"127.0.0.1:{self.web_port}"]
        celery = [python, "-m", "celery", "-A", self.design.worker, "worker", *WORKER]
        self.web = Restartable("web", gunicorn, self.folder, env)
        self.worker = Restartable("worker", celery, self.folder, env)
        self.dispatcher = Restartable("dispatcher", [python, "manage.py", "dispatch"], self.folder, env)
        with ExitStack() as started:
            for process in self.product:
                started.callback(process.stop)
                process.start()
            self.wait_for_web()
            self.wait_for_worker()
            started.enter_context(supervised(self.product))
            yield

    @property
    def product(self) -> list[Restartable]:
        return [self.web, self.worker, *([self.dispatcher] if self.design.dispatches else [])]

    def start_database(self) -> None:
        child = self.database.start()
        answers = partial(servers.create_when_ready, self.database_port, self.password)
        processes.wait_until(answers, seconds=60, child=child, log=self.database.log)

    def start_broker(self) -> None:
        child = self.broker.start()
        processes.wait_until(lambda: processes.is_open(self.broker_port), seconds=20, child=child, log=self.broker.log)

    def wait_for_web(self) -> None:
        assert self.web.child is not None
        processes.wait_until(self._web_answers, seconds=60, child=self.web.child, log=self.web.log)

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_for_worker(self) -> None:
        """Until it waits for messages."""
        assert self.worker.child is not None
        with self.broker_client() as broker:
            processes.wait_until(
                lambda: any(client["cmd"] == "brpop" for client in broker.client_list()),
                seconds=60,
                child=self.worker.child,
                log=self.worker.log,
            )

    @contextmanager
    def broker_client(self) -> Iterator["redis.Redis"]:
        """The broker itself, not over the line."""
        with redis.Redis(port=self.broker_port, password=self.password) as client:
            yield client

    def count_messages(self, *, waiting: bool = False) -> int:
        """What the broker still holds: messages that wait, and those that a worker took and has not finished."""
        with self.broker_client() as broker:
            queued = int(broker.llen("celery"))
            return queued if waiting else queued + int(broker.hlen("unacked"))

    def ends(self) -> dict[str, int]:
        """How often each process ended although nobody killed it."""
        return {process.name: process.ends for process in self.product if process.ends}

    def last_words(self) -> str:
        """The end of every log, for a test that fails."""
        return "\n".join(f"--- {process.name}\n{process.last_words()}" for process in self.product)


@contextmanager
def staged(design: Design | None = None) -> Iterator[Stage]:
    """A stage whose servers run, in a folder that PostgreSQL's own user may enter. Nothing is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=servers._server_home()))
    folder.chmod(0o755)
    try:
        with Stage(folder, design or Design()).servers_running() as stage:
            yield stage
    finally:
        shutil.rmtree(folder)
