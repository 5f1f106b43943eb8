"""The lists in real Chromium: better with JavaScript, the same without; the address says the state, Back works."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from benefits.models import Customer
from referrals.answering.responding import accept_offer
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.models import Offer
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.pages.lists.test_lists import make_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SPACE_OUT = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { letter-spacing: .12em !important; word-spacing: .16em !important }");
    document.adoptedStyleSheets = [sheet];
}"""  # WCAG 1.4.12
CHOOSE_AT_ONCE = """() => new MutationObserver((_, observer) => {
    const field = document.querySelector("tr[data-row] select[data-shows]");
    if (!field) return;
    observer.disconnect();
    field.selectedIndex = 1;
    field.dispatchEvent(new Event("change", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


@pytest.fixture
def offers() -> list[Offer]:
    made = make_many(7)
    may_sign_in(world.triager(made[0].partner))
    return made


def names(page: Page) -> list[str]:
    return page.locator("tr[data-row] a.row-name").all_inner_texts()


def filter_by(page: Page, facet: str, choice: str, *, scripts: bool) -> None:
    page.get_by_role("link", name="Filters").click()
    page.get_by_label("Filters").get_by_text(facet, exact=True).click()
    page.locator("#f-country").select_option(label=choice)
    if not scripts:
        page.get_by_role("button", name="Apply filters").click()
    expect(page.locator(".chip")).to_contain_text(f"{facet}: {choice}")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_narrowed_sorted_and_come_back_to(walk: Walk, offers: list[Offer], scripts: bool) -> None:
    page = walk.person(world.triager(offers[0].partner).email, scripts=scripts)
    page.goto(f"{walk.address}/queue/?tab=needs-answer")
    expect(page.locator("tr[data-row]")).to_have_count(7)
    filter_by(page, "Country", "United Kingdom", scripts=scripts)
    expect(page.locator("tr[data-row]")).to_have_count(3)
    expect(page).to_have_url(re.compile("country=GB"))
    page.get_by_role("link", name="Customer", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Customer")
    shown = names(page)
    assert shown == sorted(shown)
    page.get_by_role("link", name=shown[1], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shown[1])
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shown[2])
    page.get_by_role("link", name="Back to list").click()
    expect(page).to_have_url(re.compile(r"country=GB.*sort=customer"))
    assert names(page) == shown
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(shown[1])
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Customer")
    page.get_by_role("link", name=re.compile("Country: United Kingdom")).click()
    expect(page.locator("tr[data-row]")).to_have_count(7)
    assert walk.errors == []


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_open_stays_open_while_it_is_used(walk: Walk, offers: list[Offer], width: int) -> None:
    page = walk.person(world.triager(offers[0].partner).email)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{walk.address}/queue/?tab=needs-answer")
    page.locator("#menu-view > summary").click()
    for column in ("offered", "tags"):
        page.locator(f"#column-{column}").check()
        expect(page).to_have_url(re.compile(f"columns=.*{column}"))
        expect(page.locator(f"#column-{column}")).to_be_focused()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.locator("h1").click()
    expect(page.locator("#column-tags")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    page.locator("#facet-type > summary").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.locator("#f-type-benefit").check()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#f-type-benefit")).to_be_focused()
    assert abs(page.evaluate("scrollY") - before) < 60
    assert walk.errors == []


def test_a_colleagues_act_shows_in_the_list_at_once(walk: Walk, offers: list[Offer]) -> None:
    page = walk.person(world.triager(offers[0].partner).email)
    page.goto(f"{walk.address}/queue/?tab=needs-answer")
    page.locator("[data-chooses-all]").check()
    expect(page.locator("[data-chosen]")).to_have_text("7 selected")
    fellow = world.make_user("dana@contoso.example")
    offers[0].partner.memberships.create(user=fellow, role="triager")
    accept_offer(offers[2].pk, by=By(Actor.PARTNER, fellow, offers[2].partner), now=timezone.now())
    expect(page.locator("#list-news")).to_contain_text("1 row has changed", timeout=9_000)
    expect(page.locator("#count-needs-answer")).to_have_text("6")
    expect(page.locator("[data-chosen]")).to_have_text("7 selected")
    page.get_by_role("link", name="Reload list").click()
    expect(page.locator("tr[data-row]")).to_have_count(6)
    assert walk.errors == []


def test_keys_can_be_turned_off(walk: Walk, offers: list[Offer]) -> None:
    page = walk.person(world.triager(offers[0].partner).email)
    page.goto(f"{walk.address}/queue/?tab=needs-answer")
    page.keyboard.press("j")
    expect(page.locator("tr.is-here")).to_have_count(1)
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("button", name="Turn shortcuts off").click()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("tr.is-here")).to_have_count(0)
    expect(page.locator("#keys")).to_be_hidden()
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("button", name="Turn shortcuts on").click()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.locator("tr.is-here")).to_have_count(1)


def test_several_rows_are_accepted_from_the_list(walk: Walk, offers: list[Offer]) -> None:
    page = walk.person(world.triager(offers[0].partner).email)
    page.goto(f"{walk.address}/queue/?tab=needs-answer")
    walk.number = 17
    for box in page.locator("[name=row]").all()[:2]:
        box.check()
    expect(page.locator("[data-chosen]")).to_have_text("2 selected")
    walk.picture(page, "list-with-chosen-rows")
    page.locator("#act").select_option("accept")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accept: 2 of 2")
    page.get_by_role("button", name="Accept 2").click()
    expect(page.locator(".badge-state.is-good", has_text="Done")).to_have_count(2)
    assert Offer.objects.filter(state="accepted").count() == 2
    assert walk.errors == []


def test_what_is_typed_on_the_decline_page_outlives_the_window(walk: Walk, offers: list[Offer]) -> None:
    email = world.triager(offers[0].partner).email
    page = walk.person(email)
    address = f"{walk.address}/offers/{offers[0].public_id}/decline/"
    page.goto(address)
    page.get_by_label("Notes for the referral processing team").type("They want on-site days in Oslo.")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.close()
    again = walk.person(email)
    again.goto(address)
    expect(again.get_by_label("Notes for the referral processing team")).to_have_value(
        "They want on-site days in Oslo."
    )
    assert walk.errors == []


@pytest.mark.parametrize("width", [1200, 1280, 1920])
def test_a_row_is_one_line_and_nothing_is_cut_off(walk: Walk, offers: list[Offer], width: int) -> None:
    """With the longest names too; text that is spaced out makes rows higher, and cuts nothing off."""
    Customer.objects.update(name="Rhein-Main-Donau Verkehrsbetriebe und Logistik Aktiengesellschaft", country="GB")
    partner = offers[0].partner
    accept_offer(offers[0].pk, by=By(Actor.PARTNER, world.triager(partner), partner), now=timezone.now())
    Offer.objects.update(colleague=world.triager(partner))
    page = walk.person(world.triager(partner).email)
    page.set_viewport_size({"width": width, "height": 900})
    heights = "[...document.querySelectorAll('tr[data-row]')].map(row => row.offsetHeight)"
    cut = "[...document.querySelectorAll('tr[data-row] td')].filter(td => td.scrollWidth > td.clientWidth + 1).length"
    for tab in ("needs-answer", "in-progress"):
        page.goto(f"{walk.address}/queue/?tab={tab}")
        expect(page.locator("tr[data-row]").first).to_be_visible()
        assert max(page.evaluate(heights)) <= 44
        assert page.evaluate(cut) == 0
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Compact").click()
    page.reload()  # the choice is remembered
    assert max(page.evaluate(heights)) <= 36
    page.evaluate(SPACE_OUT)
    assert page.evaluate(cut) == 0
    assert walk.errors == []


def test_assignee_and_tags_are_edited_in_the_row_and_in_the_preview(walk: Walk, offers: list[Offer]) -> None:
    partner = offers[0].partner
    page = walk.person(world.triager(partner).email)
    page.goto(f"{walk.address}/queue/?tab=needs-answer&columns=customer,colleague,tags")
    row = page.locator("tr[data-row]").first
    assign = row.get_by_role("link", name="Assign")
    assign.click()
    row.get_by_role("combobox").select_option(index=1)
    expect(row).to_contain_text(str(world.triager(partner)))
    expect(row.get_by_role("link", name="Assign")).to_be_focused()
    row.locator(".row-name").focus()
    page.keyboard.press(" ")
    peek = page.get_by_role("complementary", name="Preview")
    expect(peek).to_contain_text(str(world.triager(partner)))
    peek.get_by_role("link", name="Edit tags").click()
    peek.get_by_role("textbox").fill("vip")
    page.keyboard.press("Enter")
    expect(peek.locator(".tag")).to_have_text("vip")
    expect(row.locator(".tag")).to_have_text("vip")
    row.locator(".row-name").focus()
    page.keyboard.press("j")
    second = page.locator("tr[data-row]").nth(1)
    expect(peek.get_by_role("heading", level=2)).to_have_text(second.locator(".row-name").inner_text())
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    expect(second.locator(".row-name")).to_be_focused()
    assert walk.errors == []


def test_a_choice_made_the_moment_its_field_appears_is_saved(walk: Walk, offers: list[Offer]) -> None:
    page = walk.person(world.triager(offers[0].partner).email)
    page.goto(f"{walk.address}/queue/?tab=needs-answer&columns=customer,colleague")
    row = page.locator("tr[data-row]").first
    page.evaluate(CHOOSE_AT_ONCE)
    with page.expect_response(lambda response: response.request.method == "POST"):
        row.get_by_role("link", name="Assign").click()
    expect(row.get_by_role("link", name="Assign")).to_be_focused()
    expect(row).to_contain_text(str(world.triager(offers[0].partner)))


def test_a_field_of_a_row_is_left_by_escape_and_the_page_without_a_question(walk: Walk, offers: list[Offer]) -> None:
    page = walk.person(world.triager(offers[0].partner).email)
    page.goto(f"{walk.address}/queue/?tab=needs-answer&columns=customer,colleague,tags")
    row = page.locator("tr[data-row]").first
    for typed, key in (("vip", "Enter"), ("vip, never saved", "Escape")):
        row.get_by_role("link", name="Edit tags").click()
        row.get_by_role("textbox").fill(typed)
        page.keyboard.press(key)
        expect(row.locator(".tag")).to_have_text("vip")
    row.get_by_role("link", name="Edit tags").click()
    row.get_by_role("textbox").fill("x" * 31)
    page.keyboard.press("Enter")
    expect(row.get_by_role("alert")).to_be_visible()
    row.locator(".row-name").focus()
    expect(row.get_by_role("textbox")).to_have_value("x" * 31)  # what was refused stays typed
    row.get_by_role("textbox").focus()
    page.keyboard.press("Escape")
    expect(row.locator(".tag")).to_have_text("vip")
    row.get_by_role("link", name="Assign").click()
    page.keyboard.press("ArrowDown")
    expect(row.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row.get_by_role("link", name="Assign")).to_be_focused()
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    row.locator(".row-name").click()
    expect(page).to_have_url(re.compile("/offers/"))
    assert asked == [], "all is saved: nothing is asked on leaving"
    assert walk.errors == []
