"""Signing in with Microsoft in Chromium: through the policy of our pages, to a provider that redirects on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.signing_in import inviting
from tests import world
from tests.accounts.entra.provider import Provider, entry, running
from tests.accounts.entra.test_entra import use_tenants
from tests.browser.conftest import Walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
MICROSOFT = "Continue with Microsoft (Contoso)"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    cache.clear()
    with running() as provider:
        use_tenants(settings, entry(provider.address))
        yield provider


def be_known_there(page: Page) -> None:
    page.get_by_role("button", name="ada").click()


@pytest.mark.parametrize("federates", [False, True])
def test_an_invitation_links_and_the_button_signs_in(walk: Walk, provider: Provider, *, federates: bool) -> None:
    provider.federates = federates
    person = world.triager(world.make_partner())
    inviting.invite(person, by=None, now=timezone.now())
    page = walk.person()
    page.route("https://**", lambda route: route.abort())  # the provider's page asks for a style sheet elsewhere
    page.goto(f"{walk.address}/account/invitation/{inviting.give_token(person.email, timezone.now())}/")
    page.get_by_role("button", name=MICROSOFT).click()
    be_known_there(page)
    expect(page.locator(".person")).to_be_visible()
    page.locator(".person summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{walk.address}/account/login/?next=/queue/")
    page.get_by_role("button", name=MICROSOFT).click()
    be_known_there(page)
    expect(page).to_have_url(f"{walk.address}/queue/")
    assert [said for said in walk.errors if walk.address in said] == []


def test_a_provider_that_is_away_leaves_a_page_with_the_other_ways_in(walk: Walk, provider: Provider) -> None:
    person = world.triager(world.make_partner())
    person.set_password(world.PASSWORD)
    person.save()
    provider.is_away = True
    page = walk.person()
    page.goto(f"{walk.address}/account/login/")
    page.get_by_role("button", name=MICROSOFT).click()
    expect(page.get_by_role("alert")).to_contain_text("isn’t available right now")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".person")).to_be_visible()
