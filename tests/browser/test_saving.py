"""Requests that pages make by themselves, when they fail: said beside the field, kept, and sent again."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Error, Page, expect

from benefits.models import Enablement
from referrals.answering.responding import accept_offer
from referrals.models import DeclineDraft, Offer, RequestDraft
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.faults.proxy import FaultProxy, Mode
from tests.world import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NOTES = "They wait for the new budget, and we agreed to talk in March."
SESSION = "sessionid"
TOKEN = "csrftoken"


@pytest.fixture
def line(live_server: Any) -> Iterator[FaultProxy]:
    """The network between the browser and the server."""
    with FaultProxy(live_server.thread.port) as line:
        yield line


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    _referral, made = world.offered(now=timezone.now())
    accept_offer(made.pk, by=world.by_partner(partner), now=timezone.now())
    may_sign_in(world.triager(partner))
    return made


def open_page(walk: Walk, line: FaultProxy, offer: Offer, path: str) -> Page:
    walk.address = f"http://127.0.0.1:{line.port}"
    page = walk.person(world.triager(offer.partner).email)
    page.goto(f"{walk.address}{path}")
    page.wait_for_load_state("networkidle")
    return page


def open_offer(walk: Walk, line: FaultProxy, offer: Offer) -> Page:
    page = open_page(walk, line, offer, f"/offers/{offer.public_id}/")
    page.evaluate("document.querySelectorAll('#workloads details').forEach((area) => { area.open = true; })")
    for code in ("TEAMS", "EXCHANGE_ONLINE"):
        expect(page.locator(f"#status-{code}")).to_be_visible()
    return page


def sign_in_elsewhere(page: Page, email: str) -> None:
    """In the tab that the page's own link opens."""
    with page.expect_popup() as opened:
        page.locator("#connection").get_by_role("link", name="Sign in in a new tab").click()
    other = opened.value
    other.get_by_label("Email").fill(email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.locator(".person")).to_be_visible()
    other.close()


def status_of(offer: Offer, code: str) -> str | None:
    newest = Enablement.objects.filter(tenant=offer.referral.tenant, workload_code=code).order_by("-pk").first()
    return newest.status if newest else None


def said_above(page: Page, words: str) -> Any:
    return page.locator("#connection p").filter(has_text=words)


def said_beside(page: Page, field: str) -> Any:
    return page.locator(f"{field} + .save-state")


