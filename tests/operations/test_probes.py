"""What machines ask, and pages without a database: 503 with a word, never a 500, and nothing typed is lost."""

import datetime as dt
import html
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import probes
from referrals.models import Canary

pytestmark = pytest.mark.django_db
PROBES = ("/livez", "/readyz", "/healthz", "/pipelinez")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that takes no connection."""

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    for name in ("cursor", "ensure_connection"):
        monkeypatch.setattr(connections["default"], name, refuse)


def note(**ago: dt.timedelta) -> None:
    """The canary's row, each step so long ago."""
    Canary.objects.get_or_create(pk=Canary.ONLY)
    Canary.objects.update(**{name: Now() - since for name, since in ago.items()})


def ask(path: str, **headers: Any) -> tuple[int, str]:
    answer = Client().get(path, **headers)
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.content.decode().strip()


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_answers_whatever_host_is_asked(path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["triage.example"], True
    note(tried_at=0 * MINUTE, published_at=0 * MINUTE, returned_at=0 * MINUTE)
    for host in ("127.0.0.1:8000", "web:8000", "10.1.2.3", "anything.example"):
        assert ask(path, HTTP_HOST=host) == (200, "ok")


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_takes_no_posts(path: str) -> None:
    answer = Client().post(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert Client().head(path).content == b""


def test_without_a_database_the_process_lives_and_is_not_ready(away: None) -> None:
    assert ask("/livez") == (200, "ok")
    for path in PROBES[1:]:
        assert ask(path) == (503, probes.AWAY)


@pytest.mark.parametrize(
    ("ago", "part"),
    [
        ({"installed_at": 2, "tried_at": None}, "dispatcher"),
        ({"tried_at": 2, "published_at": 2, "returned_at": 2}, "dispatcher"),
        ({"tried_at": 0, "published_at": 2, "returned_at": 2}, "broker"),
        ({"tried_at": 0, "published_at": None, "returned_at": None, "installed_at": 2}, "broker"),
        ({"tried_at": 0, "published_at": 0, "returned_at": 2}, "worker"),
        ({"tried_at": 0, "published_at": 0, "returned_at": None, "installed_at": 2}, "worker"),
    ],
)
def test_the_pipeline_says_which_part_is_late(ago: dict[str, int | None], part: str, team_client: Client) -> None:
    note(**{name: minutes * MINUTE for name, minutes in ago.items() if minutes is not None})
    status, said = ask("/pipelinez")
    assert status == 503
    assert said.startswith(f"late: {part} (nothing has come through since ")
    assert "Routing has stood still since" in team_client.get("/team/").content.decode()


def test_work_that_moves_is_well(team_client: Client) -> None:
    note(tried_at=MINUTE / 2, published_at=MINUTE / 2, returned_at=MINUTE / 2)
    with CaptureQueriesContext(connection) as captured:
        assert ask("/pipelinez") == (200, "ok")
    assert len(captured) == 1
    assert "stood still" not in team_client.get("/team/").content.decode()


def test_before_the_first_start_the_dispatcher_is_late() -> None:
    assert ask("/pipelinez") == (503, "late: dispatcher (it has not run yet)")


TYPED = {"csrfmiddlewaretoken": "abc", "notes": "We called <b>twice</b> & “nobody” answered.", "tag": "Q4"}
TYPED |= {"customer_name": "Contoso", "hoursform-was": '{"a b": 1}'}
OWN = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}


def post(headers: dict[str, Any], **changes: str) -> str:
    client = Client(raise_request_exception=False)
    answer = client.post("/request/one-page/", TYPED | changes, **headers)
    assert answer.status_code == 503
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_a_page_without_its_database_gives_back_what_was_typed(away: None) -> None:
    text = post(OWN)
    assert "<b>" not in text
    assert html.escape(TYPED["notes"]) in text
    assert ">Contoso</textarea>" in text
    assert "{&quot;a b&quot;: 1}</textarea>" not in text, "what the page itself carries is carried on, and not shown"
    assert 'name="tag" value="Q4"' in text
    assert '<form method="post" action="/request/one-page/"' in text


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_REFERER": "https://evil.example/request/"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-site"},
    ],
)
def test_nothing_of_another_site_is_given_back(away: None, headers: dict[str, str]) -> None:
    assert "twice" not in post(headers)


def test_no_password_is_given_back(away: None) -> None:
    assert "twice" not in post(OWN, password="a b c d")
