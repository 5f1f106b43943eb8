"""A session that is about to end says so, and is kept by one click; what was typed stays."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.signing_in.sessions import KEPT
from tests import world
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def age_sessions(minutes: int) -> None:
    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        store[KEPT] = {name: at - minutes * 60 for name, at in store[KEPT].items()}
        store.save()


def test_it_warns_and_is_kept_by_one_click(walk: Walk, settings: Any) -> None:
    person = world.triager(world.make_partner())
    may_sign_in(person)
    page = walk.person(person.email)
    page.goto(f"{walk.address}/queue/")
    page.wait_for_load_state("networkidle")
    age_sessions(settings.SESSION_IDLE_MINUTES - 3)
    page.evaluate("htmx.ajax('GET', '/notices/new/', {swap: 'none'})")  # as the page does every minute
    warning = page.get_by_text("Your session ends in less than five minutes")
    expect(warning).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    assert walk.errors == []


def test_what_was_typed_is_there_after_signing_in_again(walk: Walk, settings: Any) -> None:
    person = world.triager(world.make_partner())
    may_sign_in(person)
    page = walk.person(person.email)
    page.goto(f"{walk.address}/escalations/new/")
    page.get_by_label("What is it about?").fill("Typed before the session ended")
    page.locator("textarea").fill("What it says.")
    age_sessions(settings.SESSION_IDLE_MINUTES + 1)
    page.get_by_role("button", name="Send").click()
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("What is it about?")).to_have_value("Typed before the session ended")
