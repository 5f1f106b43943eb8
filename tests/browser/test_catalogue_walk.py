"""What an admin of the catalogue does often, counted: clicks and fields, and no code that a picker knows."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from benefits.models import Entitlement, ServiceDescription
from benefits.services.editions import copy_to_draft
from partners.models import Partner
from tests import world
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


class Hand:
    """Whoever works in the admin; every click and every field that is filled in is counted, and every page opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.fields = 0
        self.pages = 1

    def click(self, target: Locator, *, opens: bool = False) -> None:
        target.click()
        self.clicks += 1
        self.pages += opens

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)
        self.fields += 1

    def choose(self, label: str, *values: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=list(values))
        self.fields += 1

    def move(self, field: str, *values: str) -> None:
        """Move choices of two boxes into the right one."""
        self.page.locator(f"#id_{field}_from").select_option(label=list(values))
        self.page.locator(f"#id_{field}_add").click()
        self.fields += 1

    def check(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()
        self.fields += 1


@pytest.fixture
def draft() -> ServiceDescription:
    return copy_to_draft(ServiceDescription.objects.get(), now=timezone.now())


@pytest.fixture
def hand(walk: Walk, draft: ServiceDescription) -> Iterator[Hand]:
    admin = world.make_user("admin@triage.example", is_staff=True, is_superuser=True)
    may_sign_in(admin)
    page = walk.person(admin.email)
    page.goto(f"{walk.address}/admin/")
    yield Hand(page)
    assert walk.errors == []


def test_an_entitlement_is_changed_in_four_clicks(hand: Hand, draft: ServiceDescription) -> None:
    page = hand.page
    hand.click(page.locator("#catalogue-state").get_by_role("link", name="Microsoft 365", exact=True))
    hand.click(page.locator("#INTUNE").get_by_role("link", name="Microsoft 365 E3, Microsoft Intune"))
    hand.click(page.get_by_label("No", exact=True))
    hand.click(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved: ")).to_be_visible()
    words = {"plan__edition": draft, "plan__code": "M365_E3", "workload__code": "INTUNE"}
    assert not Entitlement.objects.filter(**words, is_limited=False).exists()
    assert hand.clicks <= 4


def test_the_theme_of_the_admin_and_of_the_pages_is_one(hand: Hand, draft: ServiceDescription) -> None:
    page = hand.page
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert page.evaluate("localStorage.getItem('theme')") == "auto", "the admin keeps it under the same name"
    page.goto(page.url.replace("/admin/", f"/catalogue/{draft.pk}/"))
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".person > summary").click()
    expect(page.get_by_role("button", name="System")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_a_plan_with_its_skus_takes_twelve_fields_on_two_pages(hand: Hand, draft: ServiceDescription) -> None:
    page = hand.page
    page.goto(page.url.replace("/admin/", f"/admin/benefits/plan/add/?edition={draft.pk}"))
    hand.fill("Code:", "M365_E9")
    hand.fill("Name:", "Microsoft 365 E9")
    hand.choose("Family:", "Microsoft 365")
    hand.choose("Kind:", "Suite")
    hand.choose("Audience:", "Commercial")
    hand.choose("Eligibility:", "Eligible")
    hand.fill(
        "Paste SKUs:", "SPE_E9 00000000-0000-0000-0000-00000000e900\nSPE_E9_X 00000000-0000-0000-0000-00000000e901"
    )
    hand.click(page.get_by_role("button", name="Save", exact=True), opens=True)
    expect(page.locator(".messagelist .success")).to_be_visible()
    plan = draft.plans.get(code="M365_E9")
    assert plan.skus.count() == 2
    assert (hand.fields <= 12, hand.pages <= 2) == (True, True)


def test_a_partner_with_ten_endorsements_takes_fifteen_fields(hand: Hand, walk: Walk) -> None:
    page = hand.page
    page.goto(f"{walk.address}/admin/partners/partner/add/")
    hand.fill("Name:", "Fabrikam")
    hand.fill("Contact email:", "offers@fabrikam.example")
    hand.check("FastTrack Ready Partner")
    hand.check("FastTrack Benefit referral flag")
    hand.move("countries", "Germany", "Austria")
    hand.move("languages", "German", "English")
    hand.choose("Time zone:", "Europe/Vienna")
    hand.choose("Public holidays of:", "Austria")
    hand.fill("Capacity:", "10")
    hand.check("Security")
    hand.check("Endpoint")
    hand.click(page.get_by_role("button", name="Save", exact=True), opens=True)
    expect(page.locator(".messagelist .success")).to_be_visible()
    partner = Partner.objects.get(name="Fabrikam")
    assert partner.endorsements.count() >= 10
    assert (partner.countries, sorted(partner.languages)) == (["AT", "DE"], ["de", "en"])
    assert hand.fields <= 15
