"""Pages of whoever is signed in are kept by no browser; Back still leads to the row, and to what was typed."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from referrals.answering.responding import accept_offer
from referrals.models import Offer
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.pages.lists.test_lists import make_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NOTE = "They start on Monday, and want to hear from us before."


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    _referral, made = world.offered(timezone.now())
    accept_offer(made.pk, by=world.by_partner(partner), now=timezone.now())
    may_sign_in(world.triager(partner))
    return made


def leave_and_come_back(page: Page) -> None:
    page.get_by_role("link", name="Service description").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Service description")
    page.go_back()
    page.wait_for_load_state()


def test_what_was_typed_is_there_after_back(walk: Walk, offer: Offer) -> None:
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}/offers/{offer.public_id}/")
    page.get_by_text("Add note").first.click()
    page.locator("#id_note-note").fill(NOTE)
    leave_and_come_back(page)
    expect(page.locator("#id_note-note")).to_have_value(NOTE)
    page.reload()
    expect(page.locator("#id_note-note")).to_have_value(NOTE)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".timeline")).to_contain_text(NOTE)
    expect(page.locator("#id_note-note")).to_have_value("")
    leave_and_come_back(page)
    expect(page.locator("#id_note-note")).to_have_value("")
    assert walk.errors == []


def test_a_decline_that_was_begun_is_there_after_back(walk: Walk, offer: Offer) -> None:
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}/offers/{offer.public_id}/decline/")
    page.get_by_label("Skills not available").check()
    page.locator("#id_notes").fill(NOTE)
    leave_and_come_back(page)
    expect(page.locator("#id_notes")).to_have_value(NOTE)
    expect(page.get_by_label("Skills not available")).to_be_checked()


def test_nothing_that_was_typed_is_there_for_somebody_else(walk: Walk, offer: Offer) -> None:
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}/offers/{offer.public_id}/")
    page.get_by_text("Add note").first.click()
    page.locator("#id_note-note").fill(NOTE)
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".person")).to_have_count(0)
    assert NOTE not in page.evaluate("JSON.stringify(sessionStorage)")


def test_back_leads_to_the_row(walk: Walk) -> None:
    made = make_many(30)
    partner = made[0].partner
    may_sign_in(world.triager(partner))
    page = walk.person(world.triager(partner).email)
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{walk.address}/queue/?tab=needs-answer")
    row = page.locator("tr[data-row]").nth(24)
    name = row.locator("a.row-name").inner_text()
    row.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 300
    row.locator("a.row-name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    expect(page.locator("tr[data-row]")).to_have_count(30)
    expect(page.locator("tr[data-row]").nth(24)).to_be_in_viewport()


def test_a_page_is_asked_for_again_and_not_kept(walk: Walk, offer: Offer) -> None:
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}/offers/{offer.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{walk.address}/request/")
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
