"""The referral processing team keeps its own working hours and closures."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import TeamCalendar, TeamClosure
from partners.services.profiles import (
    MOST_CLOSURES,
    ChangedMeanwhile,
    ProfileRefused,
    check_half_closures,
    check_half_days,
    shown_profile,
)
from partners.services.working_hours import team_hours


def _lock() -> TeamCalendar:
    """The one row, made of the settings at first."""
    first = team_hours()
    fields = {field.name: getattr(first, field.name) for field in TeamCalendar._meta.fields}  # noqa: SLF001 (documented)
    TeamCalendar.objects.get_or_create(pk=TeamCalendar.ONLY, defaults=fields)
    return TeamCalendar.objects.select_for_update().get(pk=TeamCalendar.ONLY)


@transaction.atomic
def change_team_hours(values: Mapping[str, Any], *, was: Mapping[str, Any], by: User, now: dt.datetime) -> None:
    """Deadlines that are counted from now on follow; ``was`` is what the person saw.

    Raises:
        ChangedMeanwhile: a colleague changed them in between.
    """
    row, names = _lock(), tuple(values)
    before = shown_profile(row, names)
    if before != dict(was):
        raise ChangedMeanwhile(before, row.changed_by)
    for name, value in values.items():
        setattr(row, name, value)
    check_half_closures(row, TeamClosure.objects.filter(ends_on__gte=now.date()))
    row.changed_at, row.changed_by = now, by
    row.save()


def add_team_closure(
    *, starts_on: dt.date, ends_on: dt.date, reason: str, is_half: bool, by: User, now: dt.datetime
) -> TeamClosure:
    """Raises ProfileRefused: too many lie ahead, or nothing says when a half day ends."""
    if TeamClosure.objects.filter(ends_on__gte=now.date()).count() >= MOST_CLOSURES:
        raise ProfileRefused(
            _("You can have up to %(most)s upcoming closures. Remove one first.") % {"most": MOST_CLOSURES}
        )
    check_half_days(team_hours(), is_half=is_half)
    days = {"starts_on": starts_on, "ends_on": ends_on, "is_half": is_half}
    return TeamClosure.objects.create(**days, reason=reason, entered_by=by)


def remove_team_closure(pk: int) -> None:
    """Work on those days after all. Raises ProfileRefused when they are gone already."""
    if not TeamClosure.objects.filter(pk=pk).delete()[0]:
        raise ProfileRefused(_("These days were already removed."))
