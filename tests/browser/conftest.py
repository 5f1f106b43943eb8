"""People with a browser each, and the pictures they leave (``manage.py screenshots``)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from accounts.models import User
from referrals.answering.releasing import request_release
from referrals.answering.responding import accept_offer, decline_offer
from referrals.diligence.inquiring import ask_customer
from tests import world
from tests.browser.outsiders import Outsiders
from tests.browser.visiting import Visit
from tests.world import PASSWORD

PATIENCE = 15_000  # ms for a page to come, on a busy machine too
expect.set_options(timeout=PATIENCE)


class Walk:
    """People with a browser each; pages must not report errors of their own."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.browser, self.address, self.folder = browser, address, folder
        self.number, self.errors, self.pages = 0, list[str](), list[Page]()

    def person(self, email: str = "", *, scripts: bool = True) -> Page:
        size = {"width": 1280, "height": 860}
        page = self.browser.new_context(viewport=size, java_script_enabled=scripts).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE)
        self.pages.append(page)
        page.on("console", self.hears)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if email:
            page.goto(f"{self.address}/account/login/")
            page.get_by_label("Email").fill(email)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page.locator(".person, #user-tools")).to_be_visible()
        return page

    def hears(self, message: ConsoleMessage) -> None:
        """An error, with the page that reports it and the line that caused it."""
        if message.type == "error":
            self.errors.append(f"{message.page.url if message.page else ''}: {message.text} {message.location}")

    def settle(self) -> None:
        """Until no page asks the server for anything: the database is emptied next, and would meet it halfway."""
        for page in self.pages:
            if not page.is_closed():
                page.wait_for_load_state("networkidle")
                page.context.close()

    def picture(self, page: Page, name: str, *, whole: bool = False) -> None:
        self.number += 1
        page.evaluate("scrollTo(0, 0)")
        # Hiding the caret leaves a style on every field; htmx copies it in a swap, and the page's policy refuses that.
        page.screenshot(path=self.folder / f"{self.number:02}-{name}.png", full_page=whole, caret="initial")


@pytest.fixture
def walk(browser: Browser, live_server: Any, tmp_path: Path) -> Iterator[Walk]:
    folder = Path(os.environ.get("TRIAGE_SCREENSHOTS") or tmp_path)
    folder.mkdir(exist_ok=True, parents=True)
    made = Walk(browser, live_server.url, folder)
    yield made
    made.settle()


def may_sign_in(*users: User) -> None:
    for user in users:
        user.set_password(PASSWORD)
        user.save()


@pytest.fixture
def stage() -> dict[str, Any]:
    """One of everything that a page can show."""
    now = timezone.now()
    partner = world.make_partner(capacity=9)
    words = [{"domain": f"a{n}.example", "customer_name": f"Customer {n} of a rather long name"} for n in range(4)]
    offers = [world.offered(now=now, **word)[1] for word in words]
    by = world.by_partner(partner)
    accept_offer(offers[1].pk, by=by, now=now)
    partner.memberships.update(role="admin")
    ask_customer(offers[1].referral_id, by=by, now=now, offer=offers[1])
    decline_offer(offers[2].pk, world.said("conflict"), by=by, now=now)
    said = world.said("skills")
    request_release(offers[3].pk, said, by=by, now=now)
    return {
        "partner": world.triager(partner),
        "team": world.by_team().user,
        "admin": world.make_user("admin@triage.example", is_staff=True, is_superuser=True),
        "offers": offers,
    }


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, live_server: Any, tmp_path: Path) -> Iterator[Visit]:
    asks_outsiders = "accessibility" in request.config.getoption("markexpr")
    made = Visit(browser, live_server.url, Outsiders(tmp_path) if asks_outsiders else None)
    yield made
    for page in made.pages.values():
        page.wait_for_load_state("networkidle")
        page.context.close()
