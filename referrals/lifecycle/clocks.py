"""When things are due. Instants are counted once, by the settings and calendar of that moment, and stored with how."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from django.conf import settings

from partners.domain.calendars import (
    Calendar,
    Due,
    add_business_days,
    add_business_time,
    business_time,
    next_opening,
    next_waking,
    say_arithmetic,
)
from partners.services.working_hours import load_team_calendar
from referrals.keeping import kept_a_moment

EXPIRY_WHY = "exactly 7 × 24 hours after the offer"
WARN_BEFORE = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due, and how that was counted."""

    at: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class OfferClocks:
    """The instants of one offer."""

    respond_by: dt.datetime
    respond_why: str
    remind_at: dt.datetime
    expires_at: dt.datetime


@kept_a_moment
def team_calendar() -> Calendar:
    """The team's, as it was some seconds ago."""
    return load_team_calendar()


def _business(start: dt.datetime, days: int, calendar: Calendar, verb: str) -> Deadline:
    due: Due = add_business_days(start, days, calendar)
    return Deadline(due.at, say_arithmetic(start, due, calendar, verb=verb))


def _plain(start: dt.datetime, span: dt.timedelta, words: str) -> Deadline:
    return Deadline(start + span, words)


def start_offer_clocks(offered_at: dt.datetime, calendar: Calendar) -> OfferClocks:
    """The response SLA in the partner's business time, its first reminder a business day before, and the expiry."""
    days = settings.RESPONSE_SLA_BUSINESS_DAYS
    respond = _business(offered_at, days, calendar, "received")
    remind = add_business_days(offered_at, max(days - 1, 0), calendar).at
    return OfferClocks(respond.at, respond.why, remind, expiry_due(offered_at).at)


def expiry_due(offered_at: dt.datetime) -> Deadline:
    """Exactly seven days, in hours: no calendar moves it."""
    return Deadline(offered_at + dt.timedelta(hours=settings.OFFER_EXPIRY_HOURS), EXPIRY_WHY)


def next_reminder(
    now: dt.datetime, respond_by: dt.datetime, expires_at: dt.datetime, calendar: Calendar
) -> dt.datetime | None:
    """The reminder after this one: when the answer becomes late, then within the last day. Always in working hours."""
    last = next_opening(expires_at - WARN_BEFORE, calendar)
    return next((at for at in sorted((respond_by, last)) if now < at < expires_at), None)


def determination_due(accepted_at: dt.datetime, calendar: Calendar) -> Deadline:
    return _business(accepted_at, settings.DETERMINATION_DUE_BUSINESS_DAYS, calendar, "accepted")


def progress_due(now: dt.datetime) -> Deadline:
    days = settings.PROGRESS_CHECK_DAYS
    return _plain(now, dt.timedelta(days=days), f"{days} days after the last progress check")


def customer_due(now: dt.datetime) -> Deadline:
    return _business(now, settings.CUSTOMER_ANSWER_BUSINESS_DAYS, team_calendar(), "asked")


def team_due(now: dt.datetime) -> Deadline:
    return _business(now, settings.TEAM_REVIEW_BUSINESS_DAYS, team_calendar(), "received")


def retry_due(now: dt.datetime, days: int) -> Deadline:
    return _plain(now, dt.timedelta(days=days), f"{days} days after the decline")


def unreachable_due(now: dt.datetime) -> Deadline:
    days = settings.UNREACHABLE_ANSWER_DAYS
    return _plain(now, dt.timedelta(days=days), f"{days} days after the email to the requester")


def unreachable_close(now: dt.datetime) -> Deadline:
    days = settings.UNREACHABLE_HOLD_DAYS
    return _plain(now, dt.timedelta(days=days), f"{days} days on hold without an answer")


def take_up_again(then: dt.datetime, stopped_at: dt.datetime, now: dt.datetime, calendar: Calendar) -> Deadline:
    """A business deadline whose clock stood still: the working time that was left then is left now."""
    due = add_business_time(now, business_time(stopped_at, then, calendar), calendar)
    return Deadline(due.at, say_arithmetic(now, due, calendar, verb="taken up again"))


def mail_time(now: dt.datetime, zone: str) -> dt.datetime:
    """Nobody is mailed at night: now, or the next morning of that zone."""
    return next_waking(now, zone)


def personal_mail_time(now: dt.datetime, zone: str, begins: dt.time, ends: dt.time) -> dt.datetime:
    """Now, or when the person's own hours for mail begin again."""
    return next_waking(now, zone, wakes=begins, sleeps=ends)


def next_daily(now: dt.datetime, zone: str, at: dt.time) -> dt.datetime:
    """The next instant after ``now`` at which clocks of the zone show ``at``."""
    local = now.astimezone(zoneinfo.ZoneInfo(zone))
    today = dt.datetime.combine(local.date(), at, local.tzinfo).astimezone(dt.UTC)
    if today > now:
        return today
    return dt.datetime.combine(local.date() + dt.timedelta(days=1), at, local.tzinfo).astimezone(dt.UTC)
