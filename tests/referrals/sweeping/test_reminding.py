"""Who is told of what is due: once for each time, by day, and the team when nobody acts."""

import datetime as dt
import zoneinfo

import pytest

from partners.models import Partner
from partners.services.availability import AvailabilityRefused, pause_partner
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import EventKind
from referrals.email.sending import send_due_mail
from referrals.email.writing import name_of, remind_partner
from referrals.models import DeclineReview, Notification, Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from referrals.sweeping import reminding
from referrals.sweeping.due import find_due
from referrals.sweeping.sweeps import remind_due, wake_due
from tests import world
from tests.world import NOW, kinds

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def sent(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(kind=kind).order_by("id"))


def every_hour(until: dt.datetime) -> None:
    """The clock runs, and the sweep with it."""
    at = NOW
    while at < until:
        remind_due(now=at)
        at += HOUR


def test_offer_is_reminded_of_a_day_before_when_late_and_in_its_last_day() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    every_hour(NOW + 7 * DAY)
    mails = Notification.objects.filter(offer=offer).exclude(kind="offer").order_by("id")
    told = [(mail.kind, mail.created_at) for mail in mails]
    assert [kind for kind, _at in told] == ["reminder", "late", "expiring"]
    assert told[0][1] == NOW + DAY, "one business day before the answer is due"
    assert told[1][1] == offer.respond_by
    assert told[2][1] >= offer.expires_at - DAY
    assert {mail.to for mail in mails} == {partner.contact_email}
    assert kinds(referral).count(EventKind.REMINDED) == 3
    assert offer.respond_why in sent("reminder")[0].body, "the mail says how the time was counted"


def test_answered_offer_is_not_reminded_of() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    accept_offer(offer.pk, by=world.by_partner(partner), now=NOW + HOUR)
    remind_due(now=NOW + 6 * DAY)
    assert not Notification.objects.filter(kind__in=("reminder", "late", "expiring")).exists()


def test_clock_that_stands_still_reminds_nobody_and_goes_on_where_it_was() -> None:
    world.make_partner()
    referral, offer = world.offered()
    by = world.by_team()
    acts.hold(referral.pk, until=NOW + 3 * DAY, reason="Wait", by=by, now=NOW + HOUR)
    assert remind_due(now=NOW + 2 * DAY) == 0
    before = offer.respond_by, offer.remind_at
    wake_due(now=NOW + 3 * DAY)
    offer.refresh_from_db()
    assert before == (NOW + 2 * DAY, NOW + DAY)
    left = NOW + 3 * DAY + 7 * HOUR  # 15 working hours were left of the answer and 7 of the reminder: Thu 10:00 and on
    assert (offer.remind_at, offer.respond_by) == (left, left + DAY)
    assert offer.respond_why.startswith("taken up again Thu")


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_nobody_is_mailed_at_night(zone: str, hour: int) -> None:
    """Offers may be made at any hour; their mail waits for the partner's morning."""
    world.make_partner(time_zone=zone)
    at = NOW.replace(hour=hour)
    referral = world.screened(now=at)
    route_due(now=at)
    mail = Notification.objects.get(kind="offer")
    assert mail.due_at is not None
    local = mail.due_at.astimezone(zoneinfo.ZoneInfo(zone))
    assert 7 <= local.hour < 21
    assert at <= mail.due_at < at + dt.timedelta(hours=13)
    assert referral.offers.get().respond_by > at


def test_overdue_determination_is_told_to_the_partner_once() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)
    referral.refresh_from_db()
    due = referral.next_action_at
    assert due is not None
    assert "accepted Mon" in referral.due_why
    assert remind_due(now=due - HOUR) == 0
    assert [remind_due(now=due + number * HOUR) for number in range(3)] == [1, 0, 0]
    assert [mail.to for mail in sent("overdue")] == [partner.contact_email]


def test_overdue_acts_of_the_team_are_escalated_once() -> None:
    referral = world.screened()
    route_due(now=NOW)
    referral.refresh_from_db()
    due = referral.next_action_at
    assert due is not None
    assert [remind_due(now=due + number * HOUR) for number in (0, 1, 2)] == [1, 0, 0]
    assert [mail.subject for mail in sent("escalated")] == [f"Review overdue: {name_of(referral)}"]
    assert EventKind.ESCALATED in kinds(referral)


