"""How due dates are explained to people, and where the names of closed days come from."""

import datetime as dt

import pytest

from partners.domain.calendars import EVERY_DAY, PLAIN_DAYS, Calendar, add_business_days, say_arithmetic
from partners.models import Partner
from partners.services.holiday_calendars import holiday_calendar
from partners.services.working_hours import build_calendar, load_calendar
from tests import world

SUMMER = {dt.date(2026, 8, day): "summer break" for day in range(3, 8)}
BERLIN = Calendar(
    "Europe/Berlin", closed_on={dt.date(2026, 4, 3): "Good Friday", dt.date(2026, 4, 6): "Easter Monday", **SUMMER}
)
NIGHT = Calendar("Europe/Berlin", dt.time(0), dt.time(8), EVERY_DAY)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "said"),
    [
        (
            BERLIN,
            "2026-04-02T14:40+00:00",
            2,
            (
                "received Thu 2 Apr 16:40 CEST; Thu 20 min, Fri closed (Good Friday), Sat, Sun closed,"
                " Mon closed (Easter Monday), Tue 8 h, Wed 7 h 40 min; due Wed 8 Apr 16:40 CEST"
            ),
        ),
        (
            BERLIN,  # seconds are not shown, and what is shown adds up
            "2026-03-31T14:40:30.5+00:00",
            2,
            "received Tue 31 Mar 16:40 CEST; Tue 20 min, Wed 8 h, Thu 7 h 40 min; due Thu 2 Apr 16:40 CEST",
        ),
        (
            BERLIN,
            "2026-04-03T18:00+00:00",
            0,
            (
                "received Fri 3 Apr 20:00 CEST; Fri closed (Good Friday), Sat, Sun closed, Mon closed (Easter Monday),"
                " Tue 0 min; due Tue 7 Apr 09:00 CEST"
            ),
        ),
        (
            BERLIN,
            "2026-07-31T18:00+00:00",
            1,
            (
                "received Fri 31 Jul 20:00 CEST; Fri after hours, Sat, Sun closed,"
                " Mon 3 – Fri 7 Aug closed (summer break), Sat, Sun closed, Mon 8 h; due Mon 10 Aug 17:00 CEST"
            ),
        ),
        (
            BERLIN,
            "2026-11-06T15:00+00:00",
            11,
            (
                "received Fri 6 Nov 16:00 CET; Fri 6 Nov 1 h, Sat 7 – Sun 8 Nov closed, Mon 9 – Fri 13 Nov 5 days,"
                " Sat 14 – Sun 15 Nov closed, Mon 16 – Fri 20 Nov 5 days, Sat 21 – Sun 22 Nov closed,"
                " Mon 23 Nov 7 h; due Mon 23 Nov 16:00 CET"
            ),
        ),
        (
            NIGHT,  # a short day is not summed as a full one; a month changes
            "2026-03-20T23:00+00:00",
            15,
            (
                "received Sat 21 Mar 00:00 CET; Sat 21 – Sat 28 Mar 8 days, Sun 29 Mar 7 h,"
                " Mon 30 Mar – Sat 4 Apr 6 days, Sun 5 Apr 1 h; due Sun 5 Apr 01:00 CEST"
            ),
        ),
        (
            Calendar("Asia/Kathmandu", weekdays=frozenset()),
            "2026-12-30T12:00+00:00",
            2,
            f"received Wed 30 Dec 17:45 +0545; {PLAIN_DAYS}; due Fri 1 Jan 17:45 +0545",
        ),
    ],
)
def test_arithmetic_in_one_line(calendar: Calendar, start: str, days: int, said: str) -> None:
    instant = dt.datetime.fromisoformat(start)
    assert say_arithmetic(instant, add_business_days(instant, days, calendar), calendar) == said


def test_arithmetic_begins_with_what_happened() -> None:
    start = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    said = say_arithmetic(start, add_business_days(start, 1, Calendar()), Calendar(), verb="accepted")
    assert said == "accepted Mon 23 Nov 10:00 UTC; Mon 7 h, Tue 1 h; due Tue 24 Nov 10:00 UTC"


def test_public_holidays_of_a_country_and_of_nowhere() -> None:
    this_year = dt.datetime.now(tz=dt.UTC).year
    assert holiday_calendar("DE").closed[dt.date(this_year, 12, 25)] == "Christmas Day"
    assert "Easter Monday" in holiday_calendar("DE").closed.values()
    assert not holiday_calendar("").closed
    assert not holiday_calendar("XX").closed


def test_closures_are_named_by_their_reason() -> None:
    year = dt.datetime.now(tz=dt.UTC).year
    closures = [
        (dt.date(year, 12, 24), dt.date(year, 12, 25), "Stocktaking", False),
        (dt.date(year, 7, 1), dt.date(year, 7, 1), "", False),
        (dt.date(year + 2, 1, 2), dt.date(year + 20, 1, 1), "Sabbatical", False),
    ]
    calendar = build_calendar(Partner(time_zone="Europe/Berlin", calendar_country="DE"), closures)
    assert calendar.zone == "Europe/Berlin"
    assert calendar.closed_on[dt.date(year, 12, 24)] == calendar.closed_on[dt.date(year, 12, 25)] == "Stocktaking"
    assert calendar.closed_on[dt.date(year, 12, 26)] == "Second Day of Christmas"
    assert calendar.closed_on[dt.date(year, 7, 1)] == "own closure"
    assert sum(reason == "Sabbatical" for reason in calendar.closed_on.values()) == 400


@pytest.mark.django_db
def test_calendar_of_a_stored_partner() -> None:
    partner = world.make_partner()
    partner.closures.create(starts_on=dt.date(2026, 11, 24), ends_on=dt.date(2026, 11, 24), reason="Moving house")
    assert load_calendar(partner).closed_on[dt.date(2026, 11, 24)] == "Moving house"
