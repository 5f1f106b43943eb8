"""Questions of due diligence answered where they are asked, and a decline that asks for what its reason needs."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from benefits.models import Enablement
from referrals.answering.responding import accept_offer
from referrals.models import Offer
from tests import world
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    _referral, made = world.offered(now=timezone.now())
    accept_offer(made.pk, by=world.by_partner(partner), now=timezone.now())
    may_sign_in(world.triager(partner))
    return made


def open_page(walk: Walk, offer: Offer, *, below: str = "") -> Page:
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}/offers/{offer.referral.public_id}/{below}")
    page.wait_for_load_state("networkidle")
    return page


def statuses() -> dict[str, str]:
    return dict(Enablement.objects.current().values_list("workload_code", "status"))


def test_questions_are_answered_by_keys_one_after_the_other(walk: Walk, offer: Offer) -> None:
    page = open_page(walk, offer)
    first = page.locator("[data-question]").first
    asked = str(page.locator("[data-question] .answers").first.get_attribute("data-saves"))
    first.focus()
    page.keyboard.press("y")
    expect(page.locator("[data-question] .answers").first).not_to_have_attribute("data-saves", asked)
    expect(page.locator("[data-question]").first).to_be_focused()
    following = str(page.locator("[data-question] .answers").first.get_attribute("data-saves"))
    assert following != asked
    expect(page.locator("[data-question]").first).to_contain_text("No → Benefit not fully realized")
    page.keyboard.press("n")
    expect(page.locator("#determination")).to_contain_text("1 workload remains")
    assert statuses() == {asked: "enabled", following: "not_enabled"}
    assert walk.errors == []


def test_a_partial_answer_asks_for_its_part_and_a_refusal_for_its_reason(walk: Walk, offer: Offer) -> None:
    page = open_page(walk, offer)
    question = page.locator("[data-question]").first
    asked = str(question.locator(".answers").first.get_attribute("data-saves"))
    question.focus()
    page.keyboard.press("p")
    field = page.locator(f"#question-part-{asked}")
    expect(field).to_be_focused()
    page.keyboard.type("120 of 500")
    question.get_by_role("button", name="Partially enabled").click()
    expect(page.locator("#determination")).to_contain_text("1 workload remains")
    assert statuses() == {asked: "partly_enabled"}
    page.get_by_text("Optional: still unconfirmed").click()
    other = page.locator("[data-question]").first
    code = str(other.locator(".answers").first.get_attribute("data-saves"))
    other.locator("summary").click()
    page.locator(f"#question-reason-{code}").fill("They use another product.")
    other.get_by_role("button", name="Customer declined").click()
    expect(page.locator(f"#question-reason-{code}")).to_have_count(0)
    assert Enablement.objects.current().get(workload_code=code).evidence == "They use another product."


def test_keys_answer_nothing_elsewhere_or_when_they_are_off(walk: Walk, offer: Offer) -> None:
    page = open_page(walk, offer)
    page.locator("#determination-title").click()
    page.keyboard.press("y")
    page.evaluate("localStorage.setItem('keys', 'off')")
    page.locator("[data-question]").first.focus()
    page.keyboard.press("y")
    page.wait_for_timeout(500)
    assert statuses() == {}


def test_questions_are_answered_without_javascript(walk: Walk, offer: Offer) -> None:
    page = walk.person(world.triager(offer.partner).email, scripts=False)
    page.goto(f"{walk.address}/offers/{offer.referral.public_id}/")
    page.locator(".questions").get_by_role("button", name=re.compile("^No")).first.click()
    expect(page.locator("#determination")).to_contain_text("1 workload remains")


def test_workloads_are_searched(walk: Walk, offer: Offer) -> None:
    page = open_page(walk, offer)
    expect(page.locator("#status-EXCHANGE_ONLINE")).to_have_count(0)
    page.locator("#workload-search").fill("exchange")
    expect(page.locator("#status-EXCHANGE_ONLINE")).to_be_visible()
    expect(page.locator("#status-TEAMS")).to_be_hidden()


def test_a_page_that_needs_information_is_short(walk: Walk, offer: Offer) -> None:
    page = open_page(walk, offer)
    expect(page.locator("#determination")).to_contain_text("More information needed")
    for width, most in ((1280, 1800), (390, 3000)):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("document.documentElement.scrollHeight") <= most
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_decline_asks_for_what_its_reason_needs(walk: Walk, offer: Offer) -> None:
    page = open_page(walk, offer, below="decline/")
    availability, profile = page.locator("#id_pause_until"), page.locator("#id_correct")
    duplicate = page.locator("#id_duplicate_of")
    for field in (availability, profile, duplicate):
        expect(field).to_be_hidden()
    page.get_by_label("Duplicate of another referral").check()
    expect(duplicate).to_be_visible()
    expect(profile).to_be_hidden()
    page.get_by_label("Skills not available").check()
    expect(profile).to_be_visible()
    expect(availability).to_be_visible()
    expect(duplicate).to_be_hidden()
    page.get_by_role("button", name="Decline referral").click()
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Notes")
    expect(summary).to_contain_text("Reduced availability until")
    assert page.title().startswith("Error: ")
