"""Sessions: where somebody is signed in, how a session is ended, and when it ends by itself."""

import re
import time
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SignedIn, User
from accounts.signing_in import sessions
from tests.accounts.doors import make_person, sign_in
from tests.world import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
OWN = "/account/2fa/"
END = "/account/sessions/"


def signed_in(person: User, browser: str = "A browser") -> Client:
    client = Client(headers={"user-agent": browser})
    sign_in(client, person.email)
    return client


def is_in(client: Client) -> bool:
    return client.get("/queue/").status_code == 200


def later(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    now = time.time() + minutes * 60
    monkeypatch.setattr(time, "time", lambda: now)


def test_a_person_reads_where_and_ends_one(person: User) -> None:
    here, there = signed_in(person, "Here"), signed_in(person, "There")
    page = here.get(OWN).content.decode()
    assert "This session" in page
    assert page.index("There") < page.index("Here"), "the one last used first"
    sealed = re.findall(r'name="session" value="([0-9a-f]+)"', page)
    assert len(sealed) == 1, "all but this one"
    assert here.post(END, {"session": sealed[0]}).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert "There" not in here.get(OWN).content.decode()


def test_browsers_have_the_names_that_people_know(person: User) -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0"
    signed_in(person, edge)
    page = signed_in(person, "").get(OWN).content.decode()
    assert "Edge on Windows" in page
    assert "Unknown browser" in page


def test_all_others_are_ended_at_once(person: User) -> None:
    here, others = signed_in(person), [signed_in(person) for _ in range(2)]
    here.post(END, {"others": "1"})
    assert [is_in(client) for client in (here, *others)] == [True, False, False]


def test_nobody_ends_the_session_of_somebody_else(person: User) -> None:
    other = make_person("other@triage.example", is_staff=False)
    theirs, mine = signed_in(other), signed_in(person)
    strange = SignedIn.objects.get(person=other)
    from accounts.sealing import seal

    assert mine.post(END, {"session": seal("session", strange.pk)}).status_code == 404
    assert mine.post(END, {"session": "x"}).status_code == 404
    assert get_user(theirs).is_authenticated


def test_a_new_password_ends_all_other_sessions(person: User) -> None:
    here, there = signed_in(person), signed_in(person)
    words = {"oldpassword": PASSWORD, "password1": "a-long-and-new-one-7", "password2": "a-long-and-new-one-7"}
    here.post("/account/password/change/", words)
    assert (is_in(here), is_in(there)) == (True, False)
    assert SignedIn.objects.count() == 1


def test_a_session_that_nobody_uses_ends(person: User, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    client = signed_in(person)
    later(monkeypatch, settings.SESSION_IDLE_MINUTES - 1)
    assert is_in(client)
    later(monkeypatch, settings.SESSION_IDLE_MINUTES + 1)
    answer = client.get("/queue/")
    assert answer["Location"] == "/account/login/?next=/queue/"
    assert not SignedIn.objects.exists()


def test_a_session_ends_however_much_it_is_used(person: User, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    client = signed_in(person)
    for _hour in range(settings.SESSION_HOURS - 1):
        later(monkeypatch, 60)
        assert is_in(client)
    later(monkeypatch, 61)
    assert not is_in(client)


def test_what_pages_ask_for_by_themselves_is_no_use(
    person: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    client, partial = signed_in(person), {"HX-Request": "true"}
    later(monkeypatch, settings.SESSION_IDLE_MINUTES - 4)
    answer = client.get("/notices/new/", headers=partial)
    assert 0 < int(answer[sessions.ENDS_IN]) <= 240, "the page warns of it"
    client.get("/account/session/")
    later(monkeypatch, 5)
    assert client.get("/notices/new/", headers=partial).status_code == 401


def test_whoever_stays_is_signed_in_for_longer(person: User, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    client = signed_in(person)
    later(monkeypatch, settings.SESSION_IDLE_MINUTES - 4)
    client.get("/account/session/?stay")
    later(monkeypatch, 5)
    assert is_in(client)


def test_its_use_is_written_every_five_minutes_and_no_oftener(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(person)

    def written() -> list[str]:
        with CaptureQueriesContext(connection) as statements:
            assert is_in(client)
        return [
            row["sql"] for row in statements.captured_queries if not row["sql"].startswith(("SELECT", "SAVE", "REL"))
        ]

    assert written() == []
    later(monkeypatch, 5.1)
    noted = written()
    assert len(noted) == 2
    assert all("accounts_signedin" in sql or "django_session" in sql for sql in noted)
    assert written() == []


def test_a_session_from_before_there_were_limits_ends(person: User) -> None:
    client = signed_in(person)
    kept = client.session
    del kept[sessions.KEPT]
    kept.save()
    assert not is_in(client)
