"""The routing lab in real Chromium: choose, start, watch, read; the page brings the results by itself."""

import re

import pytest
from playwright.sync_api import expect

from lab.running import run_parts
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.browser.test_routing_walk import fits_a_phone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_run_is_started_watched_and_read(walk: Walk) -> None:
    team = world.by_team().user
    assert team
    may_sign_in(team)
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
    walk.picture(page, "lab", whole=True)
    assert fits_a_phone(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Figures as CSV").click()
    assert download.value.suggested_filename.endswith("-figures.csv")
    page.get_by_role("button", name="Run again").click()
    page.get_by_role("button", name="Cancel run").click()
    expect(page.get_by_text("Run canceled.")).to_be_visible()
    assert [error for error in walk.errors if "422" not in error] == [], "but for the form that was refused"
