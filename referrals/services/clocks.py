"""When things are due. Instants are computed once, from the settings and calendar of that moment, and stored."""

import datetime as dt

from django.conf import settings

from partners.domain.calendars import Calendar, add_business_days

TEAM_CALENDAR = Calendar("UTC")


def response_due(offered_at: dt.datetime, calendar: Calendar) -> dt.datetime:
    return add_business_days(offered_at, settings.RESPONSE_SLA_BUSINESS_DAYS, calendar)


def expiry_due(offered_at: dt.datetime) -> dt.datetime:
    """Exactly seven times 24 hours, whatever the calendar says."""
    return offered_at + dt.timedelta(hours=settings.OFFER_EXPIRY_HOURS)


def determination_due(accepted_at: dt.datetime, calendar: Calendar) -> dt.datetime:
    return add_business_days(accepted_at, settings.DETERMINATION_DUE_BUSINESS_DAYS, calendar)


def progress_due(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=settings.PROGRESS_CHECK_DAYS)


def customer_due(now: dt.datetime) -> dt.datetime:
    return add_business_days(now, settings.CUSTOMER_ANSWER_BUSINESS_DAYS, TEAM_CALENDAR)


def team_due(now: dt.datetime) -> dt.datetime:
    return add_business_days(now, settings.TEAM_REVIEW_BUSINESS_DAYS, TEAM_CALENDAR)


def retry_due(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=settings.RETRY_LATER_DAYS)
