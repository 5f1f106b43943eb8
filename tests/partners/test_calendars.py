"""Business time in a partner's zone, across nights, weekends, holidays and daylight saving."""

import datetime as dt
import zoneinfo
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.domain.calendars import (
    AFTER_HOURS,
    EVERY_DAY,
    PLAIN_DAYS,
    Calendar,
    Due,
    Step,
    add_business_days,
    add_business_time,
    next_opening,
    next_waking,
)
from tests.partners.calendar_oracle import CALENDARS, EASTER, FEASTS, SUMMER, SUNDAY_TO_THURSDAY, find_wrong

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

BERLIN = Calendar("Europe/Berlin", closed_on={dt.date(2026, 4, 3): "Good Friday", dt.date(2026, 4, 6): "Easter Monday"})
RIYADH = Calendar("Asia/Riyadh", weekdays=SUNDAY_TO_THURSDAY)
SHORT = Calendar("Asia/Tokyo", dt.time(10), dt.time(14))
NEVER = Calendar("Europe/Berlin", weekdays=frozenset())
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def at(text: str, zone: str = "UTC") -> dt.datetime:
    """An instant from the clock on the wall of a zone."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)


def night(zone: str) -> Calendar:
    return Calendar(zone, dt.time(0), dt.time(8), EVERY_DAY)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "due"),
    [
        pytest.param(Calendar(), "2026-11-23T10:00", 2, "2026-11-25T10:00", id="Monday to Wednesday"),
        pytest.param(Calendar(), "2026-11-26T16:40", 2, "2026-11-30T16:40", id="over a weekend"),
        pytest.param(Calendar(), "2026-11-28T10:00", 2, "2026-12-01T17:00", id="a Saturday counts from Monday"),
        pytest.param(Calendar(), "2026-11-23T20:00", 1, "2026-11-24T17:00", id="an evening counts from the morning"),
        pytest.param(Calendar(), "2026-11-23T03:00", 1, "2026-11-23T17:00", id="a night counts from the morning"),
        pytest.param(Calendar(), "2026-11-23T09:00", 1, "2026-11-23T17:00", id="a day ends at its closing"),
        pytest.param(Calendar(), "2026-11-23T17:00", 1, "2026-11-24T17:00", id="nothing counts at closing"),
        pytest.param(Calendar(), "2026-11-23T10:00:00.000007", 1, "2026-11-24T10:00:00.000007", id="microseconds"),
        pytest.param(Calendar(), "2026-11-23T10:00", 0, "2026-11-23T10:00", id="no days by day"),
        pytest.param(Calendar(), "2026-11-27T17:00", 0, "2026-11-30T09:00", id="no days by night"),
        pytest.param(Calendar(), "2026-11-23T10:00", -1, "2026-11-23T10:00", id="less than no days"),
        pytest.param(Calendar(), "2026-01-30T10:00", 1, "2026-02-02T10:00", id="a month's end"),
        pytest.param(Calendar(), "2028-02-28T10:00", 2, "2028-03-01T10:00", id="29 February"),
        pytest.param(Calendar(), "2026-12-31T10:00", 2, "2027-01-04T10:00", id="a year's end"),
        pytest.param(BERLIN, "2026-04-02T16:40", 2, "2026-04-08T16:40", id="Easter"),
        pytest.param(BERLIN, "2026-04-03T10:00", 1, "2026-04-07T17:00", id="a start on Good Friday"),
        pytest.param(BERLIN, "2026-03-27T13:00", 2, "2026-03-31T13:00", id="clocks change at night in Berlin"),
        pytest.param(night("Europe/Berlin"), "2026-03-28T04:00", 2, "2026-03-30T05:00", id="spring in Berlin"),
        pytest.param(night("Europe/Berlin"), "2026-10-24T04:00", 2, "2026-10-26T03:00", id="autumn in Berlin"),
        pytest.param(night("America/New_York"), "2026-03-07T04:00", 2, "2026-03-09T05:00", id="spring in New York"),
        pytest.param(night("America/New_York"), "2026-10-31T04:00", 2, "2026-11-02T03:00", id="autumn in New York"),
        pytest.param(night("Australia/Lord_Howe"), "2026-10-03T04:00", 2, "2026-10-05T04:30", id="spring, Lord Howe"),
        pytest.param(night("Australia/Lord_Howe"), "2026-04-04T04:00", 2, "2026-04-06T03:30", id="autumn, Lord Howe"),
        pytest.param(Calendar("Asia/Kolkata"), "2026-11-24T01:30", 1, "2026-11-24T17:00", id="half hours from UTC"),
        pytest.param(Calendar("Asia/Kathmandu"), "2026-11-24T16:45", 1, "2026-11-25T16:45", id="quarters from UTC"),
        pytest.param(RIYADH, "2026-11-26T12:00", 1, "2026-11-29T12:00", id="Sunday follows Thursday"),
        pytest.param(SHORT, "2026-11-23T13:00", 2, "2026-11-25T13:00", id="short days"),
        pytest.param(SHORT, "2026-11-23T09:00", 2, "2026-11-24T14:00", id="short days before opening"),
    ],
)
def test_due_at_a_local_time(calendar: Calendar, start: str, days: int, due: str) -> None:
    assert add_business_days(at(start, calendar.zone), days, calendar).at == at(due, calendar.zone)


def test_steps_name_what_counted_and_what_did_not() -> None:
    due = add_business_days(at("2026-04-01T18:00", "Europe/Berlin"), 2, BERLIN)
    assert due == Due(
        at("2026-04-07T17:00", "Europe/Berlin"),
        (
            Step(dt.date(2026, 4, 1), dt.timedelta(0), AFTER_HOURS),
            Step(dt.date(2026, 4, 2), 8 * HOUR),
            Step(dt.date(2026, 4, 3), dt.timedelta(0), "closed (Good Friday)"),
            Step(dt.date(2026, 4, 4), dt.timedelta(0), "closed"),
            Step(dt.date(2026, 4, 5), dt.timedelta(0), "closed"),
            Step(dt.date(2026, 4, 6), dt.timedelta(0), "closed (Easter Monday)"),
            Step(dt.date(2026, 4, 7), 8 * HOUR),
        ),
    )


def test_closed_day_without_a_reason() -> None:
    calendar = Calendar(closed_on={dt.date(2026, 11, 23): ""})
    assert add_business_days(at("2026-11-23T10:00"), 0, calendar).steps[0].why == "closed"


@pytest.mark.parametrize("calendar", [NEVER, replace(NEVER, weekdays=frozenset({7}))])
def test_without_working_days_plain_days_are_counted(calendar: Calendar) -> None:
    start = at("2026-11-23T10:00:00.000007")
    assert add_business_days(start, 2, calendar) == Due(
        start + 2 * DAY, (Step(dt.date(2026, 11, 23), dt.timedelta(0), PLAIN_DAYS),)
    )
    assert next_opening(start, calendar) == start


@pytest.mark.parametrize(("closed_days", "opens_again"), [(399, True), (400, False)])
def test_400_days_are_looked_at_and_what_is_left_is_plain(closed_days: int, opens_again: bool) -> None:
    start = at("2026-11-23T13:00")
    closed = {start.date() + DAY * (day + 1): "away" for day in range(closed_days)}
    calendar = Calendar(weekdays=EVERY_DAY, closed_on=closed)
    due = add_business_days(start, 1, calendar)
    assert due.at == (start + 400 * DAY if opens_again else at("2026-11-24T05:00"))  # half a day after 17:00
    assert [step.why for step in due.steps if step.why not in {"", "closed (away)"}] == [PLAIN_DAYS] * (not opens_again)
    assert len(due.steps) == (401 if opens_again else 2)


def test_late_start_is_never_due_before_an_early_one_however_far_the_next_opening() -> None:
    day = dt.date(2026, 11, 23)
    for closed_days in (399, 400, 401):
        calendar = Calendar(weekdays=EVERY_DAY, closed_on={day + DAY * (n + 1): "away" for n in range(closed_days)})
        starts = [at("2026-11-23T00:00") + HOUR * hour for hour in range(72)]
        dues = [add_business_days(start, 2, calendar).at for start in starts]
        assert dues == sorted(dues)


def test_opening_within_an_hour_that_does_not_exist_or_exists_twice() -> None:
    calendar = Calendar("Europe/Berlin", dt.time(2, 30), dt.time(6), EVERY_DAY)
    assert next_opening(at("2026-03-28T23:00"), calendar) == at("2026-03-29T01:00")  # 02:30 is over when it is 03:00
    assert next_opening(at("2026-10-24T23:00"), calendar) == at("2026-10-25T00:30")  # the first of the two
    again = at("2026-10-25T01:10")  # 02:10 once more, behind 02:30 to 03:00
    assert next_opening(again, calendar) == at("2026-10-25T01:30")
    assert calendar.windows(dt.date(2026, 10, 25))[0] == (at("2026-10-25T00:30"), at("2026-10-25T01:00"))
    skipped = replace(calendar, closes=dt.time(3))
    assert next_opening(at("2026-03-28T23:00"), skipped) == at("2026-03-30T02:30", "Europe/Berlin")


def test_clocks_put_forward_past_midnight_end_the_day_before() -> None:
    calendar = Calendar("America/Nuuk", dt.time(20), dt.time(23, 30), frozenset({5}))
    start = at("2026-03-29T01:10")  # Sunday 00:10 there: Saturday went from 23:00 to Sunday
    assert next_opening(start, calendar) == at("2026-04-04T20:00", calendar.zone)


def test_clocks_put_back_at_midnight_open_the_evening_again() -> None:
    calendar = Calendar("Africa/Cairo", dt.time(20), dt.time(23, 30), EVERY_DAY)
    windows = calendar.windows(dt.date(2026, 10, 29))  # at 24:00 it was 23:00 again
    assert windows == (
        (at("2026-10-29T17:00"), at("2026-10-29T20:30")),
        (at("2026-10-29T21:00"), at("2026-10-29T21:30")),
    )
    due = add_business_time(at("2026-10-29T20:00"), dt.timedelta(minutes=45), calendar)
    assert due.at == at("2026-10-29T21:15")
    assert [step.counted for step in due.steps] == [dt.timedelta(minutes=45)]


def test_day_that_a_zone_left_out_is_not_counted_twice() -> None:
    calendar = Calendar("Pacific/Apia", weekdays=EVERY_DAY)  # 30 December 2011 did not exist
    due = add_business_days(at("2011-12-29T12:00", calendar.zone), 2, calendar)
    assert due.at == at("2012-01-01T12:00", calendar.zone)


@pytest.mark.parametrize(
    ("zone", "start", "waking"),
    [
        ("Europe/Berlin", "2026-11-23T07:59", "2026-11-23T08:00"),
        ("Europe/Berlin", "2026-11-23T08:00", "2026-11-23T08:00"),
        ("Europe/Berlin", "2026-11-28T19:59:59.999999", "2026-11-28T19:59:59.999999"),
        ("Europe/Berlin", "2026-11-28T20:00", "2026-11-29T08:00"),
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29T08:00"),
        ("Asia/Kathmandu", "2026-11-23T03:15", "2026-11-23T08:00"),
        ("America/New_York", "2026-12-31T22:00", "2027-01-01T08:00"),
    ],
)
def test_nobody_is_mailed_at_night(zone: str, start: str, waking: str) -> None:
    assert next_waking(at(start, zone), zone) == at(waking, zone)


def test_waking_hours_can_be_others() -> None:
    start = at("2026-11-23T07:00")
    assert next_waking(start, "UTC", wakes=dt.time(6), sleeps=dt.time(7)) == start + 23 * HOUR


def test_calendar_closes_after_it_opens_and_can_be_hashed() -> None:
    with pytest.raises(ValueError, match="closes after it opens"):
        Calendar("UTC", dt.time(9), dt.time(9))
    assert hash(BERLIN) == hash(replace(BERLIN))


instants = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2029, 1, 1), timezones=st.just(dt.UTC))
zones = st.sampled_from(sorted({calendar.zone for calendar in CALENDARS.values()} | {"America/Nuuk", "Africa/Cairo"}))
hours = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1]).map(sorted)
closings = st.dictionaries(st.dates(dt.date(2026, 1, 1), dt.date(2029, 3, 1)), st.text(max_size=5), max_size=20)
calendars = st.builds(
    lambda zone, hours, weekdays, closed: Calendar(
        zone, hours[0], hours[1], weekdays, EASTER | FEASTS | SUMMER | closed
    ),
    zones,
    hours,
    st.frozensets(st.integers(0, 6), min_size=1),
    closings,
)
numbers = st.integers(0, 12)


@settings(max_examples=300, deadline=None)
@given(instants, st.timedeltas(dt.timedelta(0), 9 * DAY), numbers, numbers, calendars)
def test_laws(start: dt.datetime, later: dt.timedelta, days: int, more: int, calendar: Calendar) -> None:
    due = add_business_days(start, days, calendar)
    assert start <= due.at <= add_business_days(start + later, days, calendar).at
    longer = add_business_days(start, days + more, calendar)
    assert due.at <= longer.at
    if more:
        assert add_business_days(due.at, more, calendar).at == longer.at
    assert sum((step.counted for step in due.steps), dt.timedelta(0)) == days * calendar.nominal_day
    assert all(step.why == "" or not step.counted for step in due.steps)
    first, last = due.steps[0].day, due.steps[-1].day
    assert [step.day for step in due.steps] == [first + DAY * number for number in range((last - first).days + 1)]
    assert any(opens <= due.at <= closes for opens, closes in calendar.windows(last))
    assert last.weekday() in calendar.weekdays
    assert last not in calendar.closed_on
    assert add_business_days(start, 0, calendar).at == next_opening(start, calendar)
    assert next_opening(next_opening(start, calendar), calendar) == next_opening(start, calendar)


@pytest.mark.parametrize("name", CALENDARS)
def test_nothing_differs_from_the_oracle(name: str) -> None:
    wrong = find_wrong(lambda start, days, calendar: add_business_days(start, days, calendar).at, name, 8_400)
    assert not list(wrong)


def count_in_utc(start: dt.datetime, days: int, calendar: Calendar) -> dt.datetime:
    return add_business_days(start, days, replace(calendar, zone="UTC")).at


def subtract_closed_days(start: dt.datetime, days: int, calendar: Calendar) -> dt.datetime:
    """Every day uses up one of the days, closed or not."""
    return add_business_days(start, days, replace(calendar, weekdays=EVERY_DAY, closed_on={})).at


def count_on_the_wall(start: dt.datetime, days: int, calendar: Calendar) -> dt.datetime:
    """As though clocks never changed."""
    zone = zoneinfo.ZoneInfo(calendar.zone)
    wall = start.astimezone(zone).replace(tzinfo=dt.UTC)
    return add_business_days(wall, days, replace(calendar, zone="UTC")).at.replace(tzinfo=zone).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("count", "name"),
    [
        (count_in_utc, "office in Berlin"),
        (count_in_utc, "office in Kolkata"),
        (subtract_closed_days, "office in UTC"),
        (subtract_closed_days, "night shift in Berlin"),
        (count_on_the_wall, "night shift in Berlin"),
        (count_on_the_wall, "night shift on Lord Howe"),
    ],
)
def test_control_wrong_countings_are_found(count, name: str) -> None:
    assert list(find_wrong(count, name, 1_000))
