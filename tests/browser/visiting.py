"""People who look at pages, and what axe, and the checkers of other houses where they are asked for, find on them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Response, expect

from accounts.models import User
from tests.browser.outsiders import Outsiders

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDE, NARROW, ZOOMED = 1280, 390, 320  # 320 is 1280 at 400 %
SEND_AS_IT_IS = """one => {
    const form = one.form || one;
    form.noValidate = true;
    (one.form ? one : form.querySelector('button:not([type=button])')).click();
}"""
DISCLOSE = """isOpen => document.querySelectorAll('main details:not(.menu)').forEach(one => {
    one.open = isOpen || one.matches('.was-open');
})"""
REMEMBER = "() => document.querySelectorAll('main details[open]').forEach(one => one.classList.add('was-open'))"
SAMPLES = "/styleguide/"  # parts of many pages on one, where ids and groups stand that no page has side by side
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Look:
    """One way a page is looked at: its colours and width, with every disclosure open or not, and by which rules."""

    scheme: Any
    width: int
    is_open: bool
    rules: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.scheme}, {self.width}, {'opened' if self.is_open else 'as it is'}"


# Dark pages are built as light ones are: colours alone can be wrong in them alone.
LOOKS = (
    Look("light", WIDE, True, LEVELS),
    Look("light", NARROW, False, LEVELS),
    Look("dark", ZOOMED, True, ("color-contrast",)),
)
OF_REFUSALS = (LOOKS[0], LOOKS[-1])  # of pages that are looked at before they are refused


class Visit:
    """A browser of each kind of person, and what is found on the pages that it opens, in every look."""

    def __init__(self, browser: Browser, address: str, outsiders: Outsiders | None = None) -> None:
        self.browser, self.address, self.outsiders = browser, address, outsiders
        self.pages: dict[str, Page] = {}
        self._found: list[str] = []

    @property
    def found(self) -> list[str]:
        """What is wrong, each thing once for all the pages that it is on."""
        return list(dict.fromkeys([*self._found, *(self.outsiders.read() if self.outsiders else ())]))

    def page(self, user: User | None) -> Page:
        key = user.email if user else ""
        if key not in self.pages:
            # Colours that fade into each other would be read halfway.
            context = self.browser.new_context(viewport={"width": WIDE, "height": 860}, reduced_motion="reduce")
            if user:
                client = Client()
                client.force_login(user)
                value = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])
            self.pages[key] = context.new_page()
        return self.pages[key]

    def look(self, user: User | None, path: str, *, sends: str = "") -> None:
        """Open a page, or send a form as it is (by a button, if named), past the browser's checks; it is looked at."""
        page = self.page(user)
        served: Response | None = page.goto(self.address + path)
        if sends:
            with page.expect_navigation() as navigation:
                page.locator(sends).first.evaluate(SEND_AS_IT_IS)
            served = navigation.value
            expect(page.locator("[data-takes-focus]")).to_be_focused()
        self._check(page, f"{path} {sends}", served.text() if served and self.outsiders else "")

    def look_at(self, user: User | None, path: str, html: str) -> None:
        """Look at a page that an address has answered with, such as a refusal."""
        page, address = self.page(user), self.address + path
        page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(address)  # the route stays: taken away, it leaves requests of the page unfinished for Playwright
        self._check(page, f"{path} refused", html, OF_REFUSALS)

    def _check(self, page: Page, name: str, html: str, looks: Iterable[Look] = LOOKS) -> None:
        page.evaluate(REMEMBER)
        for look in looks:
            page.emulate_media(color_scheme=look.scheme)
            page.set_viewport_size({"width": look.width, "height": 860})
            page.evaluate(DISCLOSE, look.is_open)
            expect(page.locator(".htmx-request")).to_have_count(0)
            self._found += self._look(page, f"{name} ({look})", look)
        if self.outsiders and not name.startswith(SAMPLES):
            self.outsiders.serve(name, html)
        page.set_viewport_size({"width": WIDE, "height": 860})

    def _look(self, page: Page, name: str, look: Look) -> Iterator[str]:
        options = {"runOnly": list(look.rules), "resultTypes": ["violations"]}
        for one in Axe().run(page, options=options).response["violations"]:
            where = [node["target"] for node in one["nodes"]][:3]
            yield f"{name}: {one['id']} ({one['impact']}) {where}"
        wide = page.evaluate(SIDEWAYS)
        if wide > 0:
            yield f"{name}: scrolls sideways by {wide} px"
        if self.outsiders and look.is_open and not name.startswith(SAMPLES):
            yield from self.outsiders.look(page, name)
