"""``manage.py demo``: the whole product on this machine, with demo data, until Ctrl-C."""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType

from . import processes
from .bootstrap import ROOT
from .servers import VAR, find_running, servers

Children = dict[str, "subprocess.Popen[bytes]"]

DEFAULT_PORT = 8000
MOST_RESTARTS = 5
ACCOUNTS = (
    ("Partner (Contoso Deployment)", "partner@demo.example"),
    ("Colleague (Contoso Deployment)", "colleague@demo.example"),
    ("Partner (Fabrikam Services)", "partner2@demo.example"),
    ("Referral processing team", "team@demo.example"),
    ("Catalogue admin", "admin@demo.example"),
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
        print("Starting PostgreSQL and Valkey …", flush=True)
        with servers() as env:
            _serve({**os.environ, **env, "PYTHONUNBUFFERED": "1"}, options.port, fresh=options.fresh)
    except Stopped:
        print("Stopped.", flush=True)
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _asked_to_stop.set()  # Python drops an exception that a signal raises while it forks
    raise Stopped


def _load(env: Mapping[str, str], *, fresh: bool) -> None:
    command = [sys.executable, "manage.py", "load_demo", *(["--fresh"] if fresh else [])]
    prepare = processes.start_in_view(command, env=env, cwd=ROOT)
    try:
        if prepare.wait():
            sys.exit("The demo's data could not be prepared; see above.")
    finally:
        processes.stop(prepare)


def _serve(env: Mapping[str, str], wanted_port: int, *, fresh: bool) -> None:
    port = processes.free_port(wanted_port)
    if port != wanted_port:
        print(f"Port {wanted_port} is taken; using {port}.", flush=True)
    address = f"http://127.0.0.1:{port}"
    _load({**env, "SITE_URL": address}, fresh=fresh)
    commands = _commands(port)

    def start(name: str) -> "subprocess.Popen[bytes]":
        return processes.start(commands[name], log=VAR / f"{name}.log", env={**env, "SITE_URL": address}, cwd=ROOT)

    children: Children = {}
    try:
        for name in commands:
            children[name] = start(name)
        processes.wait_until(lambda: _answers(address), seconds=60, child=children["web"], log=VAR / "web.log")
        _welcome(address)
        _watch(children, start)
    finally:
        for child in children.values():
            child.send_signal(signal.SIGTERM)
        for child in children.values():
            processes.stop(child, patience=4)


def _commands(port: int) -> dict[str, list[str]]:
    python = sys.executable
    gunicorn = [python, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4"]
    gunicorn += ["--limit-request-line", "8190"]  # addresses of lists say every filter
    return {
        "web": [*gunicorn, "--preload", "--graceful-timeout", "1", "--no-control-socket"],
        "worker": [
            *(python, "-m", "celery", "-A", "config", "worker", "-c", "1", "-l", "warning"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        "dispatcher": [python, "manage.py", "dispatch"],
    }


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _welcome(address: str) -> None:
    print(f"\nReferral triage is running at {address}\n\nSign in (password for all: {PASSWORD}):")
    for role, mail in ACCOUNTS:
        print(f"  {role:<32} {mail}")
    print(f"\n  Request form, no account needed  {address}/request/")
    print(f"  All mail that was sent           {address}/mailbox/")
    print(f"\nLogs are in {VAR.relative_to(ROOT)}/. Stop with Ctrl-C.", flush=True)


def _watch(children: Children, start: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    """Start again what ended, as compose does; end with a process that does not stay."""
    ends: Counter[str] = Counter()
    while not _asked_to_stop.is_set():
        time.sleep(0.5)
        for name in [name for name, child in children.items() if child.poll() is not None]:
            ends[name] += 1
            if ends[name] > MOST_RESTARTS:
                sys.exit(f"The demo's {name} ended again and again; its log is {VAR / name}.log.")
            children[name] = start(name)
            print(f"The {name} ended and was started again; its log is {VAR / name}.log.", flush=True)
    raise Stopped
