"""The calendars that clocks run in: a partner's and the team's, made of their hours, holidays and closures."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from partners.domain.calendars import Calendar
from partners.models import Closure, Hours, Partner, TeamCalendar, TeamClosure
from partners.services.holiday_calendars import holiday_calendar, weekend_of, years_without_holidays

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST_CLOSURE_DAYS = 400
CLOSURE = ("starts_on", "ends_on", "reason", "is_half")
ClosureRow = tuple[dt.date, dt.date, str, bool]


def load_calendar(partner: Partner) -> Calendar:
    """Zone, working hours, holidays and closures of a partner. One query."""
    return build_calendar(partner, partner.closures.values_list(*CLOSURE))


def load_calendars(partners: Collection[int]) -> dict[int, Calendar]:
    """As ``load_calendar``, of many partners. Two queries."""
    closures = defaultdict[int, list[ClosureRow]](list)
    closed = Closure.objects.filter(partner__in=partners)
    for partner, starts_on, ends_on, reason, is_half in closed.values_list("partner", *CLOSURE):
        closures[partner].append((starts_on, ends_on, reason, is_half))
    rows = Partner.objects.filter(pk__in=partners)
    return {partner.pk: build_calendar(partner, closures[partner.pk]) for partner in rows}


def team_hours() -> Hours:
    """The team's as it set them, else as the settings say. One query."""
    row = TeamCalendar.objects.filter(pk=TeamCalendar.ONLY).first()
    own = {"time_zone": settings.TEAM_TIME_ZONE, "calendar_country": settings.TEAM_CALENDAR_COUNTRY}
    return row or TeamCalendar(pk=TeamCalendar.ONLY, **own)


def load_team_calendar() -> Calendar:
    """As ``load_calendar``, of the referral processing team. Two queries."""
    return build_calendar(team_hours(), TeamClosure.objects.values_list(*CLOSURE))


def years_to_enter(hours: Hours, closures: "QuerySet[Any]") -> list[int]:
    """This year and the next, as far as neither a holiday nor a closure is known in them. A query where none is."""
    years = years_without_holidays(hours.calendar_country, hours.calendar_region, hours.calendar_kinds)
    entered = set(closures.values_list("starts_on__year", flat=True)) if years else set()
    return [year for year in years if year not in entered]


def build_calendar(hours: Hours, closures: Iterable[ClosureRow]) -> Calendar:
    own: dict[dt.date, str] = {}
    half: dict[dt.date, str] = {}
    for starts_on, ends_on, reason, is_half in closures:
        named = half if is_half else own
        for day in range(min((ends_on - starts_on).days + 1, LONGEST_CLOSURE_DAYS)):
            named[starts_on + dt.timedelta(days=day)] = reason or ("" if is_half else "own closure")
    free, weekend = frozenset(range(7)) - set(hours.working_days), weekend_of(hours.calendar_country) or frozenset()
    known = holiday_calendar(hours.calendar_country, hours.calendar_region, hours.calendar_kinds)
    return Calendar(
        hours.time_zone,
        hours.opens_at,
        hours.closes_at,
        frozenset(hours.working_days),
        {**known.closed, **own} if own else known.closed,
        hours.half_day_closes_at,
        frozenset(hours.half_days),
        {**known.half, **half} if half else known.half,
        frozenset(day for day in known.worked if day.weekday() in free) if free <= weekend else frozenset(),
    )
