"""A partner's own availability: pauses and lowered capacity."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.domain.calendars import Calendar, next_opening
from partners.models import Partner
from partners.services.working_hours import load_calendar

RESTORED = ("paused_until", "pause_remind_at", "capacity", "usual_capacity", "capacity_lowered_until")


class AvailabilityRefused(Exception):
    """The correction cannot be made as given; the message says why."""


@transaction.atomic
def pause_partner(partner_id: int, *, until: dt.datetime, now: dt.datetime, longest_days: int) -> Partner:
    """Stop new offers of every type until an instant; its people are told before it ends.

    Raises:
        AvailabilityRefused: the end is not in the future, further away than ``longest_days``, or before that of a
            pause that runs already.
    """
    _check_end(until, now, longest_days)
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
    if partner.paused_until is not None and partner.paused_until > until:
        raise AvailabilityRefused(
            _("You’re already paused until %(paused_until)s. Enter a later date.")
            % {"paused_until": date_format(partner.paused_until, "DATE_FORMAT")}
        )
    partner.paused_until = until
    partner.pause_remind_at = find_pause_reminder(now, until, load_calendar(partner))
    partner.save(update_fields=["paused_until", "pause_remind_at"])
    return partner


@transaction.atomic
def lower_capacity(
    partner_id: int, *, capacity: int, until: dt.datetime, now: dt.datetime, longest_days: int
) -> Partner:
    """Lower a partner's capacity until an instant; what it holds already is kept and drains.

    Raises:
        AvailabilityRefused: the end is not allowed, or the capacity is not lower than now.
    """
    _check_end(until, now, longest_days)
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
    if capacity >= partner.capacity:
        raise AvailabilityRefused(
            _("Your capacity is %(capacity)s. Enter a lower number.") % {"capacity": partner.capacity}
        )
    partner.usual_capacity = partner.usual_capacity or partner.capacity
    partner.capacity, partner.capacity_lowered_until = capacity, until
    partner.save(update_fields=["usual_capacity", "capacity", "capacity_lowered_until"])
    return partner


def _check_end(until: dt.datetime, now: dt.datetime, longest_days: int) -> None:
    if until <= now:
        raise AvailabilityRefused(_("The end must be in the future."))
    if until > now + dt.timedelta(days=longest_days):
        raise AvailabilityRefused(
            _("The end date can be up to %(longest_days)s days away.") % {"longest_days": longest_days}
        )


@transaction.atomic
def restore_due_availability(now: dt.datetime) -> int:
    """End pauses and lowered capacities that are over; gives how many partners changed."""
    over = Partner.objects.with_availability_due(now)
    partners = list(over.select_for_update(no_key=True).order_by("id"))
    for partner in partners:
        if partner.paused_until and partner.paused_until <= now:
            partner.paused_until = partner.pause_remind_at = None
        if partner.capacity_lowered_until and partner.capacity_lowered_until <= now:
            partner.capacity = partner.usual_capacity or partner.capacity
            partner.usual_capacity = partner.capacity_lowered_until = None
        partner.save(update_fields=RESTORED)
    return len(partners)


def find_pause_reminder(now: dt.datetime, until: dt.datetime, calendar: Calendar) -> dt.datetime | None:
    """When a partner is next told that its pause ends: seven days and one day before, in working hours."""
    befores = (until - dt.timedelta(days=days) for days in settings.PAUSE_REMINDER_DAYS)
    return next((at for at in sorted(next_opening(before, calendar) for before in befores) if now < at < until), None)


def availability_of(partner: Partner) -> dict[str, Any]:
    """Pause and capacity as JSON data, for the history."""
    return {name: _as_json(getattr(partner, name)) for name in RESTORED if name != "pause_remind_at"}


def _as_json(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def restore_availability(partner: Partner, data: Mapping[str, Any]) -> None:
    """Write an availability as ``availability_of`` gave it on a locked partner."""
    for name, value in data.items():
        is_instant = name in ("paused_until", "capacity_lowered_until") and value is not None
        setattr(partner, name, dt.datetime.fromisoformat(value) if is_instant else value)
    if partner.paused_until is None:
        partner.pause_remind_at = None
    partner.save(update_fields=RESTORED)
