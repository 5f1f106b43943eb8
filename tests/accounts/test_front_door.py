"""Who comes in: one door with one throttle, the second factor of this session, and nobody locked out by others."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

from accounts.models import IdempotencyKey
from accounts.signing_in.sessions import KEPT
from tests.accounts.doors import DOOR, add_totp, code_of, is_signed_in, make_person, sign_in
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def production(settings: Any) -> Iterator[None]:
    settings.LOCAL_MODE = False
    cache.clear()
    yield
    cache.clear()


def all_routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address that takes no more than plain words."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern).lstrip("^").rstrip("$").replace(r"\Z", "")
        if isinstance(entry, URLResolver):
            yield from all_routes(entry, route)
        elif isinstance(entry, URLPattern) and not set("<(?[") & set(route):
            yield "/" + route


def test_no_route_but_the_front_door_begins_a_session() -> None:
    person = make_person()
    words = {
        **dict.fromkeys(("login", "username", "email"), person.email),
        **dict.fromkeys(("password", "password1", "password2", "new_password1", "oldpassword"), PASSWORD),
        "code": "000000",
    }
    routes = sorted({*all_routes(get_resolver()), "/admin/login/", "/admin/password_change/"})
    assert len(routes) > 60
    begun = []
    for route in routes:
        client = Client(raise_request_exception=False)
        for method in ("get", "post"):
            getattr(client, method)(route, words)
            if is_signed_in(client):
                begun.append(route)
                break
    assert begun == [DOOR]


def test_the_admin_sends_to_the_front_door_and_back() -> None:
    person = make_person()
    client = Client()
    for method in ("get", "post"):
        answer = getattr(client, method)("/admin/login/?next=/admin/", {"username": person.email, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, f"{DOOR}?next=/admin/")
    assert client.get("/admin/benefits/")["Location"].startswith("/admin/login/")
    assert not is_signed_in(client)


def test_somebody_signed_in_who_is_no_admin_is_told_so(settings: Any) -> None:
    settings.LOCAL_MODE = True
    client = Client()
    client.force_login(make_person("partner@triage.example", is_staff=False))
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "for its admins" in answer.content.decode()


def test_the_second_factor_is_asked_of_this_session() -> None:
    """A session that began before the account had one does not pass because the account has one now."""
    person = make_person()
    client, other = Client(), Client()
    sign_in(client, person.email)
    assert client.get("/team/")["Location"] == "/account/2fa/totp/activate/"
    secret = add_totp(person)
    assert client.get("/team/")["Location"] == "/account/2fa/reauthenticate/?next=/team/"
    assert client.post("/team/mail/", {}).status_code == 403
    for closed in (
        "/account/password/change/",
        "/account/2fa/recovery-codes/",
        "/account/2fa/totp/deactivate/",
        "/admin/",
    ):
        assert client.get(closed)["Location"].startswith("/account/2fa/reauthenticate/"), closed
    assert client.post("/account/2fa/reauthenticate/?next=/team/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/team/").status_code == 200
    answer = sign_in(other, person.email)
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert not is_signed_in(other)


@pytest.mark.django_db(transaction=True)
def test_setting_up_the_second_factor_asks_for_no_password_again() -> None:
    client = Client()
    sign_in(client, make_person().email)
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    assert client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/team/").status_code == 200, "the code that was typed counts for this session"


def test_long_after_the_sign_in_the_password_is_asked_for_again() -> None:
    client = Client()
    sign_in(client, make_person().email)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session[KEPT]["began"] -= 3600
    session.save()
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")


def test_wrong_passwords_behind_a_proxy_stop_only_who_types_them(settings: Any) -> None:
    settings.PROXIES = 1
    person = make_person("partner@triage.example", is_staff=False)
    for number in range(30):
        sign_in(Client(), f"nobody{number}@triage.example", "wrong", HTTP_X_FORWARDED_FOR="192.0.2.7, 203.0.113.9")
    client = Client()
    sign_in(client, person.email, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.20")
    assert is_signed_in(client)
    stopped = Client()
    sign_in(stopped, person.email, HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert not is_signed_in(stopped)


def test_a_sign_in_sent_twice_with_a_second_factor_goes_on_from_either(settings: Any) -> None:
    """Whichever answer the browser keeps, its session knows who is signing in."""
    person = make_person()
    secret = add_totp(person)
    first = Client()
    page = first.get(DOOR)
    fields = {"login": person.email, "password": PASSWORD, "csrfmiddlewaretoken": page.context["csrf_token"]}
    cookie = first.cookies["csrftoken"].value
    for number in range(2):
        client = Client()  # the second has none of what the first was answered
        client.cookies["csrftoken"] = cookie
        answer = client.post(DOOR, fields)
        assert (answer.status_code, answer["Location"]) == (302, "/account/2fa/authenticate/"), number
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert is_signed_in(client)


def test_what_a_page_about_ones_own_account_shows_is_never_written_down() -> None:
    person = make_person(is_staff=False)
    client = Client()
    sign_in(client, person.email)
    page = client.get("/account/password/change/")
    fields = {"oldpassword": "wrong", "password1": "a", "password2": "b"}
    answer = client.post("/account/password/change/", fields | {"csrfmiddlewaretoken": page.context["csrf_token"]})
    assert answer.status_code == 200
    assert not IdempotencyKey.objects.exists()


def guess(email: str, times: int) -> None:
    for number in range(times):
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), email, "wrong")


def test_a_locked_account_lets_its_owner_in_on_a_device_that_it_knows() -> None:
    person = make_person("partner@triage.example", is_staff=False)
    known = Client(REMOTE_ADDR="203.0.113.50")
    sign_in(known, person.email)
    known.post("/account/logout/")
    assert not is_signed_in(known)
    guess(person.email, 8)
    strange = Client(REMOTE_ADDR="203.0.113.51")
    sign_in(strange, person.email)
    assert not is_signed_in(strange), "the account is locked for everybody else"
    sign_in(known, person.email)
    assert is_signed_in(known)


@pytest.mark.parametrize("changed", ["password", "cookie", "account"])
def test_a_known_device_is_void_when(changed: str) -> None:
    person = make_person("partner@triage.example", is_staff=False)
    other = make_person("other@triage.example", is_staff=False)
    known, password = Client(REMOTE_ADDR="203.0.113.50"), PASSWORD
    sign_in(known, person.email)
    known.post("/account/logout/")
    (name,) = [name for name in known.cookies if "device-" in name]
    if changed == "password":
        password = "another-good-one-2"
        person.set_password(password)
        person.save()
    elif changed == "cookie":
        known.cookies[name] = known.cookies[name].value[:-2] + "xx"
    wanted = other if changed == "account" else person
    guess(wanted.email, 8)
    sign_in(known, wanted.email, password)
    assert not is_signed_in(known)


def test_a_known_device_cannot_guess_for_ever() -> None:
    person = make_person("partner@triage.example", is_staff=False)
    known = Client(REMOTE_ADDR="203.0.113.50")
    sign_in(known, person.email)
    known.post("/account/logout/")
    for _ in range(20):
        sign_in(known, person.email, "wrong")
    sign_in(known, person.email)
    assert not is_signed_in(known)
