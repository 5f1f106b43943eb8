"""Business days in a partner's zone, across weekends, holidays and daylight saving."""

import datetime as dt

import pytest

from partners.domain.calendars import Calendar, add_business_days
from partners.services.availability import public_holidays


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "days", "zone", "due"),
    [
        ("2026-11-23T10:00+00:00", 2, "UTC", "2026-11-25T10:00+00:00"),
        ("2026-11-26T16:40+00:00", 2, "UTC", "2026-11-30T16:40+00:00"),  # Thursday to Monday
        ("2026-11-28T10:00+00:00", 2, "UTC", "2026-12-02T00:00+00:00"),  # Saturday counts from Monday's beginning
        ("2026-03-27T12:00+00:00", 2, "Europe/Berlin", "2026-03-31T11:00+00:00"),  # 13:00 local on both sides
        ("2026-11-23T20:00+00:00", 1, "Asia/Kolkata", "2026-11-24T20:00+00:00"),  # already Tuesday there
    ],
)
def test_add_business_days(start: str, days: int, zone: str, due: str) -> None:
    assert add_business_days(at(start), days, Calendar(zone)) == at(due)


def test_closed_days_do_not_count() -> None:
    calendar = Calendar("Europe/London", frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 28)}))
    assert add_business_days(at("2026-12-24T09:00+00:00"), 2, calendar) == at("2026-12-30T09:00+00:00")


def test_public_holidays_of_a_country_and_of_nowhere() -> None:
    assert any(day.month == 12 and day.day == 25 for day in public_holidays("GB"))
    assert public_holidays("") == frozenset()
    assert public_holidays("XX") == frozenset()


def test_calendar_without_business_days_still_answers() -> None:
    start = at("2026-11-23T10:00+00:00")
    closed = frozenset(start.date() + dt.timedelta(days=day) for day in range(1, 500))
    assert add_business_days(start, 1, Calendar("UTC", closed)) > start
