"""Business days in a partner's own zone. Pure: holidays come in as dates."""

import datetime as dt
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass, field

WORKDAYS = frozenset(range(5))
LONGEST_SEARCH_DAYS = 400


@dataclass(frozen=True, slots=True)
class Calendar:
    """A zone, and the days on which nobody works there besides weekends."""

    zone: str = "UTC"
    closed_on: Collection[dt.date] = field(default_factory=frozenset)

    def is_business_day(self, day: dt.date) -> bool:
        return day.weekday() in WORKDAYS and day not in self.closed_on


def add_business_days(start: dt.datetime, days: int, calendar: Calendar) -> dt.datetime:
    """The same local time ``days`` business days after ``start`` (UTC instant in and out).

    A start on a closed day counts from the beginning of the next business day.
    Gives up counting after 400 days without enough business days and answers that day.
    """
    zone = zoneinfo.ZoneInfo(calendar.zone)
    local = start.astimezone(zone)
    day, time, left = local.date(), local.time(), days
    if not calendar.is_business_day(day):
        time = dt.time(0)
        left += 1
    for _ in range(LONGEST_SEARCH_DAYS):
        if left <= 0:
            break
        day += dt.timedelta(days=1)
        left -= calendar.is_business_day(day)
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC)
