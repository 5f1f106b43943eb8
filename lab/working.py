"""When partners work, by their calendars of today: past ones are not kept."""

import datetime as dt
from collections.abc import Collection

from lab.domain.hours import Hours
from lab.domain.simulating import LAPSE
from partners.domain.calendars import Calendar
from partners.services.working_hours import load_calendars

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
AROUND = 3 + LAPSE * MINUTE // DAY  # days besides those of the period


def read_hours(partners: Collection[int], since: dt.datetime, until: dt.datetime) -> dict[int, Hours]:
    """From a day before ``since`` until what was offered before ``until`` has ended, in minutes since ``since``.

    Two queries.
    """
    found: dict[int, Hours] = {}
    alike: dict[Hours, Hours] = {}
    for partner, calendar in sorted(load_calendars(partners).items()):
        hours = _count(calendar, since, until)
        found[partner] = alike.setdefault(hours, hours)
    return found


def _count(calendar: Calendar, since: dt.datetime, until: dt.datetime) -> Hours:
    first, number = since.date() - DAY, (until - since).days + AROUND
    days = (first + place * DAY for place in range(number))
    worked = (calendar.windows(day) for day in days if not calendar.why_closed(day))
    windows = ((opens - since, closes - since) for spans in worked for opens, closes in spans)
    minutes = tuple((opens // MINUTE, closes // MINUTE) for opens, closes in windows)
    return Hours(minutes, calendar.nominal_day // MINUTE)
