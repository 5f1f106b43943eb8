"""Business time in a partner's own zone. Pure: opening hours and closed days come in as data."""

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
LONGEST_SEARCH_DAYS = 400
LONGEST_SPELLED_OUT = 14
LONGEST_LISTED = 3
NOTHING, SECOND, MINUTE = dt.timedelta(0), dt.timedelta(seconds=1), dt.timedelta(minutes=1)
QUARTER, DAY = dt.timedelta(minutes=15), dt.timedelta(days=1)

CLOSED = "closed"
HALF_DAY = "half day"
MAKE_UP = "make-up working day"
AFTER_HOURS = "after hours"
PLAIN_DAYS = f"no working time within {LONGEST_SEARCH_DAYS} days: plain days are counted"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A zone, the hours and weekdays worked there, and the days that are closed, each with its reason.

    Half days, by weekday or by date with their reason, end at ``half_closes``, where that is given. ``worked_on`` are
    days on which people work although the weekday is free.

    Raises:
        ValueError: it closes before it opens, on half days or others.
    """

    zone: str = "UTC"
    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(17)
    weekdays: frozenset[int] = WORKDAYS
    closed_on: Mapping[dt.date, str] = field(default_factory=dict, hash=False)
    half_closes: dt.time | None = None
    half_weekdays: frozenset[int] = frozenset()
    half_on: Mapping[dt.date, str] = field(default_factory=dict, hash=False)
    worked_on: frozenset[dt.date] = field(default=frozenset(), hash=False)

    def __post_init__(self) -> None:
        for closes in filter(None, (self.closes, self.half_closes)):
            if closes <= self.opens:
                raise ValueError(f"A calendar closes after it opens, not at {closes} after {self.opens}.")

    @property
    def nominal_day(self) -> dt.timedelta:
        """What one business day is worth, read off the clock on the wall."""
        return dt.datetime.combine(dt.date.min, self.closes) - dt.datetime.combine(dt.date.min, self.opens)

    def why_closed(self, day: dt.date) -> str:
        """Why nobody works on a day; empty on a working day."""
        if day.weekday() not in self.weekdays and day not in self.worked_on:
            return CLOSED
        if day not in self.closed_on:
            return ""
        reason = self.closed_on[day]
        return f"{CLOSED} ({reason})" if reason else CLOSED

    def is_half(self, day: dt.date) -> bool:
        is_short = day.weekday() in self.half_weekdays or day in self.half_on
        return is_short and self.half_closes is not None and self.half_closes < self.closes

    def note(self, day: dt.date) -> str:
        """What is unusual about a working day; empty on others."""
        if self.is_half(day):
            reason = self.half_on.get(day, "")
            return f"{HALF_DAY}: {reason}" if reason else HALF_DAY
        return MAKE_UP if day.weekday() not in self.weekdays else ""

    def windows(self, day: dt.date) -> "tuple[Window, ...]":
        """When it is open on a day, as UTC instants: whenever the clock on the wall shows working hours.

        One window, but where clocks change: an hour that comes twice may open twice, one that is left out may not open.
        """
        closes = self.half_closes if self.is_half(day) and self.half_closes else self.closes
        return _windows(self.zone, self.opens, closes, day)


Window = tuple[dt.datetime, dt.datetime]


@lru_cache(maxsize=20_000)
def _windows(zone: str, opens: dt.time, closes: dt.time, day: dt.date) -> tuple[Window, ...]:
    place = zoneinfo.ZoneInfo(zone)
    begins, ends = (dt.datetime.combine(day, time, place) for time in (opens, closes))
    midnight = dt.datetime.combine(day, dt.time.min, dt.UTC)
    first, last = midnight - DAY, midnight + 2 * DAY  # no zone's day begins before, or ends after
    if first.astimezone(place).utcoffset() == last.astimezone(place).utcoffset():
        return ((begins.astimezone(dt.UTC), ends.astimezone(dt.UTC)),)
    found: list[Window] = []
    for since, until, offset in _pieces(first, last, place):
        begin, end = (dt.datetime.combine(day, time, dt.UTC) - offset for time in (opens, closes))
        begin, end = max(begin, since), min(end, until)
        if begin < end and found and found[-1][1] == begin:
            found[-1] = found[-1][0], end
        elif begin < end:
            found.append((begin, end))
    return tuple(found)


def _pieces(
    since: dt.datetime, until: dt.datetime, place: zoneinfo.ZoneInfo
) -> Iterator[tuple[dt.datetime, dt.datetime, dt.timedelta]]:
    """The time between two UTC instants, cut where the zone's clocks change, each with its offset."""

    def offset_at(instant: dt.datetime) -> dt.timedelta:
        return instant.astimezone(place).utcoffset() or NOTHING

    while since < until:
        offset = offset_at(since)
        steps = (since + number * QUARTER for number in itertools.count(1))
        later = next(at for at in steps if at >= until or offset_at(at) != offset)
        if offset_at(later) == offset:
            yield since, until, offset
            return
        before, after = later - QUARTER, later
        while after - before > SECOND:
            middle = before + (after - before) // 2
            middle = middle.replace(microsecond=0)
            before, after = (middle, after) if offset_at(middle) == offset else (before, middle)
        yield since, min(after, until), offset
        since = after


@dataclass(frozen=True, slots=True)
class Step:
    """One local day that was looked at: the working time counted on it, or why none was. ``note``: what is unusual."""

    day: dt.date
    counted: dt.timedelta
    why: str = ""
    note: str = ""


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
    why: str = ""
    note: str = ""


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
        if steps and steps[-1].day == span.day:  # clocks put back open it a second time
            steps[-1] = replace(steps[-1], counted=steps[-1].counted + counted)
        else:
            steps.append(Step(span.day, counted, span.why, span.note))
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
        windows = calendar.windows(day)
        left = [(max(at, opens), closes) for opens, closes in windows if closes > at]
        if why := calendar.why_closed(day) or ("" if left else AFTER_HOURS if windows else CLOSED):
            begins = max(at, windows[0][0]) if windows else at
            yield _Span(day, begins, begins, why)
        else:
            note = calendar.note(day)
            yield from (_Span(day, begins, ends, note=note) for begins, ends in left)
            at, last_worked = left[-1][1], day
        day += DAY


def _first_day(at: dt.datetime, calendar: Calendar) -> dt.date:
    """The local day, or the one before while clocks put back past midnight return to it."""
    day = at.astimezone(zoneinfo.ZoneInfo(calendar.zone)).date()
    yesterday = day - DAY
    still_open = not calendar.why_closed(yesterday) and any(
        closes > at for _opens, closes in calendar.windows(yesterday)
    )
    return yesterday if still_open else day


def say_arithmetic(start: dt.datetime, due: Due, calendar: Calendar, verb: str = "received") -> str:
    """One line for people: from when, what each day counted for, and until when, in the calendar's zone."""
    zone = zoneinfo.ZoneInfo(calendar.zone)
    steps, long = _whole_minutes(due.steps), len(due.steps) > LONGEST_SPELLED_OUT

    def sort(step: Step) -> object:
        if step.note:
            return step.day
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
    note = f" ({first.note})" if first.note else ""
    return f"{_say_days([step.day for step in steps], dated=dated)} {first.why or counted}{note}"


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
