"""Business time by looking at the clock on the wall every five minutes. Written from the rules, not from the code."""

import datetime as dt
import random
import zoneinfo
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator

from partners.domain.calendars import EVERY_DAY, Calendar

GRID = dt.timedelta(minutes=5)
FIRST = dt.datetime(2027, 9, 20, tzinfo=dt.UTC)  # two autumns, a spring, a year's end and 29 February
SLOTS = 430 * 24 * 12
LAST_START = SLOTS - 60 * 24 * 12
MOST_DAYS = 10

SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})
EASTER = {dt.date(2028, 4, 14): "Good Friday", dt.date(2028, 4, 17): "Easter Monday"}
FEASTS = {dt.date(2027, 12, 24): "Christmas Eve", dt.date(2027, 12, 31): "", dt.date(2028, 2, 29): "Leap day"}
SUMMER = {dt.date(2028, 7, 1) + dt.timedelta(days=day): "own closure" for day in range(24)}
MAKE_UPS = frozenset({dt.date(2027, 10, 9), dt.date(2028, 2, 12), dt.date(2028, 4, 15), dt.date(2028, 4, 22)})

CALENDARS = {
    "office in UTC": Calendar(),
    "office in Berlin": Calendar("Europe/Berlin", closed_on=EASTER | FEASTS | SUMMER),
    "night shift in Berlin": Calendar("Europe/Berlin", dt.time(0), dt.time(6), EVERY_DAY, EASTER),
    "office in New York": Calendar("America/New_York", closed_on=FEASTS),
    "night shift in New York": Calendar(
        "America/New_York", dt.time(0, 30), dt.time(8, 30), frozenset({5, 6, 0}), FEASTS
    ),
    "night shift on Lord Howe": Calendar("Australia/Lord_Howe", dt.time(0), dt.time(7, 30), EVERY_DAY),
    "office in Kolkata": Calendar("Asia/Kolkata", dt.time(9, 30), dt.time(18, 30), frozenset(range(6)), FEASTS),
    "short days in Kathmandu": Calendar("Asia/Kathmandu", dt.time(10), dt.time(14), frozenset({6, 0, 1, 2, 3, 4})),
    "Sunday to Thursday in Riyadh": Calendar("Asia/Riyadh", dt.time(8), dt.time(16), SUNDAY_TO_THURSDAY, SUMMER),
    "late days in Auckland": Calendar("Pacific/Auckland", dt.time(12), dt.time(23, 55), closed_on=EASTER | SUMMER),
    "three days in Honolulu": Calendar("Pacific/Honolulu", dt.time(7, 5), dt.time(16, 40), frozenset({1, 3, 5})),
    "long days in St John's": Calendar("America/St_Johns", dt.time(0, 5), dt.time(23), EVERY_DAY, FEASTS),
    "evenings in Cairo": Calendar("Africa/Cairo", dt.time(20), dt.time(23, 30), EVERY_DAY, FEASTS),
    "first hour of the day in Cairo": Calendar("Africa/Cairo", dt.time(0, 30), dt.time(8, 30), EVERY_DAY),
    "within the hour left out at Troll": Calendar("Antarctica/Troll", dt.time(1, 30), dt.time(2, 30), EVERY_DAY),
    "around the hours left out at Troll": Calendar("Antarctica/Troll", dt.time(0), dt.time(2), EVERY_DAY, SUMMER),
    "within the hour that comes twice in Berlin": Calendar("Europe/Berlin", dt.time(2, 15), dt.time(2, 45), EVERY_DAY),
    "half Fridays in Dubai": Calendar(
        "Asia/Dubai", closed_on=SUMMER, half_closes=dt.time(12), half_weekdays=frozenset({4}), half_on=FEASTS
    ),
    "make-up Saturdays in Shanghai": Calendar("Asia/Shanghai", closed_on=EASTER, worked_on=MAKE_UPS),
}

Counting = Callable[[dt.datetime, int, Calendar], dt.datetime]


class Oracle:
    """Knows for one calendar which five minutes of some fourteen months are working time."""

    def __init__(self, calendar: Calendar) -> None:
        zone = zoneinfo.ZoneInfo(calendar.zone)
        walls = ((FIRST + slot * GRID).astimezone(zone) for slot in range(SLOTS))
        self.worked = array("l", (slot for slot, wall in enumerate(walls) if _is_worked(wall, calendar)))
        minutes = (calendar.closes.hour - calendar.opens.hour) * 60 + calendar.closes.minute - calendar.opens.minute
        self.slots_a_day = minutes // 5

    def due(self, start_slot: int, days: int) -> dt.datetime:
        """The end of the last five minutes that are needed; where none are, the first that are worked."""
        ahead = bisect_left(self.worked, start_slot)
        if not days:
            return FIRST + self.worked[ahead] * GRID
        return FIRST + (self.worked[ahead + days * self.slots_a_day - 1] + 1) * GRID


def _is_worked(wall: dt.datetime, calendar: Calendar) -> bool:
    day = wall.date()
    is_half = day.weekday() in calendar.half_weekdays or day in calendar.half_on
    closes = (calendar.half_closes or calendar.closes) if is_half else calendar.closes
    if not calendar.opens <= wall.time() < closes:
        return False
    return (day.weekday() in calendar.weekdays or day in calendar.worked_on) and day not in calendar.closed_on


def find_wrong(count: Counting, name: str, times: int, seed: int = 20) -> Iterator[tuple[dt.datetime, int]]:
    """The random starts and days for which an implementation differs from the oracle."""
    calendar, chance = CALENDARS[name], random.Random(f"{seed} {name}")
    oracle = Oracle(calendar)
    for _ in range(times):
        slot, days = chance.randrange(LAST_START), chance.randint(0, MOST_DAYS)
        start = FIRST + slot * GRID
        if count(start, days, calendar) != oracle.due(slot, days):
            yield start, days
