"""What each word after ``manage.py`` does, and which servers it needs."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable

from .bootstrap import ROOT
from .servers import local_secret, servers

OWN_COMMANDS = """Set up and run:
  demo [--port N] [--fresh]   the whole product with demo data, until Ctrl-C
  test [pytest arguments]     the tests
  check-all                   format, lint, types, contracts, templates, migrations, deployment
  bench [--only NAME] [--json]  measure what is promised about speed, each figure beside its control
  screenshots                 walk the main job in Chromium and renew the pictures
"""
ON_ALL_CORES = ("-n", "auto", "--maxprocesses", "8", "--dist", "worksteal")  # the broker has sixteen databases
BEFORE_TABLES = {"migrate", "makemigrations", "prepare_database", "load_demo", "showmigrations", "sqlmigrate", "check"}
SERVERLESS = {
    "write_lifecycle",
    "determine",
    "read_export",
    "read_usage",
    "help",
    "--help",
    "-h",
    "--version",
    "version",
    "collectstatic",
}


def run(argv: list[str]) -> int:
    """Run one command; give its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    word = argv[1] if len(argv) > 1 else "help"
    if word in ("help", "--help", "-h") and len(argv) <= 2:
        print(OWN_COMMANDS)
    own = OWN.get(word)
    return own(argv[2:]) if own else _run_django(argv, word)


def _demo(arguments: list[str]) -> int:
    from .demo import run_demo

    return run_demo(arguments)


def _test(arguments: list[str]) -> int:
    """All tests in a process for each core; with arguments, as pytest itself takes them."""
    return _with_servers([sys.executable, "-m", "pytest", *(arguments or ON_ALL_CORES)], durable=False)


def _bench(arguments: list[str]) -> int:
    return _with_servers([sys.executable, "-m", "benchmarks", *arguments], durable=True)


def _screenshots(_arguments: list[str]) -> int:
    os.environ["TRIAGE_SCREENSHOTS"] = str(ROOT / "docs" / "screenshots")
    return _with_servers([sys.executable, "-m", "pytest", "-m", "browser"], durable=False)


def _check_all(_arguments: list[str]) -> int:
    from .checks import run_checks

    return run_checks()


OWN: dict[str, Callable[[list[str]], int]] = {
    "demo": _demo,
    "test": _test,
    "bench": _bench,
    "screenshots": _screenshots,
    "check-all": _check_all,
}


def _run_django(argv: list[str], word: str) -> int:
    if "DATABASE_URL" in os.environ:
        return _execute(argv)
    if word in SERVERLESS and not _names_another_edition(argv):
        return _local(argv)
    with servers() as running:
        os.environ.update(running.env)
        if word not in BEFORE_TABLES:
            _prepare_when_empty(running.env["DATABASE_URL"])
        return _execute(argv)


def _names_another_edition(argv: list[str]) -> bool:
    """Does a command ask for an edition that does not ship, which only the database has?"""
    words = [part for word in argv for part in word.split("=", 1)]
    names = [after for before, after in itertools.pairwise(words) if before == "--edition"]
    shipped = {file.stem for file in (ROOT / "benefits" / "data" / "editions").glob("*.json")}
    return any(name not in shipped for name in names)


def _prepare_when_empty(database: str) -> None:
    """On a fresh clone no table is there yet: make them, with the shipped service description."""
    import psycopg

    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
    if row == (None,):
        print("Preparing the empty database …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "manage.py", "prepare_database", "-v0"], cwd=ROOT, check=True)


def _local(argv: list[str]) -> int:
    """Run a command that touches no server, in local mode."""
    if "SECRET_KEY" not in os.environ:
        os.environ.update(TRIAGE_LOCAL="1", SECRET_KEY=local_secret())
    return _execute(argv)


def _execute(argv: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)
    return 0


def _with_servers(command: list[str], *, durable: bool) -> int:
    if "DATABASE_URL" in os.environ:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    with servers(durable=durable) as running:
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **running.env}, check=False).returncode