def test_a_status_that_is_saved_says_so(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    page = open_offer(walk, line, offer)
    page.locator("#status-TEAMS").select_option("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Saved")
    assert status_of(offer, "TEAMS") == "enabled"
    page.locator("#status-TEAMS").select_option("partly_enabled")
    expect(page.locator("#recorded-TEAMS [data-refused]")).to_be_visible()
    expect(said_beside(page, "#status-TEAMS")).to_have_text("")
    page.locator("#part-TEAMS").fill("120 of 500")
    page.locator("#part-TEAMS").blur()
    expect(said_beside(page, "#part-TEAMS")).to_have_text("Saved")
    assert status_of(offer, "TEAMS") == "partly_enabled"
    assert walk.errors == []


def test_a_session_that_ends_loses_no_status(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    page = open_offer(walk, line, offer)
    page.context.clear_cookies()
    page.locator("#status-TEAMS").select_option("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Not savedRetry")
    page.locator("#status-EXCHANGE_ONLINE").select_option("not_enabled")
    expect(said_above(page, "You’re signed out")).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)
    assert "Sign in" not in page.title()
    assert status_of(offer, "TEAMS") is None
    sign_in_elsewhere(page, world.triager(offer.partner).email)
    page.locator("#connection [data-retries]").locator("visible=true").click()
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Saved")
    expect(said_beside(page, "#status-EXCHANGE_ONLINE")).to_have_text("Saved")
    expect(page.locator("[data-when=signed-out]")).to_be_hidden()
    assert (status_of(offer, "TEAMS"), status_of(offer, "EXCHANGE_ONLINE")) == ("enabled", "not_enabled")


def test_a_lost_token_is_fetched_anew_without_a_word(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    page = open_offer(walk, line, offer)
    page.context.clear_cookies(name=TOKEN)
    page.locator("#status-TEAMS").select_option("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Saved")
    assert status_of(offer, "TEAMS") == "enabled"


@pytest.mark.parametrize("how", ["offline", "server stopped"])
def test_what_was_changed_without_the_server_is_saved_when_it_is_back(
    walk: Walk, line: FaultProxy, offer: Offer, how: str
) -> None:
    page = open_offer(walk, line, offer)
    is_offline = how == "offline"
    page.context.set_offline(is_offline)
    line.turn(Mode.PASS if is_offline else Mode.CUT)
    page.locator("#status-TEAMS").select_option("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Not savedRetry")
    page.locator("#evidence-EXCHANGE_ONLINE").fill("seen in the admin center")
    page.locator("#evidence-EXCHANGE_ONLINE").blur()
    words = "You’re offline" if is_offline else "The server can’t be reached"
    expect(said_above(page, words)).to_be_visible()
    dialogs: list[str] = []

    def stay(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => { location.href = '/queue/'; })")
    assert dialogs == ["beforeunload"]
    page.context.set_offline(False)
    line.turn(Mode.PASS)
    if not is_offline:
        said_beside(page, "#status-TEAMS").get_by_role("button", name="Retry").click()
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Saved")
    expect(said_beside(page, "#evidence-EXCHANGE_ONLINE")).to_have_text("Saved")
    expect(page.locator("#connection [data-when]").locator("visible=true")).to_have_count(0)
    assert status_of(offer, "TEAMS") == "enabled"


def test_what_was_not_saved_outlives_a_reload(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    """Though the area in which it was changed is closed then, and its rows are fetched anew."""
    page = open_offer(walk, line, offer)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/statuses/", lambda route: route.abort())
    page.locator("#status-TEAMS").select_option("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Not savedRetry")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert "enabled" in page.evaluate("JSON.stringify(sessionStorage)")
    page.reload()
    expect(page.locator("#status-TEAMS")).to_have_value("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Not savedRetry")
    assert status_of(offer, "TEAMS") is None
    page.unroute("**/statuses/")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Saved")
    assert status_of(offer, "TEAMS") == "enabled"


def test_what_was_not_saved_is_dropped_when_another_person_signs_in(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    page, other = open_offer(walk, line, offer), world.make_user("robin@else.example")
    may_sign_in(other)
    page.context.clear_cookies()
    page.locator("#status-TEAMS").select_option("enabled")
    expect(said_beside(page, "#status-TEAMS")).to_have_text("Not savedRetry")
    sign_in_elsewhere(page, other.email)
    page.locator("#connection [data-retries]").locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    assert "enabled" not in page.evaluate("JSON.stringify(sessionStorage)")
    assert status_of(offer, "TEAMS") is None


def test_a_draft_says_that_it_is_not_saved_and_is_saved_later(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    page = open_page(walk, line, offer, f"/offers/{offer.public_id}/decline/")
    page.context.clear_cookies()
    page.locator("#id_notes").press_sequentially(NOTES)
    draft = page.locator("[data-saves]")
    expect(draft).to_contain_text("Not saved")
    sign_in_elsewhere(page, world.triager(offer.partner).email)
    draft.get_by_role("button", name="Retry").click()
    expect(draft).to_contain_text("Draft saved")
    assert DeclineDraft.objects.get().typed["notes"] == NOTES
    line.turn(Mode.CUT)
    page.locator("#id_notes").press_sequentially(" Really.")
    expect(draft).to_contain_text("Not saved")
    line.turn(Mode.PASS)
    draft.get_by_role("button", name="Retry").click()
    expect(draft).to_contain_text("Draft saved")
    assert DeclineDraft.objects.get().typed["notes"] == f"{NOTES} Really."


@pytest.mark.parametrize("how", ["signed out", "offline", "server stopped"])
def test_a_list_stays_when_its_filter_fails(walk: Walk, line: FaultProxy, offer: Offer, how: str) -> None:
    page = open_page(walk, line, offer, "/queue/?tab=all")
    if how == "signed out":
        page.context.clear_cookies()
    page.context.set_offline(how == "offline")
    line.turn(Mode.CUT if how == "server stopped" else Mode.PASS)
    page.locator("#list-form input[type=search]").fill("nobody has this name")
    page.locator("#list-form input[type=search]").press("Enter")
    expect(page.locator("#list > .save-state")).to_contain_text("couldn’t be loaded")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert "login" not in page.url
    page.context.set_offline(False)
    line.turn(Mode.PASS)
    if how == "signed out":
        sign_in_elsewhere(page, world.triager(offer.partner).email)
    if how != "offline":
        page.locator("#list > .save-state").get_by_role("button", name="Retry").click()
    expect(page.locator("tr[data-row]")).to_have_count(0)
    expect(page.locator("#list > .save-state")).to_have_count(0)
    expect(page).to_have_url(re.compile("q=nobody"))


def test_polls_stop_and_go_on(walk: Walk, line: FaultProxy, offer: Offer) -> None:
    page = open_page(walk, line, offer, "/queue/?tab=all")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "watch" in request.url else None)
    page.context.clear_cookies(name=SESSION)
    expect(said_above(page, "You’re signed out")).to_be_visible()
    expect(page.locator("header")).not_to_contain_text("Password")
    assert "Sign in" not in page.title()
    asked.clear()
    page.wait_for_timeout(6000)
    assert asked == []
    sign_in_elsewhere(page, world.triager(offer.partner).email)
    page.locator("#connection [data-retries]").locator("visible=true").click()
    expect(page.locator("[data-when=signed-out]")).to_be_hidden()
    page.wait_for_event("request", lambda request: "watch" in request.url)


def fill_about_you(page: Page) -> None:
    page.locator("input[name=requester_kind]").first.check()
    page.get_by_label("Your name").fill("Dana Example")
    page.locator("input[type=email]").fill("dana@fabrikam.example")


def reload_when_it_can(page: Page) -> None:
    """Chromium puts a page of its own in the place of one that failed, and reloads neither meanwhile."""
    for _again in range(20):
        try:
            page.reload()
        except Error as error:
            if "Not attached to an active page" not in str(error):
                raise
            page.wait_for_timeout(250)
        else:
            return


@pytest.mark.parametrize("how", ["cookies deleted", "offline", "server stopped"])
def test_the_request_form_keeps_what_was_typed(walk: Walk, line: FaultProxy, how: str) -> None:
    walk.address = f"http://127.0.0.1:{line.port}"
    page = walk.person()
    page.goto(f"{walk.address}/request/new/")
    fill_about_you(page)
    if how == "cookies deleted":
        page.context.clear_cookies()
    page.context.set_offline(how == "offline")
    line.turn(Mode.CUT if how == "server stopped" else Mode.PASS)
    button = page.locator("main form[method=post] button.btn-primary").first
    if how == "server stopped":
        with page.expect_event("framenavigated"):
            button.click(no_wait_after=True)
        line.turn(Mode.PASS)
        reload_when_it_can(page)
        expect(page.get_by_label("Your name")).to_have_count(0)
        assert RequestDraft.objects.get().data["requester_name"] == ["Dana Example"]
    elif how == "offline":
        button.click()
        expect(said_above(page, "You’re offline")).to_be_visible()
        expect(page.get_by_label("Your name")).to_have_value("Dana Example")
        page.context.set_offline(False)
    else:
        button.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Please submit the form again")
        expect(page.get_by_text("Dana Example")).to_be_visible()
        page.get_by_role("button", name="Submit again").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Please submit the form again")
        assert RequestDraft.objects.get().data["requester_name"] == ["Dana Example"]
