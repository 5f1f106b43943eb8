"""The main job in real Chromium, as three people: requester, two partners, the team. Worker and dispatcher run.

With TRIAGE_SCREENSHOTS set to a folder, the walk leaves its pictures there (``manage.py screenshots``).
"""

import datetime as dt
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from launcher import processes
from launcher.servers import valkey
from referrals.intake.throttling import LEAST_TIME
from referrals.models import Referral
from referrals.sweeping.invariants import find_violations
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.running import running, wait_until
from tests.world import NOTES

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.broker,
]


def until(check: Callable[[], bool]) -> None:
    assert wait_until(check, 60)


def ask_for_help(walk: Walk) -> Page:
    page = walk.person()
    page.goto(f"{walk.address}/request/")
    page.get_by_role("link", name="Start now").click()
    page.get_by_label("The customer", exact=True).check()
    page.get_by_label("Your name").fill("Alex Wilber")
    page.get_by_label("Your email address").fill("alex@woodgrove.example")
    go_on = page.get_by_role("button", name="Save and continue")
    go_on.click()
    page.locator("#id_customer_name").fill("Woodgrove Bank")
    page.locator("#id_country").select_option("GB")
    page.get_by_label("Business").check()
    page.locator("#id_size_band").select_option("251-1000")
    go_on.click()
    page.locator("#id_domain").fill("woodgrove.example")
    page.get_by_label("Commercial").check()
    go_on.click()
    page.locator("#id_plan_1").select_option("M365_E5")
    page.locator("#id_seats_1").fill("500")
    go_on.click()
    page.locator("#id_text").fill(
        "Help us enable our security workloads. Devices are in Intune, desktops have no Defender."
    )
    page.get_by_label("Security", exact=True).check()
    page.get_by_text("Select specific workloads").click()
    page.get_by_label("Microsoft Defender for Endpoint (P1 and P2)").check()
    walk.picture(page, "request", whole=True)
    go_on.click()
    page.locator("#id_wanted_from").select_option("month")
    page.get_by_label("Remote").check()
    page.get_by_label("English").check()
    go_on.click()
    page.locator("#consent").check()
    page.wait_for_timeout(LEAST_TIME.total_seconds() * 1000)  # nobody types faster
    page.get_by_role("button", name="Submit request").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    confirm_by_mail(walk, page)
    return page


def confirm_by_mail(walk: Walk, page: Page) -> None:
    until(lambda: world.mail_to("alex@woodgrove.example", "Confirm") is not None)
    link = re.search(r"/request/confirm/\w+/", world.mail_to("alex@woodgrove.example", "Confirm") or "")
    assert link
    page.goto(walk.address + link[0])
    page.get_by_role("button", name="Confirm request").click()
    expect(page.get_by_role("heading", name="Your request")).to_be_visible()


def hand_back(walk: Walk, page: Page) -> None:
    """The first partner accepts, records what it learns, and hands the referral back."""
    page.goto(f"{walk.address}/queue/")
    walk.picture(page, "queue")
    page.get_by_role("link", name=re.compile("Woodgrove Bank")).click()
    expect(page.get_by_text("Provisional until you accept")).to_be_visible()
    walk.picture(page, "offer")
    page.get_by_role("button", name="Accept and start due diligence").click()
    panel = page.locator("#determination")
    page.get_by_text(re.compile(r"^Endpoint")).first.click()
    page.get_by_text(re.compile(r"^Security")).first.click()
    page.get_by_label("Evidence for Microsoft Intune (MDM and MAM)").fill("Intune portal, 480 of 500 devices")
    page.get_by_label("Status of Microsoft Intune (MDM and MAM)").select_option("enabled")
    page.get_by_label("Status of Microsoft Defender for Endpoint (P1 and P2)").select_option("not_enabled")
    expect(panel).to_contain_text("1 workload remains: Microsoft Defender for Endpoint (P1 and P2).")
    expect(page.get_by_role("button", name="Deliver the remaining workloads")).to_be_visible()
    walk.picture(page, "determination")
    page.get_by_role("link", name="Decline").click()
    page.get_by_label("Skills not available").check()
    page.get_by_label("Notes for the referral processing team").fill(NOTES)
    page.get_by_label("Handover note for the next partner").fill("Call before noon.")
    expect(page.get_by_text("you must deliver this Benefit referral")).to_be_visible()
    walk.picture(page, "decline", whole=True)
    day = (timezone.now() + dt.timedelta(days=7)).date().isoformat()
    page.get_by_label("Reduced availability until").fill(day)
    page.get_by_role("button", name="Decline referral").click()
    expect(
        page.get_by_text(
            "This referral is no longer assigned to you. This read-only record doesn’t show contact details."
        )
    ).to_be_visible()
    walk.picture(page, "record")


def take_over(walk: Walk, page: Page) -> None:
    page.goto(f"{walk.address}/queue/")
    page.get_by_role("link", name=re.compile("Woodgrove Bank")).click()
    page.get_by_role("button", name="Accept and start due diligence").click()
    expect(page.get_by_text("Call before noon.")).to_be_visible()
    assert NOTES not in page.content()
    page.get_by_role("button", name="Show contact details").click()
    expect(page.get_by_text("alex@woodgrove.example")).to_be_visible()
    page.get_by_role("button", name="Deliver the remaining workloads").click()
    expect(page.get_by_text("Delivery started. Use the guides for the remaining workloads.")).to_be_visible()
    walk.picture(page, "delivery")


def read_the_notes(walk: Walk, page: Page) -> None:
    page.goto(f"{walk.address}/team/")
    expect(page.get_by_role("link", name=re.compile("0\\s*Unowned"))).to_be_visible()
    walk.picture(page, "team")
    page.get_by_role("link", name="Decline review").click()
    page.get_by_role("link", name=re.compile("Woodgrove Bank")).click()
    expect(page.get_by_text(NOTES)).to_be_visible()
    walk.picture(page, "decline-review")
    page.get_by_role("link", name="Routing receipt").click()
    expect(page.get_by_text("Verified")).to_be_visible()
    walk.picture(page, "receipt")
    page.go_back()
    page.get_by_role("button", name="Acknowledge and next").click()
    expect(page.get_by_text("That was the last one.")).to_be_visible()


def test_main_job_in_the_browser(walk: Walk, tmp_path: Path) -> None:
    first = world.make_partner("Contoso Deployment")
    second = world.make_partner("Fabrikam Services", last_offered_at=timezone.now())
    team = world.by_team().user
    assert team
    may_sign_in(world.triager(first), world.triager(second), team)
    password, port = secrets.token_hex(8), processes.free_port()
    broker = f"redis://:{password}@127.0.0.1:{port}/0"
    with valkey(password, port), running(tmp_path, broker, "worker", "dispatcher"):
        requester = ask_for_help(walk)
        until(lambda: first.offers.filter(state="pending").exists())
        hand_back(walk, walk.person(world.triager(first).email))
        until(lambda: second.offers.filter(state="pending").exists())
        take_over(walk, walk.person(world.triager(second).email))
        requester.reload()
        expect(requester.get_by_text("Fabrikam Services")).to_be_visible()
        walk.picture(requester, "status")
        read_the_notes(walk, walk.person(team.email))
    assert Referral.objects.get().state == "delivering"
    assert not any(find_violations().values())
    assert walk.errors == []
