"""What needs a sign-in of late: exports, publishing and calendar addresses ask again who it is, and lose nothing."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import SignedIn, User
from accounts.signing_in.sessions import KEPT
from benefits.models import ServiceDescription
from benefits.services.editions import copy_to_draft
from referrals.lists.exporting import write_due_exports
from referrals.models import CalendarFeed, ListExport
from tests import world
from tests.accounts.doors import add_totp, code_of, make_person, sign_in
from tests.accounts.entra.provider import Provider, entry, running, sign_in_there
from tests.accounts.entra.test_entra import begin, link, use_tenants
from tests.accounts.test_sessions import later
from tests.world import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
AGAIN = "/account/reauthenticate/"
LIST = {"list": "?tab=all", "kind": "csv"}
TOO_LONG = configured.VERIFIED_MINUTES + 1


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    sign_in(client, person.email)
    return client


def next_of(answer: Any) -> str:
    return str(parse_qs(urlsplit(answer["Location"]).query)["next"][0])


def waiting_form(client: Client, answer: Any) -> tuple[str, dict[str, str]]:
    """What the page after verifying would send, and where to."""
    page = client.get(answer["Location"]).content.decode()
    action = re.search(r'<form method="post" action="([^"]+)">\s*<input type="hidden" name="csrf', page)
    assert action, page
    fields = re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)">', page)
    return unescape(action[1]), {name: unescape(value) for name, value in fields}


def verify(client: Client, asking: Any) -> Any:
    assert asking["Location"].startswith(AGAIN), asking["Location"]
    answer = client.post(AGAIN, {"password": PASSWORD, "next": next_of(asking)})
    assert answer.status_code == 302, answer.content
    return answer


def test_a_list_is_not_exported_from_a_browser_left_open(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, TOO_LONG)
    asking = client.post("/exports/offers/new/", LIST)
    assert not ListExport.objects.exists()
    path, fields = waiting_form(client, verify(client, asking))
    assert (path, fields) == ("/exports/offers/new/", LIST), "nothing that was chosen is lost"
    assert not ListExport.objects.exists(), "verifying alone sends nothing"
    assert client.post(path, fields).status_code == 302
    assert ListExport.objects.get().asked_by == person


def test_selected_rows_are_not_exported_either(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _referral, offer = world.offered(timezone.now())
    words = {"act": "export", "row": offer.public_id, "list": "", "kind": "xlsx", "confirmed": "1"}
    later(monkeypatch, TOO_LONG)
    path, fields = waiting_form(client, verify(client, client.post("/queue/bulk/", words)))
    assert (path, fields) == ("/queue/bulk/", words)
    client.post(path, fields)
    assert ListExport.objects.get().chosen == [offer.public_id]


def test_the_file_is_not_handed_out_either(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client.post("/exports/offers/new/", LIST)["Location"]
    write_due_exports(now=timezone.now())
    assert client.get(page + "file/").status_code == 200, "signed in a moment ago"
    later(monkeypatch, TOO_LONG)
    asking = client.get(page + "file/")
    assert asking.status_code == 302
    back = verify(client, asking)
    assert back["Location"] == page + "file/"
    assert client.get(back["Location"]).status_code == 200


def test_a_calendar_address_is_made_after_verifying_and_revoked_without(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/notices/calendar/", {"names_customers": "on"})
    first = CalendarFeed.objects.get().pk
    later(monkeypatch, TOO_LONG)
    asking = client.post("/notices/calendar/", {"names_customers": "on"})
    assert CalendarFeed.objects.get().pk == first
    path, fields = waiting_form(client, verify(client, asking))
    client.post(path, fields)
    assert CalendarFeed.objects.get().pk != first
    later(monkeypatch, TOO_LONG)
    assert client.post("/notices/calendar/", {"revoke": "1"})["Location"] == "/notices/calendar/"
    assert not CalendarFeed.objects.exists()


def test_nothing_is_published_from_a_browser_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    admin, client = make_person("admin@triage.example"), Client()
    secret = add_totp(admin)
    sign_in(client, admin.email)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    draft = copy_to_draft(ServiceDescription.objects.latest("id"), now=timezone.now())
    later(monkeypatch, TOO_LONG)
    asking = client.post(f"/catalogue/{draft.pk}/publish/", {"reason": "“Checked” & agreed"})
    assert asking["Location"].startswith("/account/2fa/reauthenticate/"), "by the second factor, where there is one"
    draft.refresh_from_db()
    assert draft.state == "draft"
    cache.clear()  # a code counts once: the clock has not really moved
    monkeypatch.undo()
    answer = client.post("/account/2fa/reauthenticate/", {"code": code_of(secret), "next": next_of(asking)})
    assert answer.status_code == 302, answer.content
    path, fields = waiting_form(client, answer)
    assert (path, fields) == (f"/catalogue/{draft.pk}/publish/", {"reason": "“Checked” & agreed"})


def test_what_a_page_asks_for_by_itself_moves_the_whole_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, TOO_LONG)
    answer = client.post("/exports/offers/new/", LIST, headers={"hx-request": "true"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"].startswith(AGAIN)


def test_what_waits_is_the_persons_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, TOO_LONG)
    asking = client.post("/exports/offers/new/", LIST)
    other = Client()
    sign_in(other, make_person("other@triage.example", is_staff=False).email)
    assert other.get(next_of(asking))["Location"] == "/", "as for one that never was"
    for _more in range(3):
        client.post("/exports/offers/new/", LIST)
    verify(client, asking)
    assert client.get(next_of(asking))["Location"] == "/", "three wait, and no more"


def test_the_page_that_sends_asks_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, TOO_LONG)
    asking = client.post("/exports/offers/new/", LIST)
    again = client.get(next_of(asking))
    assert again["Location"].startswith(AGAIN)
    assert next_of(again) == next_of(asking)


def age(client: Client, minutes: int) -> None:
    """Move what the session remembers back: the provider and what checks its tokens know real time alone."""
    kept = client.session
    kept[KEPT]["began"] -= minutes * 60
    for record in kept["account_authentication_methods"]:
        record["at"] -= minutes * 60
    kept.save()


def ask_at_microsoft(client: Client) -> str:
    """Where the page for verifying there moves on to."""
    asking = client.get(client.post("/exports/offers/new/", LIST)["Location"])
    assert asking["Location"].startswith("/account/verify/")
    page = client.get(asking["Location"]).content.decode()
    return begin(client, **dict(re.findall(r'<input type="hidden" name="(again|next)" value="([^"]*)">', page)))


@contextmanager
def microsoft_alone(settings: Any) -> Iterator[tuple[Client, User, Provider]]:
    """Somebody signed in with Microsoft who has no password and no second factor."""
    person, client = world.triager(world.make_partner("Beta")), Client()
    person.set_unusable_password()
    person.save()
    with running() as provider:
        use_tenants(settings, entry(provider.address))
        assert link(client, person).status_code == 302
        yield client, person, provider


def test_who_signs_in_with_microsoft_alone_is_asked_there(settings: Any) -> None:
    with microsoft_alone(settings) as (client, person, _provider):
        age(client, TOO_LONG)
        there = ask_at_microsoft(client)
        asked = parse_qs(urlsplit(there).query)
        assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"]), "a session over there is not enough"
        path, fields = waiting_form(client, sign_in_there(client, there))
    client.post(path, fields)
    assert ListExport.objects.get().asked_by == person


SAID = {"asked there before": -600, "does not say when": None, "is another person's account": 0}


@pytest.mark.parametrize("how", SAID)
def test_microsoft_has_to_ask_the_same_person_and_now(how: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    really = jwtkit.verify_and_decode

    def decode(**words: Any) -> dict[str, Any]:
        """What the provider says, which asks anew each time, with another time of it."""
        claims: dict[str, Any] = really(**words)
        at = SAID[how]
        return claims | {"auth_time": at if at is None else time.time() + at}

    with microsoft_alone(settings) as (client, person, _provider):
        age(client, TOO_LONG)
        there = ask_at_microsoft(client)
        if how == "is another person's account":
            SocialAccount.objects.update(user=make_person("other@triage.example", is_staff=False))
        monkeypatch.setattr(jwtkit, "verify_and_decode", decode)
        answer = sign_in_there(client, there)
        assert answer.status_code == 403
        assert "Microsoft didn’t verify that it’s you." in answer.content.decode()
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.post("/exports/offers/new/", LIST)["Location"].startswith(AGAIN)


@pytest.mark.parametrize("path", ["/account/password/set/", "/account/2fa/webauthn/add/"])
def test_nobody_leaves_a_way_in_behind(path: str, settings: Any) -> None:
    with microsoft_alone(settings) as (client, person, _provider):
        assert client.get(path).status_code == 200
        age(client, TOO_LONG)
        assert "/account/verify/" in client.get(path, follow=True).redirect_chain[-1][0]
        client.post(path, {"password1": "another-Password-1", "password2": "another-Password-1"})
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_sessions_are_ended_by_who_is_known(client: Client, person: User) -> None:
    sign_in(Client(), person.email)
    age(client, TOO_LONG)
    path, fields = waiting_form(client, verify(client, client.post("/account/sessions/", {"others": "1"})))
    assert SignedIn.objects.count() == 2
    client.post(path, fields)
    assert SignedIn.objects.count() == 1


def test_who_has_no_factor_at_all_verifies_before_adding_one(settings: Any) -> None:
    with microsoft_alone(settings) as (client, _person, _provider):
        assert client.get("/account/2fa/totp/activate/").status_code == 200
        age(client, TOO_LONG)
        asking = client.get("/account/2fa/totp/activate/")
        assert asking["Location"].startswith("/account/verify/")
        assert client.get(asking["Location"]).status_code == 200
    assert Client().get("/account/verify/").status_code == 302, "for who is signed in"
