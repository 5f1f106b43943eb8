"""Due diligence in real Chromium: in place, by keyboard alone, without JavaScript; and the catalogue's preview."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from benefits.models import Enablement, Plan, ServiceDescription
from benefits.services.editions import copy_to_draft
from referrals.answering.responding import accept_offer
from referrals.editions.checking import run_due_checks
from referrals.models import Offer
from tests import world
from tests.benefits.evidence.test_usage_reports import DAYS
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
STATUS = "Status of Microsoft Intune (MDM and MAM)"


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner("Contoso Deployment")
    _referral, offer = world.offered(now=timezone.now())
    accept_offer(offer.pk, by=world.by_partner(partner), now=timezone.now())
    may_sign_in(world.triager(partner))
    return offer


def open_offer(walk: Walk, offer: Offer, **words: Any) -> Page:
    page = walk.person(world.triager(offer.partner).email, **words)
    page.goto(f"{walk.address}/offers/{offer.public_id}/")
    return page


def open_areas(page: Page) -> None:
    page.evaluate("document.querySelectorAll('#workloads details').forEach((area) => { area.open = true; })")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_status_is_changed_by_keyboard_alone_and_the_panel_follows(walk: Walk, offer: Offer) -> None:
    page = open_offer(walk, offer)
    tab_to(page, "[data-names*=intune] > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#status-INTUNE")
    page.keyboard.type("Blocked")
    expect(page.locator("#determination")).to_contain_text("1 workload remains: Microsoft Intune")
    assert page.evaluate("document.activeElement.id") == "status-INTUNE", "the focus stays where it was"
    page.wait_for_timeout(1_200)  # or the browser takes the letters for one word with those before
    page.keyboard.type("Partly")
    expect(page.locator("#determination")).to_contain_text("”: Enter how many seats (e.g. 120 of 500) or which group")
    tab_to(page, "#part-INTUNE")
    page.keyboard.type("480 of 500")
    page.keyboard.press("Tab")
    expect(page.locator("#determination")).not_to_contain_text(
        "”: Enter how many seats (e.g. 120 of 500) or which group"
    )
    assert Enablement.objects.current().get(workload_code="INTUNE").part == "480 of 500"
    assert walk.errors == []


def test_part_is_asked_for_only_where_it_is_partly_enabled(walk: Walk, offer: Offer) -> None:
    page = open_offer(walk, offer)
    page.get_by_text(re.compile(r"^Endpoint")).first.click()
    part = page.locator("#part-INTUNE")
    expect(part).to_be_hidden()
    page.get_by_label(STATUS).select_option("partly_enabled")
    expect(part).to_be_visible()


def test_everything_is_saved_without_javascript(walk: Walk, offer: Offer) -> None:
    page = open_offer(walk, offer, scripts=False)
    page.get_by_text(re.compile(r"^Endpoint")).first.click()
    page.get_by_role("link", name="Show workloads").locator("visible=true").click()
    page.get_by_label(STATUS).select_option("blocked")
    page.get_by_role("button", name="Save statuses").click()
    expect(page.locator("#determination")).to_contain_text("1 workload remains: Microsoft Intune")
    page.get_by_role("link", name="What if …").click()
    page.get_by_label("Microsoft 365 E5, woodgrove.example").fill("149")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#what-if-result")).to_contain_text("No tenant has the required 150 paid seats")


def test_scope_and_history_open_in_place(walk: Walk, offer: Offer) -> None:
    page = open_offer(walk, offer)
    open_areas(page)
    page.get_by_label("Scope and history of Microsoft Defender for Endpoint (P1 and P2)").click()
    expect(page.locator("#detail-DEFENDER_ENDPOINT")).to_contain_text("In scope")
    assert page.url.endswith(f"/offers/{offer.public_id}/")
    assert walk.errors == []


def test_what_if_and_evidence(walk: Walk, offer: Offer, tmp_path: Path) -> None:
    walk.number = 11
    page = open_offer(walk, offer)
    page.get_by_role("link", name="What if …").click()
    page.get_by_label("Microsoft Defender for Endpoint (P1 and P2)").select_option("not_enabled")
    result = page.locator("#what-if-result")
    expect(result).to_contain_text("1 workload remains: Microsoft Defender for Endpoint")
    expect(result).to_contain_text("How to reach “realized”")
    walk.picture(page, "what-if")
    assert not Enablement.objects.exists()
    page.goto(f"{walk.address}/offers/{offer.public_id}/")
    report = tmp_path / "active-user-counts.csv"
    report.write_text("\ufeff" + DAYS)
    page.get_by_text("Update subscriptions or usage").click()
    page.locator("#id_export").set_input_files(report)
    page.get_by_role("button", name="Preview import").click()
    expect(page.get_by_text("420 of 500 people used it.")).to_be_visible()
    walk.picture(page, "evidence")
    page.get_by_role("button", name="Save usage and selected statuses").click()
    expect(page.get_by_text("5 usage figures and")).to_be_visible()
    page.get_by_role("link", name="Print or download").click()
    expect(page.get_by_text("Signature", exact=True)).to_be_visible()
    walk.picture(page, "record-of-a-determination", whole=True)
    page.emulate_media(media="print")
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1, "it fits one sheet"
    assert walk.errors == []


def test_draft_is_previewed_with_progress(walk: Walk, offer: Offer) -> None:
    walk.number = 14
    admin = world.make_user("ada@triage.example", is_staff=True, is_superuser=True)
    may_sign_in(admin)
    draft = copy_to_draft(ServiceDescription.objects.get(), now=timezone.now(), by=admin)
    Plan.objects.filter(edition=draft, code="M365_E5").update(effective_to="2026-01-31")
    page = walk.person(admin.email)
    page.goto(f"{walk.address}/catalogue/{draft.pk}/")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("Waiting to start …")).to_be_visible()
    run_due_checks(now=timezone.now())
    expect(page.get_by_text("1 results would change.")).to_be_visible()
    expect(page.get_by_role("cell", name="Woodgrove Bank")).to_be_visible()
    walk.picture(page, "preview")
    page.get_by_role("link", name="View changes").click()
    expect(page.get_by_role("cell", name="effective_to")).to_be_visible()
    assert walk.errors == []
