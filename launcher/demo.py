"""``manage.py demo``: the whole product on this machine, with demo data, until Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from functools import partial
from types import FrameType

from . import processes
from .bootstrap import ROOT, took
from .processes import Part
from .servers import VAR, find_running, servers
from .supervision import keep_running

PARTS_STATUS = VAR / "parts.json"
DEFAULT_PORT = 8000
TITLES = {"web": "Web server", "worker": "Worker", "lab": "Lab worker", "dispatcher": "Dispatcher"}
ACCOUNTS = (
    ("Partner (Contoso Deployment)", "partner@demo.example"),
    ("Colleague (Contoso Deployment)", "colleague@demo.example"),
    ("Partner (Fabrikam Services)", "partner2@demo.example"),
    ("Referral processing team", "team@demo.example"),
    ("Service description admin", "admin@demo.example"),
    ("Auditor", "auditor@demo.example"),
)
PASSWORD = "triage-demo"  # the demo's people only; never accepted outside local mode


def _port(text: str) -> int:
    """A port that an ordinary user may take."""
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("must be a number from 1024 to 65535")
    return int(text)


_asked_to_stop = threading.Event()


class Stopped(Exception):
    """The person at the keyboard, or the system, asked for an end."""


def run_demo(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py demo", description=__doc__)
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="web port; the next free one if taken")
    parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and begin again")
    options = parser.parse_args(arguments)
    if "DATABASE_URL" not in os.environ and find_running():
        sys.exit("A demo of this project is already running; stop it first (Ctrl-C in its window).")
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    try:
        begun = time.monotonic()
        print("Starting PostgreSQL and Valkey …", flush=True)
        with servers() as running:
            print(f"  ready{took(begun)}", flush=True)
            env = {**os.environ, **running.env, "PYTHONUNBUFFERED": "1", "DEMO_PARTS_STATUS": str(PARTS_STATUS)}
            _serve(env, running.parts, options.port, fresh=options.fresh)
    except Stopped:
        print("Stopped.", flush=True)
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _asked_to_stop.set()  # Python drops an exception that a signal raises while it forks
    raise Stopped


def _load(env: Mapping[str, str], *, fresh: bool) -> None:
    _prepare(["collectstatic", "--noinput", "--clear", "-v", "0"], env, "The demo's files")
    _prepare(["load_demo", *(["--fresh"] if fresh else [])], env, "The demo's data")


def _prepare(command: list[str], env: Mapping[str, str], what: str) -> None:
    prepare = processes.start_in_view([sys.executable, "manage.py", *command], env=env, cwd=ROOT)
    try:
        if prepare.wait():
            sys.exit(f"{what} could not be prepared; see above.")
    finally:
        processes.stop(prepare)


def _serve(env: Mapping[str, str], running: tuple[Part, ...], wanted_port: int, *, fresh: bool) -> None:
    port = processes.free_port(wanted_port)
    if port != wanted_port:
        print(f"Port {wanted_port} is taken; using {port}.", flush=True)
    address = f"http://127.0.0.1:{port}"
    env = {**env, "SITE_URL": address}
    begun = time.monotonic()
    print("Preparing the demo's data …", flush=True)
    _load(env, fresh=fresh)
    print(f"  ready{took(begun)}", flush=True)
    parts = [_part(name, command, env, address) for name, command in _commands(port).items()]
    begun = time.monotonic()
    print("Starting web, worker and dispatcher …", flush=True)
    try:
        for part in parts:
            part.child = part.start()
        web = parts[0]
        assert web.child is not None
        processes.wait_until(web.is_ready, seconds=60, child=web.child, log=web.log)
        print(f"  ready{took(begun)}", flush=True)
        _welcome(address)
        keep_running((*running, *parts), PARTS_STATUS, is_over=_asked_to_stop.is_set)
        raise Stopped
    finally:
        PARTS_STATUS.unlink(missing_ok=True)
        for part in parts:
            if part.child is not None:
                part.child.send_signal(signal.SIGTERM)
        for part in parts:
            part.end(patience=4)


def _part(name: str, command: list[str], env: Mapping[str, str], address: str) -> Part:
    log = VAR / f"{name}.log"
    start = partial(processes.start, command, log=log, env=env, cwd=ROOT)
    answers = {"web": partial(_answers, address)}
    return Part(TITLES[name], log, start, answers.get(name, lambda: True))


def _commands(port: int) -> dict[str, list[str]]:
    python = sys.executable
    gunicorn = [python, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4"]
    celery = [python, "-m", "celery", "-A", "config", "worker", "-l", "warning"]
    celery += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    gunicorn += ["--limit-request-line", "8190"]  # addresses of lists say every filter
    return {
        "web": [*gunicorn, "--preload", "--graceful-timeout", "1", "--no-control-socket"],
        "worker": [*celery, "-c", "1", "-n", "worker@%h"],
        "lab": [*celery, "-c", "1", "-Q", "referral-triage-lab", "-n", "lab@%h"],
        "dispatcher": [python, "manage.py", "dispatch"],
    }


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _welcome(address: str) -> None:
    print(f"\nReferral triage is running at {address}\n\nSign in (password for all: {PASSWORD}):")
    for role, mail in ACCOUNTS:
        print(f"  {role:<32} {mail}")
    print(f"\n  Request form, no account needed  {address}/request/")
    print(f"  All emails sent                  {address}/mailbox/")
    print(f"\nLogs are in {VAR.relative_to(ROOT)}/. Stop with Ctrl-C.", flush=True)
