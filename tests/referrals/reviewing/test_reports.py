"""Saved views and insights by email: in their rhythm, once, and only as long as the person may see them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal
from partners.models import Membership
from referrals.answering.responding import decline_offer
from referrals.models import ListName, Notification, Offer, SavedView, ScheduledReport
from referrals.models.scheduled_report import Rhythm
from referrals.reviewing.reports import next_report, schedule_report, send_due_reports
from referrals.sweeping.due import find_due
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
THURSDAY = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "zone", "rhythm", "wanted"),
    [
        (THURSDAY, "UTC", Rhythm.WEEKLY, "2026-11-30 08:00"),
        (THURSDAY, "UTC", Rhythm.MONTHLY, "2026-12-01 08:00"),
        (THURSDAY, "America/New_York", Rhythm.WEEKLY, "2026-11-30 13:00"),
        (dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC), "UTC", Rhythm.WEEKLY, "2026-12-07 08:00"),
        (dt.datetime(2026, 11, 30, 7, 59, tzinfo=dt.UTC), "UTC", Rhythm.WEEKLY, "2026-11-30 08:00"),
        (dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), "UTC", Rhythm.MONTHLY, "2027-01-01 08:00"),
        (dt.datetime(2027, 3, 20, tzinfo=dt.UTC), "Europe/Berlin", Rhythm.WEEKLY, "2027-03-22 07:00"),
        (dt.datetime(2027, 3, 27, tzinfo=dt.UTC), "Europe/Berlin", Rhythm.WEEKLY, "2027-03-29 06:00"),
    ],
)
def test_reports_come_on_mondays_and_firsts(now: dt.datetime, zone: str, rhythm: str, wanted: str) -> None:
    assert f"{next_report(now, zone, rhythm):%Y-%m-%d %H:%M}" == wanted


@pytest.fixture
def view(offer: Offer) -> SavedView:
    person = world.triager(offer.partner)
    words = {"owner": person, "partner": offer.partner, "name": "To answer", "address": "?tab=needs-answer"}
    return SavedView.objects.create(list_name=ListName.OFFERS, **words)


def make_due() -> dt.datetime:
    now = timezone.now()
    ScheduledReport.objects.update(due_at=now)
    return now


def reports() -> list[Notification]:
    return list(Notification.objects.filter(kind="report"))


def test_a_view_is_emailed_once_each_time(offer: Offer, view: SavedView) -> None:
    client = client_of(offer.partner)
    page = f"/views/{ListName.OFFERS}/"
    data = {"view": seal("view", view.pk), "act": "email", "rhythm": "weekly"}
    assert "will be emailed to you" in world.text(client.post(page, data, follow=True))
    assert 'value="weekly" selected' in world.markup(client.get(page))
    assert "referrals.send_reports" not in find_due(timezone.now())
    now = make_due()
    assert "referrals.send_reports" in find_due(now)
    assert (send_due_reports(now=now), send_due_reports(now=now)) == (1, 0)
    [mail] = reports()
    assert (mail.to, mail.subject) == (view.owner.email, "To answer: 1 referral")
    assert offer.referral.public_id in mail.body
    assert "/queue/?tab=needs-answer" in mail.body
    assert ScheduledReport.objects.get().due_at > now
    client.post(page, data | {"rhythm": ""})
    assert not ScheduledReport.objects.exists()
    assert client.post(page, data | {"rhythm": "hourly"}).status_code == 404


def test_the_email_tells_nothing_of_a_referral_after_its_offer_has_ended(offer: Offer, view: SavedView) -> None:
    SavedView.objects.update(address="?tab=closed")
    schedule_report(view.owner, view, Rhythm.WEEKLY, timezone.now())
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    send_due_reports(now=make_due())
    [mail] = reports()
    assert f"({offer.referral.public_id}): Declined\n" in f"{mail.body}\n"
    assert "due" not in mail.body.split("View")[0]


def test_what_a_person_may_not_see_any_more_is_not_emailed(offer: Offer, view: SavedView) -> None:
    colleague = world.make_user("kim@contoso.example")
    offer.partner.memberships.create(user=colleague, role="triager")
    SavedView.objects.update(is_shared=True)
    schedule_report(colleague, view, Rhythm.MONTHLY, timezone.now())
    SavedView.objects.update(is_shared=False)
    assert send_due_reports(now=make_due()) == 0
    assert not ScheduledReport.objects.exists()
    SavedView.objects.update(is_shared=True)
    schedule_report(colleague, view, Rhythm.MONTHLY, timezone.now())
    Membership.objects.filter(user=colleague).update(is_active=False)
    assert send_due_reports(now=make_due()) == 0
    assert reports() == []


def test_one_that_fails_is_tried_again_and_holds_nobody_up(
    offer: Offer, view: SavedView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError

    schedule_report(view.owner, view, Rhythm.WEEKLY, timezone.now())
    clerk = world.make_user("clerk@triage.example", is_processing_team=True)
    schedule_report(clerk, None, Rhythm.WEEKLY, timezone.now())
    monkeypatch.setattr("referrals.reviewing.reports._write_view", fail)
    now = make_due()
    assert send_due_reports(now=now) == 1
    assert ScheduledReport.objects.get(view=view).due_at == now + dt.timedelta(hours=1)


def test_insights_are_emailed_to_the_team_alone(offer: Offer, team_client: Client) -> None:
    assert "will be emailed" in world.text(team_client.post("/team/insights/email/", {"rhythm": "weekly"}, follow=True))
    assert 'value="weekly" selected' in world.markup(team_client.get("/team/insights/"))
    assert send_due_reports(now=make_due()) == 1
    [mail] = reports()
    assert mail.subject == "Insights: the last 7 days"
    assert "Accepted: –" in mail.body
    assert "/team/insights/?days=7" in mail.body
    User.objects.update(is_processing_team=False)
    assert send_due_reports(now=make_due()) == 0
    assert client_of(offer.partner).post("/team/insights/email/", {"rhythm": "weekly"}).status_code == 404
