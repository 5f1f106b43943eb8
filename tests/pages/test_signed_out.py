"""Requests that pages make by themselves after the session has ended, and forms whose token is not valid any more."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests import world
from tests.pages.addresses import OURS, PUBLIC, Places

HX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}
OWN: dict[str, Any] = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}
pytestmark = pytest.mark.django_db


def test_no_page_is_led_to_the_sign_in_page() -> None:
    places, client = Places(), Client(enforce_csrf_checks=True)
    behind = [places.address(name) for name, (reach, _words) in OURS.items() if reach != PUBLIC]
    assert len(behind) > 80
    for address in behind:
        for answer in (client.get(address, **HX), client.post(address, **HX)):
            assert (answer.status_code, answer.content) == (401, b""), address
            assert answer["WWW-Authenticate"]
            assert answer["Cache-Control"] == "no-store"
        assert client.get(address).status_code == 302, "a page that a person asks for still leads there"


def test_a_public_page_is_not_signed_out_but_refuses_a_wrong_token() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("pages:rfa-new"), **HX)
    assert answer.status_code == 403


@override_settings(LOCAL_MODE=False)
def test_a_session_without_its_second_factor_is_signed_out() -> None:
    client = Client()
    client.force_login(world.make_user("clerk@triage.example", is_processing_team=True))
    assert client.get("/team/", **HX).status_code == 401
    assert client.post("/team/", **HX).status_code == 401
    assert client.get("/team/").status_code == 302


def test_the_session_says_who_is_signed_in_and_renews_the_token() -> None:
    client, person = Client(enforce_csrf_checks=True), world.make_user("clerk@triage.example", is_processing_team=True)
    nobody = client.get(reverse("accounts:session"))
    assert json.loads(nobody.content)["reader"] == ""
    client.force_login(person)
    answer = client.get(reverse("accounts:session"))
    said = json.loads(answer.content)
    assert len(said["reader"]) == 32
    assert f'data-reader="{said["reader"]}"' in client.get("/team/").content.decode()
    assert answer["Cache-Control"] == "no-store"
    other = Client()
    other.force_login(world.make_user("other@triage.example", is_processing_team=True))
    assert json.loads(other.get(reverse("accounts:session")).content)["reader"] != said["reader"]
    watch = reverse("pages:watch-list", args=["team"])
    assert client.post(watch, {"since": ""}, HTTP_X_CSRFTOKEN=said["token"], **HX).status_code != 403
    assert client.post(watch, {"since": ""}, HTTP_X_CSRFTOKEN="x" * 64, **HX).status_code == 403


TYPED = {"requester_name": "Dana <b>Example</b>", "text": "Please help us, soon.", "csrfmiddlewaretoken": "old"}


def post_with_old_token(**headers: Any) -> tuple[int, str]:
    answer = Client(enforce_csrf_checks=True).post(reverse("pages:rfa-new"), TYPED, **headers)
    return answer.status_code, answer.content.decode()


def test_a_form_with_an_old_token_is_given_back_with_a_new_one() -> None:
    status, page = post_with_old_token(**OWN)
    assert status == 403
    assert "<b>" not in page
    assert "Dana &lt;b&gt;Example&lt;/b&gt;" in page
    assert 'value="old"' not in page
    assert "ign in in a new tab</a>, then submit it again here" not in page, "a request needs no account"


@pytest.mark.parametrize(
    "headers", [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}]
)
def test_nothing_is_given_back_unless_a_page_of_ours_sent_it(headers: dict[str, Any]) -> None:
    status, page = post_with_old_token(**headers)
    assert status == 403
    assert "Please help us" not in page


def test_a_form_behind_the_sign_in_asks_to_sign_in_first() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("pages:escalation-new"), TYPED, **OWN)
    assert "ign in in a new tab</a>, then submit it again here" in answer.content.decode()