def test_overdue_review_of_a_decline_is_escalated_once() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    world.make_partner("Other")
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    route_due(now=NOW)
    review = DeclineReview.objects.get()
    Offer.objects.update(remind_at=None)
    assert [remind_due(now=review.due_at + number * HOUR) for number in (0, 1)] == [1, 0]
    assert sent("escalated")[0].subject == f"Decline review overdue: {name_of(referral)}"


def paused(until: dt.datetime) -> Partner:
    partner = world.make_partner()
    return pause_partner(partner.pk, until=until, now=NOW, longest_days=30)


def test_pause_is_announced_seven_days_and_one_day_before_it_ends_by_itself() -> None:
    until = NOW + 25 * DAY
    partner = paused(until)
    at, told = NOW, []
    while at < until + DAY:
        before = len(sent("pause"))
        remind_due(now=at)
        wake_due(now=at)
        told += [at] * (len(sent("pause")) - before)
        at += HOUR
    assert [(until - at).days for at in told] == [7, 1] or [round((until - at) / DAY) for at in told] == [7, 1]
    partner.refresh_from_db()
    assert (partner.paused_until, partner.pause_remind_at) == (None, None)


def test_short_pause_is_announced_once() -> None:
    paused(NOW + 3 * DAY)
    at = NOW
    while at < NOW + 3 * DAY:
        remind_due(now=at)
        at += HOUR
    assert len(sent("pause")) == 1


def test_reminders_are_due_work_and_end() -> None:
    world.make_partner()
    world.offered()
    assert "referrals.remind_due" not in find_due(NOW)
    assert "referrals.remind_due" in find_due(NOW + DAY)
    remind_due(now=NOW + DAY)
    assert "referrals.remind_due" not in find_due(NOW + DAY)


def test_reminder_that_fails_stops_none_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world.make_partner(capacity=5)
    _first, poisoned = world.offered()
    _second, sound = world.offered()
    real = remind_partner

    def poison(offer: Offer, *rest: object) -> None:
        if offer.pk == poisoned.pk:
            raise RuntimeError("mail cannot be built")
        real(offer, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reminding, "remind_partner", poison)
    assert remind_due(now=NOW + DAY) == 1
    assert sent("reminder")[0].offer == sound
    assert Referral.objects.in_nobodys_hands().count() == 0


def test_mail_that_is_picked_up_at_night_waits_for_the_morning() -> None:
    """It was due by day, and the mail server was away until three."""
    world.make_partner(time_zone="Europe/London")
    world.offered()
    night = (NOW + DAY).replace(hour=3)
    send_due_mail(night)
    mail = Notification.objects.get(kind="offer")
    assert (mail.sent_at, mail.due_at) == (None, night.replace(hour=8))
    send_due_mail(night.replace(hour=8))
    mail.refresh_from_db()
    assert mail.sent_at == night.replace(hour=8)


def test_requester_is_asked_by_day_in_its_own_country_and_thanked_at_once() -> None:
    at = NOW.replace(hour=13)  # 22:00 in Japan
    world.screened(now=at, country="JP", plans=[])
    asked, thanked = (Notification.objects.get(kind=kind) for kind in ("questions", "received"))
    assert asked.due_at is not None
    assert asked.due_at.astimezone(zoneinfo.ZoneInfo("Asia/Tokyo")).hour == 8
    assert thanked.due_at == at


def test_pause_that_was_ended_by_hand_is_announced_no_more() -> None:
    partner = paused(NOW + 9 * DAY)
    Partner.objects.filter(pk=partner.pk).update(paused_until=None)
    assert remind_due(now=NOW + 3 * DAY) == 1
    assert not sent("pause")
    assert "referrals.remind_due" not in find_due(NOW + 3 * DAY)


def test_pause_is_not_shortened_by_the_way() -> None:
    partner = paused(NOW + 20 * DAY)
    with pytest.raises(AvailabilityRefused, match="paused until"):
        pause_partner(partner.pk, until=NOW + DAY, now=NOW, longest_days=30)
