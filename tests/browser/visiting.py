"""People who look at pages, and what axe finds on them."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import User

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW, ZOOMED = 1280, 390, 320  # 320 is 1280 at 400 %
SEND_AS_IT_IS = """one => {
    const form = one.form || one;
    form.noValidate = true;
    (one.form ? one : form.querySelector('button:not([type=button])')).click();
}"""


class Visit:
    """A browser of each kind of person, and what axe finds on the pages that it opens."""

    def __init__(self, browser: Browser, address: str, scheme: str, width: int) -> None:
        self.browser, self.address, self.scheme, self.width = browser, address, scheme, width
        self.pages: dict[str, Page] = {}
        self.found: list[str] = []

    def page(self, user: User | None) -> Page:
        key = user.email if user else ""
        if key not in self.pages:
            size: Any = {"width": self.width, "height": 860}
            context = self.browser.new_context(viewport=size, color_scheme=self.scheme)  # type: ignore[arg-type]
            if user:
                client = Client()
                client.force_login(user)
                value = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])
            self.pages[key] = context.new_page()
        return self.pages[key]

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
        results = Axe().run(page, options={"runOnly": LEVELS, "resultTypes": ["violations"]}).response["violations"]
        for one in results:
            where = [node["target"] for node in one["nodes"]][:3]
            self.found.append(f"{name} {self.scheme} {self.width}: {one['id']} ({one['impact']}) {where}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.found.append(f"{name} {self.width}: scrolls sideways by {wide} px")
