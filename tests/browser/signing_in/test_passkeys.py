"""Passkeys in Chromium, with an authenticator that the browser plays."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from tests import world
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PLAYED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": PLAYED})


def add_passkey(page: Page, address: str) -> None:
    page.goto(f"{address}/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator(".person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_passkey_is_the_whole_sign_in(walk: Walk) -> None:
    person = world.triager(world.make_partner())
    may_sign_in(person)
    page = walk.person(person.email)
    give_authenticator(page)
    add_passkey(page, walk.address)
    sign_out(page)
    page.goto(f"{walk.address}/account/login/?next=/queue/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{walk.address}/queue/")
    assert walk.errors == []


def test_a_passkey_is_the_second_factor_of_the_session(walk: Walk, settings: Any) -> None:
    """Set up where the team is asked for one; asked for after the password; a passkey alone needs no more."""
    settings.LOCAL_MODE, settings.SITE_HOST = False, "localhost"
    person = world.by_team().user
    assert person is not None
    may_sign_in(person)
    page = walk.person()
    give_authenticator(page)
    page.goto(f"{walk.address}/account/login/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{walk.address}/account/2fa/totp/activate/")
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    page.goto(f"{walk.address}/team/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count() == 1
    sign_out(page)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page).to_have_url(f"{walk.address}/team/")
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{walk.address}/team/")
    assert walk.errors == []


def test_what_the_browser_refuses_is_said_on_the_page(walk: Walk) -> None:
    page = walk.person()
    give_authenticator(page)  # which has no key of ours
    page.goto(f"{walk.address}/account/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey wasn’t used.")
    assert walk.errors == []


def test_an_address_in_numbers_offers_no_passkey(walk: Walk) -> None:
    """Browsers make none for it: the button could only fail."""
    page = walk.person()
    page.goto(f"{walk.address.replace('localhost', '127.0.0.1')}/account/login/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
