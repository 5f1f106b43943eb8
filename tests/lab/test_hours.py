"""Working time in a simulation: counted as the calendars count it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.domain.hours import AROUND_THE_CLOCK, DAY, FAR, HOUR, Hours, office_hours
from lab.working import read_hours
from partners.domain.calendars import add_business_time, business_time
from partners.models import Closure
from partners.services.working_hours import load_calendar
from tests import world
from tests.world import NOW

MINUTE = dt.timedelta(minutes=1)
WEEK = office_hours(range(14))


@pytest.mark.parametrize(
    ("begin", "length", "end"),
    [
        (0, 60, 10 * HOUR),
        (9 * HOUR, 8 * HOUR, 17 * HOUR),
        (16 * HOUR, 2 * HOUR, DAY + 10 * HOUR),
        (4 * DAY + 16 * HOUR, 2 * HOUR, 7 * DAY + 10 * HOUR),
        (11 * DAY + 17 * HOUR, 5, FAR),
        (11 * DAY + 10 * HOUR, 8 * HOUR, FAR),
    ],
)
def test_working_time_goes_on_at_the_next_opening(begin: int, length: int, end: int) -> None:
    assert WEEK.after(begin, length) == end


@given(st.integers(0, 13 * DAY), st.integers(1, 40 * HOUR))
def test_so_much_is_worked_until_then_and_not_before(begin: int, length: int) -> None:
    end = WEEK.after(begin, length)
    if WEEK.between(begin, 14 * DAY) >= length:
        assert WEEK.between(begin, end) == length
        assert WEEK.between(begin, end - 1) == length - 1
    assert AROUND_THE_CLOCK.between(begin, begin + length) == length
    assert Hours((), DAY).between(begin, end) == 0


@pytest.mark.django_db
def test_hours_of_partners_are_those_of_their_calendars() -> None:
    here = world.make_partner("Contoso", time_zone="Europe/Berlin", calendar_country="DE")
    there = world.make_partner("Fabrikam", time_zone="Asia/Tokyo", half_days=[5], half_day_closes_at=dt.time(12))
    Closure.objects.create(partner=there, starts_on=NOW.date(), ends_on=NOW.date() + dt.timedelta(days=1))
    since, until = NOW - dt.timedelta(days=60), NOW + dt.timedelta(days=60)  # clocks change within
    hours = read_hours({here.pk, there.pk}, since, until)
    for partner in (here, there):
        calendar = load_calendar(partner)
        assert hours[partner.pk].day == 8 * HOUR
        for place in range(0, 120 * DAY, 7 * HOUR + 13):
            begin = since + place * MINUTE
            worked = business_time(since, begin, calendar) // MINUTE
            assert hours[partner.pk].between(0, place) == worked
            end = add_business_time(begin, 90 * MINUTE, calendar).at
            assert since + hours[partner.pk].after(place, 90) * MINUTE == end
