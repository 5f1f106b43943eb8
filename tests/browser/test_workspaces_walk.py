"""A partner's morning in real Chromium, with JavaScript and without: home, questions to the customer, profile."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from benefits.models import Enablement
from pages.intake.sheet import check_sheet
from referrals.answering.responding import accept_offer
from referrals.email import escalating
from referrals.intake import importing
from referrals.models import Offer
from tests import world
from tests.browser.conftest import Walk, may_sign_in
from tests.pages.intake.test_imports import three
from tests.pages.lists.test_lists import make_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def accepted() -> Offer:
    offer = make_many(7)[0]
    accept_offer(offer.pk, by=world.by_partner(offer.partner), now=timezone.now())
    offer.partner.memberships.update(role="admin")
    may_sign_in(world.triager(offer.partner))
    offer.refresh_from_db()
    return offer


@pytest.mark.parametrize("scripts", [True, False])
def test_the_customer_is_asked_answers_and_is_taken_at_its_word(walk: Walk, accepted: Offer, scripts: bool) -> None:
    page = walk.person(world.triager(accepted.partner).email, scripts=scripts)
    expect(page).to_have_url(f"{walk.address}/home/")
    walk.number = 18
    if scripts:
        walk.picture(page, "home", whole=True)
    page.goto(f"{walk.address}/offers/{accepted.public_id}/")
    page.locator("#inquiry summary").click()
    page.get_by_role("button", name="Send questions").click()
    expect(page.get_by_text("We’ll notify you of the reply")).to_be_visible()
    requester = walk.person(scripts=scripts)
    requester.goto(f"{walk.address}/status/{accepted.referral.status_token}/")
    requester.get_by_label("Yes, for everyone").first.check()
    if scripts:
        walk.picture(requester, "questions")
    requester.get_by_role("button", name="Send answers").click()
    expect(requester.get_by_text("Thank you. We’ll review your answers and continue")).to_be_visible()
    page.reload()
    before = Enablement.objects.count()
    page.get_by_role("button", name="Record selected answers").click()
    expect(page.get_by_text("1 of the customer’s answers recorded")).to_be_visible()
    assert Enablement.objects.count() == before + 1
    assert walk.errors == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_profile_is_kept_by_its_own_people(walk: Walk, accepted: Offer, scripts: bool) -> None:
    page = walk.person(world.triager(accepted.partner).email, scripts=scripts)
    page.get_by_role("link", name=accepted.partner.name, exact=True).click()
    page.get_by_text("Change capacity").click()
    page.get_by_label("Maximum open referrals").fill("3")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Maximum open referrals: 3")).to_be_visible()
    walk.number = 20
    if scripts:
        walk.picture(page, "profile", whole=True)
    accepted.partner.refresh_from_db()
    assert accepted.partner.capacity == 3
    assert walk.errors == []


def test_colleagues_see_one_another_and_what_changes(walk: Walk, accepted: Offer) -> None:
    dana, own = world.make_user("dana@contoso.example"), world.triager(accepted.partner)
    accepted.partner.memberships.create(user=dana, role="triager")
    may_sign_in(dana)
    first, second = walk.person(own.email), walk.person(dana.email)
    second.goto(f"{walk.address}/offers/{accepted.public_id}/")
    expect(second.locator("#watch")).to_be_attached()
    first.goto(f"{walk.address}/offers/{accepted.public_id}/")
    expect(first.get_by_text("dana is viewing this")).to_be_visible()
    first.goto(f"{walk.address}/queue/?tab=in-progress")
    expect(first.get_by_text("dana is viewing this")).to_be_visible()
    assert walk.errors == []


def test_the_team_reads_its_insights(walk: Walk, accepted: Offer) -> None:
    member: Any = world.by_team().user
    may_sign_in(member)
    page = walk.person(member.email)
    page.get_by_role("link", name="Insights").click()
    expect(page.get_by_role("heading", name="Referral funnel")).to_be_visible()
    walk.number = 21
    walk.picture(page, "insights")
    assert walk.errors == []


def test_the_team_answers_an_escalation_and_imports_requests(walk: Walk, accepted: Offer) -> None:
    now, partner = timezone.now(), world.by_partner(accepted.partner)
    words: dict[str, Any] = {
        "subject": "Which tenant is meant?",
        "text": "The customer has two of them.",
        "by": partner,
    }
    escalating.open_escalation(**words, now=now, referral=accepted.referral)
    member: Any = world.by_team().user
    may_sign_in(member)
    page = walk.person(member.email)
    page.get_by_role("link", name="Escalations").first.click()
    page.get_by_role("link", name="Which tenant is meant?").click()
    page.locator("main textarea").last.fill("The one of the request; the other is closing.")
    asked = page.url
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_text("Reply sent. That was the last one.")).to_be_visible()
    page.goto(asked)
    expect(page.get_by_text("the other is closing").first).to_be_visible()
    walk.number = 22
    walk.picture(page, "escalation", whole=True)
    page.goto(f"{walk.address}/team/import/")
    page.locator("[name=sheet]").set_input_files(
        {"name": "propensity.csv", "mimeType": "text/csv", "buffer": three(country="Narnia")}
    )
    page.get_by_role("button", name="Check the file").click()
    expect(page).to_have_url(re.compile(r"/team/import/\d+/"))
    importing.work_off_imports(check_sheet, now=timezone.now())
    page.reload()
    expect(page.get_by_text("Select a valid choice").first).to_be_visible()
    walk.picture(page, "import", whole=True)
    page.goto(f"{walk.address}/notices/")
    expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    walk.picture(page, "notices")
    assert walk.errors == []
