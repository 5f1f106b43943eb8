"""Business time in a partner's own zone. Pure: opening hours and closed days come in as data."""

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
LONGEST_SEARCH_DAYS = 400
LONGEST_SPELLED_OUT = 14
LONGEST_LISTED = 3
NOTHING, MINUTE, DAY = dt.timedelta(0), dt.timedelta(minutes=1), dt.timedelta(days=1)

CLOSED = "closed"
AFTER_HOURS = "after hours"
PLAIN_DAYS = f"no working time within {LONGEST_SEARCH_DAYS} days: plain days are counted"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A zone, the hours and weekdays worked there, and the days that are closed, each with its reason.

    Raises:
        ValueError: it closes before it opens.
    """

    zone: str = "UTC"
    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(17)
    weekdays: frozenset[int] = WORKDAYS
    closed_on: Mapping[dt.date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise ValueError(f"A calendar closes after it opens, not at {self.closes} after {self.opens}.")

    @property
    def nominal_day(self) -> dt.timedelta:
        """What one business day is worth, read off the clock on the wall."""
        return dt.datetime.combine(dt.date.min, self.closes) - dt.datetime.combine(dt.date.min, self.opens)

    def why_closed(self, day: dt.date) -> str:
        """Why nobody works on a day; empty on a working day."""
        if day.weekday() not in self.weekdays:
            return CLOSED
        if day not in self.closed_on:
            return ""
        reason = self.closed_on[day]
        return f"{CLOSED} ({reason})" if reason else CLOSED

    def window(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """Opening and closing on a day, as UTC instants."""
        zone = zoneinfo.ZoneInfo(self.zone)
        opens, closes = (dt.datetime.combine(day, time, zone) for time in (self.opens, self.closes))
        return opens.astimezone(dt.UTC), closes.astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One local day that was looked at: the working time counted on it, or why none was."""

    day: dt.date
    counted: dt.timedelta
    why: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A UTC instant, and the days that led to it."""

    at: dt.datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    day: dt.date
    begins: dt.datetime
    ends: dt.datetime
    why: str


def add_business_days(start: dt.datetime, days: int, calendar: Calendar) -> Due:
    """The instant by which ``days`` nominal days of working time have passed since ``start``.

    Outside of working time the counting begins at the next opening; what ends at a closing is due then.
    Where 400 days in a row have no working time, what is left is counted in plain days of 24 hours.
    """
    return add_business_time(start, max(days, 0) * calendar.nominal_day, calendar)


def business_time(start: dt.datetime, end: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """The working time between two instants; nothing when ``end`` comes first."""
    found = NOTHING
    for span in _spans(start.astimezone(dt.UTC), calendar):
        if span.begins >= end:
            break
        found += NOTHING if span.why else min(span.ends, end) - span.begins
    return found


def add_business_time(start: dt.datetime, length: dt.timedelta, calendar: Calendar) -> Due:
    """As ``add_business_days``, for any length of working time."""
    at, left = start.astimezone(dt.UTC), length
    steps: list[Step] = []
    worked_until = 0
    for span in _spans(at, calendar):
        counted = min(left, span.ends - span.begins)
        steps.append(Step(span.day, counted, span.why))
        if not span.why:
            at, left, worked_until = span.begins + counted, left - counted, len(steps)
            if not left:
                return Due(at, tuple(steps))
    plain = Step(steps[worked_until].day, NOTHING, PLAIN_DAYS)
    return Due(at + left / calendar.nominal_day * DAY, (*steps[:worked_until], plain))


def next_opening(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """``at`` during working time, else the next opening; ``at`` as well where none comes within 400 days."""
    at = at.astimezone(dt.UTC)
    return next((span.begins for span in _spans(at, calendar) if not span.why), at)


def next_waking(
    at: dt.datetime, zone: str, *, wakes: dt.time = dt.time(8), sleeps: dt.time = dt.time(20)
) -> dt.datetime:
    """``at`` by day, else the next morning in the zone: nobody is mailed at night."""
    return next_opening(at, Calendar(zone, wakes, sleeps, EVERY_DAY))


def _spans(at: dt.datetime, calendar: Calendar) -> Iterator[_Span]:
    """Each local day with what is left of its working time after ``at``; ends after 400 days without any."""
    day = last_worked = _first_day(at, calendar)
    while (day - last_worked).days <= LONGEST_SEARCH_DAYS:
        opens, closes = calendar.window(day)
        begins = max(at, opens)
        why = calendar.why_closed(day) or (AFTER_HOURS if closes <= begins else "")
        yield _Span(day, begins, begins if why else closes, why)
        if not why:
            at, last_worked = closes, day
        day += DAY


def _first_day(at: dt.datetime, calendar: Calendar) -> dt.date:
    """The local day, or the one before while clocks put forward past midnight keep that one open."""
    day = at.astimezone(zoneinfo.ZoneInfo(calendar.zone)).date()
    yesterday = day - DAY
    still_open = not calendar.why_closed(yesterday) and at < calendar.window(yesterday)[1]
    return yesterday if still_open else day


def say_arithmetic(start: dt.datetime, due: Due, calendar: Calendar, verb: str = "received") -> str:
    """One line for people: from when, what each day counted for, and until when, in the calendar's zone."""
    zone = zoneinfo.ZoneInfo(calendar.zone)
    steps, long = _whole_minutes(due.steps), len(due.steps) > LONGEST_SPELLED_OUT

    def sort(step: Step) -> object:
        return step.why or (long and step.counted == calendar.nominal_day) or step.day

    groups = [list(group) for _, group in itertools.groupby(steps, key=sort)]
    counting = ", ".join(_say_group(group, dated=long) for group in groups)
    return f"{verb} {_say_instant(start, zone)}; {counting}; due {_say_instant(due.at, zone)}"


def _whole_minutes(steps: tuple[Step, ...]) -> list[Step]:
    """The steps in minutes that still add up, for instants shown without their seconds."""
    sums = itertools.accumulate((step.counted for step in steps), initial=NOTHING)
    minutes = itertools.pairwise(-(-total // MINUTE) for total in sums)
    return [replace(step, counted=(b - a) * MINUTE) for step, (a, b) in zip(steps, minutes, strict=True)]


def _say_group(steps: list[Step], *, dated: bool) -> str:
    """Days closed for one reason, full days in a row, or one day."""
    first = steps[0]
    if first.why == PLAIN_DAYS:
        return PLAIN_DAYS
    counted = f"{len(steps)} days" if len(steps) > 1 else _say_length(first.counted)
    return f"{_say_days([step.day for step in steps], dated=dated)} {first.why or counted}"


def _say_days(days: list[dt.date], *, dated: bool) -> str:
    first, last = days[0], days[-1]
    if not dated and len(days) <= LONGEST_LISTED:
        return ", ".join(f"{day:%a}" for day in days)
    if first == last:
        return _say_day(first)
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{f'{first:%a} {first.day}' if same_month else _say_day(first)} – {_say_day(last)}"


def _say_day(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _say_instant(at: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{_say_day(local)} {local:%H:%M} {local:%Z}"


def _say_length(length: dt.timedelta) -> str:
    hours, minutes = divmod(length // MINUTE, 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0 or not hours)
    return " ".join(parts)
