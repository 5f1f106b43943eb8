"""Request, accept and decline by keyboard alone, with a focus that can be seen."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from referrals.intake.throttling import LEAST_TIME
from referrals.models import DeclineReason, Offer, Referral, Rfa
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.browser.visiting import Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.accessibility]
WORDS = (
    "(e => e === document.body ? '' : e.labels?.[0]?.innerText || e.ariaLabel || e.innerText || e.value || '')"
    "(document.activeElement)"
)


def reach(page: Page, words: str, *, key: str = "Tab") -> None:
    """Press a key until what has the focus says these words."""
    for _ in range(120):
        page.keyboard.press(key)
        said = page.evaluate(WORDS)
        if words in str(said):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{words}: the focus can be seen"
            return
    raise AssertionError(f"{words} cannot be reached by Tab")


def test_a_partner_accepts_and_declines_by_keyboard_alone(visit: Visit, stage: dict[str, Any]) -> None:
    page = visit.page(stage["partner"])
    offers = [
        world.offered(now=timezone.now(), domain=f"k{n}.example", customer_name=f"Kappa {n}")[1] for n in range(2)
    ]
    page.goto(f"{visit.address}/queue/?tab=needs-answer&q=kappa")
    page.keyboard.press("j")
    expect(page.locator("tr.is-here")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kappa")
    reach(page, "Accept and start due diligence")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Due diligence starts now")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Decline")
    reach(page, DeclineReason.objects.filter(is_retired=False)[0].label)
    page.keyboard.press("Space")
    reach(page, "Conflict of interest", key="ArrowDown")
    reach(page, "Notes")
    page.keyboard.type("We work for a competitor of this customer and may not.")
    reach(page, "Decline referral")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Undone", exact=False).or_(page.get_by_text("Declined")).first).to_be_visible()
    states = sorted(Offer.objects.filter(pk__in=[offer.pk for offer in offers]).values_list("state", flat=True))
    assert states == ["accepted", "declined"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def answer_question(page: Page, label: str, typed: str) -> None:
    reach(page, label)
    page.keyboard.type(typed)


def test_a_requester_asks_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page(None)
    page.goto(f"{visit.address}/request/new/")
    choose(page, "The customer")
    answer_question(page, "Your name", "Alex Wilber")
    answer_question(page, "Your email address", "alex@woodgrove.example")
    go_on(page, "customer")
    answer_question(page, "Organization", "Woodgrove Bank")
    answer_question(page, "Country", "United K")
    choose(page, "Business")
    answer_question(page, "Number of employees", "51")
    go_on(page, "tenant")
    answer_question(page, "Primary domain", "woodgrove.example")
    choose(page, "Commercial")
    go_on(page, "plans")
    go_on(page, "wanted")
    answer_question(page, "What do you want to achieve?", "Switch on endpoint protection.")
    choose(page, "Security")
    go_on(page, "when")
    choose(page, "Remote")
    choose(page, "English")
    go_on(page, "check")
    reach(page, "I agree that my contact details")
    page.keyboard.press("Space")
    page.wait_for_timeout(LEAST_TIME.total_seconds() * 1000)  # nobody types faster
    reach(page, "Submit request")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    rfa = Rfa.objects.get()
    page.goto(f"{visit.address}/request/confirm/{rfa.token}/")
    reach(page, "Confirm request")
    page.keyboard.press("Enter")
    expect(page.get_by_text("REF-").first).to_be_visible()
    assert Referral.objects.get().customer.country == "GB"


def choose(page: Page, label: str) -> None:
    reach(page, label)
    page.keyboard.press("Space")


def go_on(page: Page, slug: str) -> None:
    reach(page, "Save and continue")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{slug}/")


def test_a_key_that_comes_before_the_page_is_whole_is_not_lost(walk: Walk) -> None:
    """On a busy machine the words of a page can be read, and answered by a key, before all of it is there."""
    partner = world.make_partner()
    _referral, offer = world.offered(timezone.now())
    may_sign_in(world.triager(partner))
    page = walk.person(world.triager(partner).email)
    held = list[Any]()
    # A script of the page that does not come until its key was pressed; the next page's comes at once.
    page.route("**/triage/site.js", lambda route: route.continue_() if held else held.append(route))
    page.goto(f"{walk.address}/offers/{offer.public_id}/", wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Woodgrove")
    assert page.evaluate("document.readyState") != "complete"
    page.keyboard.press("u")
    held[0].continue_()
    expect(page.locator("tr[data-row]")).to_have_count(1)
