"""Routing in real Chromium: an answer taken back, what would help when nobody is left, and how offers are shared."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lab.running import run_parts
from referrals.answering.responding import decline_offer
from referrals.choices import OfferState
from referrals.models import Offer
from referrals.routing.choosing import route_due
from tests import world
from tests.browser.conftest import Walk, may_sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
STANDARD: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
PHONE = {"width": 390, "height": 800}


def fits_a_phone(page: Page) -> bool:
    """Does the page read on a phone without scrolling sideways?"""
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(before or PHONE)  # type: ignore[arg-type]
    return bool(fits)


@pytest.mark.parametrize("scripts", [True, False])
def test_decline_says_what_it_will_do_and_is_taken_back(walk: Walk, scripts: bool) -> None:
    partner = world.make_partner("Contoso Deployment", is_fasttrack_ready=False, takes_benefit=False)
    _referral, offer = world.offered(now=timezone.now(), **STANDARD)
    may_sign_in(world.triager(partner))
    page = walk.person(world.triager(partner).email, scripts=scripts)
    page.goto(f"{walk.address}/offers/{offer.public_id}/decline/")
    expect(page.get_by_text("You’ll be offered it again in 7 days, before anyone else.")).to_be_visible()
    assert fits_a_phone(page)
    page.get_by_label(re.compile("Skills not available")).check()
    page.get_by_label("Notes for the referral processing team").fill(world.NOTES)
    page.get_by_role("button", name="Decline referral").click()
    expect(page.get_by_text("Offered to the next partner immediately.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone. The referral is awaiting your response again.")).to_be_visible()
    expect(page.get_by_role("button", name="Accept and start due diligence")).to_be_visible()
    assert Offer.objects.get().state == OfferState.PENDING
    assert walk.errors == []


def test_team_reads_what_would_help_and_how_offers_are_shared(walk: Walk) -> None:
    walk.number = 15
    now = timezone.now()
    words: dict[str, Any] = {"capacity": 9, "is_fasttrack_ready": False, "takes_benefit": False}
    for name in ("Contoso Deployment", "Fabrikam Services", "Northwind Cloud", "Tailspin Partners"):
        world.make_partner(name, **words)
    for number in range(10):
        at = now - dt.timedelta(hours=12 * number)
        _referral, offer = world.offered(now=at, **STANDARD)
        if number % 3 == 0:
            decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=at)
    world.make_partner("Litware", languages=["fr"], **words)
    world.make_partner("Proseware", languages=["fr", "de"], **words)
    world.make_partner("Wingtip", languages=["es"], paused_until=now + dt.timedelta(days=4), **words)
    world.make_partner("Lucerne", languages=["es"], **words | {"capacity": 0})
    waiting = world.screened(now=now, languages=["es"], **STANDARD)
    route_due(now=now)
    team = world.by_team().user
    assert team
    may_sign_in(team)
    page = walk.person(team.email)
    page.goto(f"{walk.address}/team/referrals/{waiting.public_id}/")
    expect(page.get_by_role("heading", name="No matching partner: what would help")).to_be_visible()
    expect(page.get_by_text("Accept English → 4 partners")).to_be_visible()
    walk.picture(page, "nobody-left")
    assert fits_a_phone(page)
    page.goto(f"{walk.address}/team/fairness/?type=standard&days=30")
    expect(page.get_by_role("heading", name="Offer distribution")).to_be_visible()
    expect(page.locator("main svg").first).to_be_visible()
    walk.picture(page, "fairness", whole=True)
    assert fits_a_phone(page)
    page.goto(f"{walk.address}/team/referrals/{waiting.public_id}/runs/{waiting.runs.get().pk}/?partner=Litware")
    expect(page.get_by_text("Language: required Spanish, actual French")).to_be_visible()
    assert fits_a_phone(page)
    assert walk.errors == []


def test_lab_run_is_started_watched_and_read(walk: Walk) -> None:
    team = world.by_team().user
    assert team
    may_sign_in(team)
    walk.number = 25
    page = walk.person(team.email)
    page.goto(f"{walk.address}/team/lab/")
    page.get_by_role("link", name="Simulate").click()
    for name, value in (("days", "30"), ("partners", "12"), ("places", "60"), ("referrals_a_day", "4")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("Select at least one.")
    expect(page.locator("[name=partners]")).to_have_value("12")
    page.get_by_label("Batch order: Longest due first").check()
    page.get_by_label("First tie-break: Smallest used share of capacity").check()
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile(r"/team/lab/LAB-"))
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert fits_a_phone(page)
    run_parts()
    expect(page.get_by_role("heading", name="Figures")).to_be_visible()  # without a click
    expect(page.locator("main svg.chart")).to_have_count(3)
    walk.picture(page, "lab")
    assert fits_a_phone(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Figures as CSV").click()
    assert download.value.suggested_filename.endswith("-figures.csv")
    page.get_by_role("button", name="Run again").click()
    page.get_by_role("button", name="Cancel run").click()
    expect(page.get_by_text("Run canceled.")).to_be_visible()
    assert [error for error in walk.errors if "422" not in error] == [], "but for the form that was refused"
