"""The demo's parts are kept running: ends are counted per time, and what is down is said and taken back."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from launcher.processes import Part
from launcher.supervision import MOST_RESTARTS, WITHIN, Watch, keep_running


class Ended:
    """A process that is over as soon as somebody looks."""

    returncode = 1

    def poll(self) -> int:
        return 1


class Lives(Ended):
    def poll(self) -> Any:
        return None


def make_part(children: list[Any]) -> Part:
    part = Part("Worker", Path("worker.log"), lambda: children.pop(0))
    part.child = part.start()
    return part


def test_ends_far_apart_never_stop_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    watch = Watch(make_part([Ended() for _ in range(50)]), lambda: now[0])
    for _ in range(40):
        watch.look()
        now[0] += WITHIN
    assert capsys.readouterr().out.count("is down") > MOST_RESTARTS


def test_a_part_that_ends_again_and_again_stops_the_demo() -> None:
    now = [0.0]
    watch = Watch(make_part([Ended() for _ in range(50)]), lambda: now[0])

    def look_for_long() -> None:
        for _ in range(1000):
            watch.look()
            now[0] += 0.5

    with pytest.raises(SystemExit, match=f"Worker ended {MOST_RESTARTS + 1} times"):
        look_for_long()


def test_what_is_down_is_written_for_the_pages_and_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.supervision.time.sleep", lambda _seconds: None)
    now, seen, status = [0.0], list[list[str]](), tmp_path / "parts.json"
    part = make_part([Ended(), Lives()])

    def is_over() -> bool:
        now[0] += 0.1
        if status.exists():
            seen.append(json.loads(status.read_text())["down"])
        return now[0] > 2

    part.is_ready = lambda: now[0] > 1
    keep_running([part], status, is_over=is_over, clock=lambda: now[0])
    assert ["Worker"] in seen
    assert seen[-1] == []
    said = capsys.readouterr().out
    assert said.index("Worker is down") < said.index("Worker is back")


@pytest.mark.django_db
def test_the_page_names_what_is_down(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL_MODE, settings.DEMO_PARTS_STATUS = True, str(tmp_path / "parts.json")
    assert "Currently down" not in Client().get("/request/").content.decode()
    Path(settings.DEMO_PARTS_STATUS).write_text(json.dumps({"down": ["Worker", "Valkey"]}))
    assert "Currently down: Worker, Valkey." in Client().get("/request/").content.decode()


def test_a_page_without_its_database_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("the connection was lost")

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    client.cookies["sessionid"] = "x" * 32
    answer = client.get("/request/")
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert "Service unavailable" in answer.content.decode()
    answer = client.post("/request/")
    assert "may not have been saved" in answer.content.decode()


def test_a_failing_query_is_no_lost_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    client.cookies["sessionid"] = "x" * 32
    assert client.get("/request/").status_code == 500
