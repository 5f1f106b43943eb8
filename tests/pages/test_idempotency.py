"""The same form sent again has one effect, and its answer is the first one's: over every form of every page."""

import re
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import idempotency
from accounts.models import IdempotencyKey, User
from referrals.answering.responding import accept_offer
from referrals.models import Event, Notification
from referrals.sweeping.sweeps import wake_due
from tests import world
from tests.conftest import client_of
from tests.pages.addresses import OURS, Places

OFTEN = 8
NOT_EFFECTS = {"accounts.IdempotencyKey", "sessions.Session", "referrals.Presence"}
FILLED = {
    "textarea": "Written for this test, with enough to be read.",
    "text": "Written for this test.",
    "input": "Written for this test.",
    "email": "fresh@alpha.example",
    "date": "",
    "number": "7",
    "search": "Written",
    "password": "not-the-right-one-1",
}


class Forms(HTMLParser):
    """Every form of a page that is posted, filled in as a person might."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.forms, self.open = here, list[tuple[str, dict[str, Any]]](), False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = given.get("method", "").lower() == "post"
            if self.open:
                self.forms.append((given.get("action") or self.here, {}))
        elif self.open and given.get("name") and "disabled" not in given:
            self._fill(tag, given)

    def _fill(self, tag: str, given: dict[str, str]) -> None:
        fields, kind = self.forms[-1][1], given.get("type", tag)
        if kind in ("checkbox", "radio", "submit", "button"):
            if kind != "checkbox" or "checked" in given:
                fields.setdefault(given["name"], given.get("value", "on"))
        elif kind != "file":
            fields[given["name"]] = given.get("value") or FILLED.get(kind, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False


def forms_of(client: Client, address: str) -> list[tuple[str, dict[str, Any]]]:
    answer = client.get(address)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return []
    found = Forms(address)
    found.feed(answer.content.decode())
    return [(action, fields) for action, fields in found.forms if action and not action.startswith("http")]


def rows() -> dict[str, int]:
    """How many rows each table has that tells of an effect."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in NOT_EFFECTS and model._meta.managed
    }


@pytest.fixture
def places(db: None) -> Iterator[Places]:
    cache.clear()
    made = Places()
    made.alpha.memberships.update(role="admin")
    yield made
    cache.clear()


def person_called(who: str, places: Places) -> User | None:
    made: dict[str, Callable[[], User | None]] = {
        "partner": lambda: world.triager(places.alpha),
        "team": lambda: world.by_team().user,
        "admin": lambda: world.make_user("admin@triage.example", is_staff=True, is_superuser=True),
        "nobody": lambda: None,
    }
    return made[who]()


