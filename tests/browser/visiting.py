"""People who look at pages, and what axe finds on them."""

from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import User

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE, OPTIONS = Axe(), {"runOnly": LEVELS, "resultTypes": ["violations"]}
WIDE, NARROW, ZOOMED, HEIGHT = 1280, 390, 320, 860  # 320 is 1280 at 400 %
Look = tuple[Literal["light", "dark"], int]
STILL = """() => Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished.catch(() => 0))
).then(() => 0)"""
SEND_AS_IT_IS = """one => {
    const form = one.form || one;
    form.noValidate = true;
    (one.form ? one : form.querySelector('button:not([type=button])')).click();
}"""


class Visit:
    """A browser of each kind of person, and what axe finds on the pages that it opens, in each of its looks."""

    def __init__(self, browser: Browser, address: str, looks: Sequence[Look]) -> None:
        self.browser, self.address, self.looks = browser, address, looks
        self.pages: dict[str, Page] = {}
        self.found: list[str] = []

    def page(self, user: User | None) -> Page:
        key = user.email if user else ""
        if key not in self.pages:
            context = self.browser.new_context()
            if user:
                client = Client()
                client.force_login(user)
                value = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])
            self.pages[key] = context.new_page()
        self._turn(self.pages[key], self.looks[0])
        return self.pages[key]

    @staticmethod
    def _turn(page: Page, look: Look) -> None:
        """In this scheme and width, once nothing changes its colour any more."""
        scheme, width = look
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(STILL)

    def look(self, user: User | None, path: str, *, sends: str = "") -> None:
        """Open a page, or send a form as it is (by a button, if named), past the browser's checks; axe looks at it."""
        page = self.page(user)
        page.goto(self.address + path)
        if sends:
            with page.expect_navigation():
                page.locator(sends).first.evaluate(SEND_AS_IT_IS)
            expect(page.locator("[data-takes-focus]")).to_be_focused()
        self._check(page, f"{path} {sends}")

    def look_at(self, user: User | None, path: str, html: str) -> None:
        """axe looks at a page that an address has answered with, such as a refusal."""
        page, address = self.page(user), self.address + path
        page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(address)  # the route stays: taken away, it leaves requests of the page unfinished for Playwright
        self._check(page, f"{path} refused")

    def _check(self, page: Page, name: str) -> None:
        page.evaluate(AXE.axe_script)
        for scheme, width in self.looks:
            self._turn(page, (scheme, width))
            results = page.evaluate("options => axe.run(document, options)", OPTIONS)["violations"]
            for one in results:
                where = [node["target"] for node in one["nodes"]][:3]
                self.found.append(f"{name} {scheme} {width}: {one['id']} ({one['impact']}) {where}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                self.found.append(f"{name} {width}: scrolls sideways by {wide} px")
