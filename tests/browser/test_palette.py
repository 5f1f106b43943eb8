"""The command palette by keyboard alone; the menu under the reader's name."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from referrals.models import Offer
from tests import world
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    _referral, made = world.offered(now=timezone.now(), customer_name="Woodgrove Bank")
    may_sign_in(world.triager(partner))
    return made


def open_queue(walk: Walk, offer: Offer) -> Page:
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}/queue/")
    page.wait_for_load_state("networkidle")
    return page


def test_a_referral_is_opened_by_keyboard_alone(walk: Walk, offer: Offer) -> None:
    page = open_queue(walk, offer)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type("woodgrove")
    expect(page.locator("#palette-found")).to_contain_text("Woodgrove Bank")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-found a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Woodgrove Bank")
    page.keyboard.press("Control+k")
    page.keyboard.type("decline")
    expect(page.locator("#palette-here")).to_contain_text("Decline")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/decline/"))
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    assert walk.errors == []


def test_the_button_opens_it_and_without_a_script_it_is_a_page(walk: Walk, offer: Offer) -> None:
    page = open_queue(walk, offer)
    page.get_by_role("link", name=re.compile("^Search")).click()
    expect(page.locator("#palette-q")).to_be_focused()
    plain = walk.person(world.triager(offer.partner).email, scripts=False)
    plain.get_by_role("link", name=re.compile("^Search")).click()
    plain.locator("#find-q").fill("woodgrove")
    plain.locator("main").get_by_role("button", name="Search").click()
    plain.get_by_role("link", name=re.compile("Woodgrove Bank")).click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Woodgrove Bank")


def test_the_theme_is_the_readers_choice_and_is_remembered(walk: Walk, offer: Offer) -> None:
    page = open_queue(walk, offer)
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".person > summary").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="System").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