def client_for(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


@pytest.mark.no_cover  # thousands of posts: the tests of each page tell what is covered
@pytest.mark.parametrize(
    ("who", "forms", "effects"), [("partner", 30, 10), ("team", 35, 10), ("admin", 20, 5), ("nobody", 15, 4)]
)
def test_every_form_of_every_page_has_one_effect(who: str, forms: int, effects: int, places: Places) -> None:
    """Each is sent eight times; after the first nothing is written any more, and every answer is the first one's."""
    accept_offer(places.offer.pk, by=world.by_partner(places.alpha), now=timezone.now())
    person, sent, had_effect = person_called(who, places), set[tuple[str, ...]](), 0
    for name in OURS:
        for action, fields in forms_of(client_for(person), places.address(name)):
            form = (re.sub(r"[0-9a-f]{32,48}", "…", action), *sorted(fields))
            if form in sent or action.endswith("/logout/"):
                continue
            sent.add(form)
            had_effect += send_often(client_for(person), action, fields, f"{name} → {action}")
    assert len(sent) >= forms
    assert had_effect >= effects, "the forms are filled in well enough to do something"


def send_often(client: Client, action: str, fields: dict[str, Any], said: str) -> bool:
    """Send a form in a world of its own; gives whether it had an effect."""
    before = rows()
    with transaction.atomic():
        first = client.post(action, fields)
        after = rows()
        for _ in range(OFTEN - 1):
            again = client.post(action, fields)
            if first.status_code < 400:
                told = (again.status_code, again.headers.get("Location"))
                assert told == (first.status_code, first.headers.get("Location")), said
        assert rows() == after, said
        transaction.set_rollback(True)
    return after != before


@pytest.fixture
def held(db: None) -> Any:
    partner = world.make_partner()
    _referral, offer = world.offered(timezone.now())
    return accept_offer(offer.pk, by=world.by_partner(partner), now=timezone.now())


def form_to(client: Client, page: str, action: str) -> dict[str, Any]:
    return next(fields for found, fields in forms_of(client, page) if found == action)


def test_eight_attempts_of_one_form_are_one_attempt(held: Any) -> None:
    client, page = client_of(held.partner), f"/offers/{held.public_id}/"
    fields = form_to(client, page, f"{page}attempts/")
    fields |= {"attempt-channel": "phone", "attempt-tried_on": timezone.localdate().isoformat()}
    for _ in range(OFTEN):
        assert client.post(f"{page}attempts/", fields).status_code == 302
    assert held.attempts.count() == 1
    assert not Notification.objects.filter(kind__contains="unreachable").exists()
    fields = form_to(client, page, f"{page}attempts/") | {
        name: value for name, value in fields.items() if name.startswith("attempt")
    }
    client.post(f"{page}attempts/", fields)
    assert held.attempts.count() == 2, "another showing of the form is another attempt"


def test_another_text_in_the_same_form_is_another_note(held: Any) -> None:
    client, page = client_of(held.partner), f"/offers/{held.public_id}/"
    fields = form_to(client, page, f"{page}note/")
    for text in ("One thing was found out.", "Another thing was found out.", "One thing was found out."):
        client.post(f"{page}note/", fields | {"note-note": text})
    assert Event.objects.filter(kind="note").count() == 2


def test_what_was_refused_may_be_sent_again(held: Any) -> None:
    client, page = client_of(held.partner), f"/offers/{held.public_id}/"
    fields = form_to(client, page, f"{page}note/") | {"note-note": ""}
    assert [client.post(f"{page}note/", fields).status_code for _ in range(2)] == [422, 422]
    assert not IdempotencyKey.objects.exists()


def test_the_second_post_says_what_the_first_said(held: Any) -> None:
    client, page = client_of(held.partner), f"/offers/{held.public_id}/"
    fields = form_to(client, f"{page}together/", f"{page}tags/") | {"tags-add": "Quick win"}
    for _ in range(2):
        assert "Tags: saved." in world.text(client.post(f"{page}tags/", fields, follow=True))


def test_a_failure_leaves_nothing_behind_and_may_be_sent_again(held: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, page = Client(raise_request_exception=False), f"/offers/{held.public_id}/"
    client.force_login(world.triager(held.partner))
    fields = form_to(client, page, f"{page}note/") | {"note-note": "Written once."}
    with monkeypatch.context() as broken:
        broken.setattr("pages.partner.acts.back_to_offer", lambda *_: 1 / 0)
        assert client.post(f"{page}note/", fields).status_code == 500
    assert not Event.objects.filter(kind="note").exists(), "an effect without an answer is taken back"
    assert client.post(f"{page}note/", fields).status_code == 302
    assert Event.objects.filter(kind="note").count() == 1


def test_nobody_gets_anothers_answer(held: Any) -> None:
    client, page = client_of(held.partner), f"/offers/{held.public_id}/"
    fields = form_to(client, page, f"{page}note/") | {"note-note": "Written once."}
    client.post(f"{page}note/", fields)
    stranger = client_of(world.make_partner("Fabrikam"))
    assert stranger.post(f"{page}note/", fields).status_code == 404


def test_keys_are_forgotten_after_a_day(held: Any) -> None:
    client, page = client_of(held.partner), f"/offers/{held.public_id}/"
    client.post(f"{page}note/", form_to(client, page, f"{page}note/") | {"note-note": "Written once."})
    now = timezone.now()
    wake_due(now=now)
    assert IdempotencyKey.objects.count() == 1
    wake_due(now=now + IdempotencyKey.KEPT_FOR * 2)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_protected", [True, False])
def test_eight_posts_at_the_same_instant(is_protected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its control: without keys every post writes a note."""
    if not is_protected:
        monkeypatch.setattr(idempotency, "_key_of", lambda _request: "")
    partner = world.make_partner()
    _referral, offer = world.offered(timezone.now())
    page = f"/offers/{offer.public_id}/"
    clients = [client_of(partner) for _ in range(OFTEN)]
    fields = form_to(clients[0], page, f"{page}note/") | {"note-note": "Written once."}
    start, statuses = threading.Barrier(OFTEN), list[int]()

    def post(client: Client) -> None:
        try:
            start.wait()
            statuses.append(client.post(f"{page}note/", fields).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * OFTEN
    assert Event.objects.filter(kind="note").count() == (1 if is_protected else OFTEN)
