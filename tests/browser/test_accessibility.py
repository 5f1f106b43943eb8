"""WCAG 2.2 AA in real Chromium: pages and their error states, light and dark, wide, narrow, at 400 % zoom; keys."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from benefits.models import ServiceDescription
from benefits.services.editions import edition_in_force
from referrals.models import DeclineReason, DeclineReview, Offer, Referral, Rfa
from referrals.services.importing import stage_import
from referrals.services.inquiring import ask_customer
from referrals.services.releasing import request_release
from referrals.services.request_drafts import start_draft
from referrals.services.responding import accept_offer, decline_offer
from tests import world
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, PUBLISHER, TEAM, Places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.accessibility]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW, ZOOMED = 1280, 390, 320  # 320 is 1280 at 400 %
SEND_AS_IT_IS = """one => {
    const form = one.form || one;
    form.noValidate = true;
    (one.form ? one : form.querySelector('button:not([type=button])')).click();
}"""
WORDS = (
    "(e => e === document.body ? '' : e.labels?.[0]?.innerText || e.ariaLabel || e.innerText || e.value || '')"
    "(document.activeElement)"
)
LOOKS = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", ZOOMED)]


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
        """Open a page, or send a form as it is (by a button, if named), past the browser’s checks; axe looks at it."""
        page = self.page(user)
        page.goto(self.address + path)
        if sends:
            with page.expect_navigation():
                page.locator(sends).first.evaluate(SEND_AS_IT_IS)
            expect(page.locator("[data-takes-focus]")).to_be_focused()
        self._check(page, f"{path} {sends}")

    def _check(self, page: Page, name: str) -> None:
        results = Axe().run(page, options={"runOnly": LEVELS, "resultTypes": ["violations"]}).response["violations"]
        for one in results:
            where = [node["target"] for node in one["nodes"]][:3]
            self.found.append(f"{name} {self.scheme} {self.width}: {one['id']} ({one['impact']}) {where}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.found.append(f"{name} {self.width}: scrolls sideways by {wide} px")


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
def visit(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Visit]:
    scheme, width = request.param
    made = Visit(browser, live_server.url, scheme, width)
    yield made
    for page in made.pages.values():
        page.wait_for_load_state("networkidle")
        page.context.close()


def public_paths(referral: Referral) -> list[str]:
    _id, edition = edition_in_force(timezone.localdate())
    plan = next(iter(edition.plans))
    paths = [
        "/account/login/",
        "/request/",
        "/request/one-page/",
        "/request/sent/",
        "/styleguide/",
        f"/status/{referral.status_token}/",
        "/mailbox/",
    ]
    return [*paths, "/styleguide/", "/service-description/", f"/service-description/plans/{plan}/", "/no-such-page/"]


def partner_paths(offers: list[Offer]) -> list[str]:
    pending, accepted, declined, released = (offer.public_id for offer in offers)
    paths = [f"/queue/?tab={tab}" for tab in ("needs-answer", "in-progress", "closed", "all")]
    paths += ["/home/", "/notices/", "/notices/settings/", f"/partners/{offers[0].partner.public_id}/"]
    paths += ["/queue/?tab=all&country=DE&q=nothing", "/views/offers/?list=?tab=all"]
    paths += [f"/offers/{one}/" for one in (pending, accepted, declined, released)]
    return [
        *paths,
        f"/offers/{pending}/decline/",
        f"/facts/{accepted}/what-if/",
        f"/facts/{accepted}/suggestions/",
        f"/offers/{accepted}/together/",
    ]


def team_paths(offers: list[Offer]) -> list[str]:
    referral, review = offers[0].referral, DeclineReview.objects.get()
    release = offers[3].release_requests.get()
    paths = ["/team/", "/notices/", "/team/referrals/?tab=open", "/team/referrals/?tab=all&q=cust", "/team/request/"]
    paths += [f"/team/referrals/{referral.public_id}/", f"/team/referrals/{referral.public_id}/hold/"]
    paths += [
        f"/team/referrals/{referral.public_id}/runs/{offers[0].run_id}/",
        "/team/reviews/",
        "/team/fairness/",
        "/team/mail/",
    ]
    checked = stage_import(b"", "list.csv", 0, by=world.make_user("importer@triage.example"), now=timezone.now())
    paths += ["/escalations/", "/escalations/new/", "/team/insights/", "/team/import/", f"/team/import/{checked.pk}/"]
    return [*paths, f"/team/reviews/{review.offer.public_id}/", "/team/releases/", f"/team/releases/{release.pk}/"]


@pytest.mark.parametrize("visit", LOOKS, indirect=True, ids=[f"{scheme}-{width}" for scheme, width in LOOKS])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit: Visit, stage: dict[str, Any]) -> None:
    offers = stage["offers"]
    for path in public_paths(offers[0].referral):
        visit.look(None, path)
    for path in partner_paths(offers):
        visit.look(stage["partner"], path)
    for path in team_paths(offers):
        visit.look(stage["team"], path)
    draft = ServiceDescription.objects.latest("id")
    for path in ("/service-description/old-facts/", f"/service-description/compare/?from={draft.pk}&to={draft.pk}"):
        visit.look(stage["admin"], path)
    main = "main form[method=post]"
    visit.look(None, "/request/", sends=main)
    visit.look(None, "/request/one-page/", sends=main)
    begun = f"/request/{start_draft({}, email='new@alpha.example', now=timezone.now()).token}"
    for step in ("customer", "wanted"):
        visit.look(None, f"{begun}/{step}/", sends="main form:has([name=later])")
    visit.look(None, f"{begun}/plans/", sends="main [name=read]")
    visit.look(stage["team"], "/team/request/", sends=main)
    visit.look(stage["partner"], "/escalations/new/", sends=main)
    visit.look(stage["partner"], f"/offers/{offers[3].public_id}/decline/", sends=main)
    visit.look(stage["team"], f"/team/releases/{offers[3].release_requests.get().pk}/", sends=main)
    visit.look(stage["partner"], f"/offers/{offers[0].public_id}/decline/", sends=main)
    visit.look(stage["partner"], "/views/offers/?list=?tab=all", sends=main)
    visit.look(stage["partner"], f"/partners/{offers[0].partner.public_id}/", sends="form:has([value=closure])")
    visit.look(None, f"/status/{offers[1].referral.status_token}/", sends="#questions")
    visit.look(stage["team"], "/team/import/", sends=main)
    visit.look(stage["team"], f"/team/referrals/{offers[0].referral.public_id}/hold/", sends=main)
    assert not visit.found, "\n".join(visit.found)


@pytest.mark.parametrize("visit", [("light", WIDE), ("dark", NARROW)], indirect=True)
def test_axe_finds_nothing_on_any_address(visit: Visit) -> None:
    """Every address that answers with a page, for somebody who reaches it."""
    places, looked = Places(), 0
    people: dict[str, User | None] = {
        PUBLIC: None,
        PARTNER: world.triager(places.alpha),
        PARTNER_OR_TEAM: world.triager(places.alpha),
        "signed in": world.triager(places.alpha),
        TEAM: world.by_team().user,
        PUBLISHER: world.make_user("publisher@triage.example", is_staff=True, is_superuser=True),
    }
    for name, (reach, _words) in OURS.items():
        person, path = people.get(reach), places.address(name)
        client = Client()
        if person:
            client.force_login(person)
        answer = client.get(path)
        if answer.status_code == 200 and b"<!doctype html>" in getattr(answer, "content", b""):
            visit.look(person, path)
            looked += 1
    assert looked > 45
    assert not visit.found, "\n".join(visit.found)


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


@pytest.mark.parametrize("visit", [("light", WIDE)], indirect=True)
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
    reach(page, "Decline and pass on")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken back", exact=False).or_(page.get_by_text("Declined")).first).to_be_visible()
    states = sorted(Offer.objects.filter(pk__in=[offer.pk for offer in offers]).values_list("state", flat=True))
    assert states == ["accepted", "declined"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def answer_question(page: Page, label: str, typed: str) -> None:
    reach(page, label)
    page.keyboard.type(typed)


@pytest.mark.parametrize("visit", [("light", WIDE)], indirect=True)
def test_a_requester_asks_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page(None)
    page.goto(f"{visit.address}/request/")
    reach(page, "The customer")
    page.keyboard.press("Space")
    answer_question(page, "Your name", "Alex Wilber")
    answer_question(page, "Your e-mail address", "alex@woodgrove.example")
    go_on(page, "customer")
    answer_question(page, "Customer", "Woodgrove Bank")
    answer_question(page, "Main domain of the tenant", "woodgrove.example")
    answer_question(page, "Country", "United K")
    go_on(page, "plans")
    go_on(page, "wanted")
    answer_question(page, "What do you want to achieve?", "Switch on endpoint protection.")
    reach(page, "Security")
    page.keyboard.press("Space")
    go_on(page, "when")
    go_on(page, "check")
    reach(page, "My contact data")
    page.keyboard.press("Space")
    reach(page, "Send the request")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    rfa = Rfa.objects.get()
    page.goto(f"{visit.address}/request/confirm/{rfa.token}/")
    reach(page, "Send my request")
    page.keyboard.press("Enter")
    expect(page.get_by_text("REF-").first).to_be_visible()
    assert Referral.objects.get().customer.country == "GB"


def go_on(page: Page, slug: str) -> None:
    reach(page, "Save and go on")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{slug}/")
