"""A partner's own people keep its profile: whom it takes, when it works, how much, who belongs to it."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import Closure, Hours, Partner, ProfileChange
from partners.services.availability import pause_partner

REACH = ("countries", "languages", "industries", "sizes")
HOURS = (
    *("time_zone", "calendar_country", "calendar_region", "calendar_kinds"),
    *("opens_at", "closes_at", "working_days", "half_days", "half_day_closes_at"),
)
CAPACITY = ("capacity", "capacity_benefit", "capacity_standard")
PAUSE = ("paused_until",)
MOST_CLOSURES = 60


class ProfileRefused(Exception):
    """The profile cannot be changed like this; the message says why."""


class ChangedMeanwhile(Exception):
    """Somebody has changed the same part since it was shown; ``now`` is what stands, ``by`` who changed it last."""

    def __init__(self, now: dict[str, Any], by: User | None) -> None:
        self.now, self.by = now, by
        super().__init__(_("Someone else changed this. Your changes weren’t saved."))


def lock_profile(pk: int) -> Partner:
    return Partner.objects.select_for_update(no_key=True).get(pk=pk)


def shown_profile(partner: Hours, names: tuple[str, ...]) -> dict[str, Any]:
    """Some of a profile's fields as JSON data."""
    data: dict[str, Any] = json.loads(
        json.dumps({name: getattr(partner, name) for name in names}, cls=DjangoJSONEncoder)
    )
    return data


@transaction.atomic
def change_profile(
    pk: int, values: Mapping[str, Any], *, was: Mapping[str, Any], by: User, now: dt.datetime
) -> dict[str, Any]:
    """Change some fields of a profile; ``was`` is what the person saw of them. Gives what changed, by name.

    Raises:
        ChangedMeanwhile: another person changed one of them in between.
        ProfileRefused: half days lie ahead whose end would not be known any more.
    """
    partner, names = lock_profile(pk), tuple(values)
    before = shown_profile(partner, names)
    if before != dict(was):
        raise ChangedMeanwhile(before, last_changed_by(partner))
    for name, value in values.items():
        setattr(partner, name, value)
    if "half_day_closes_at" in values:
        check_half_closures(partner, partner.closures.filter(ends_on__gte=now.date()))
    after = shown_profile(partner, names)
    changed = {name: after[name] for name in names if after[name] != before[name]}
    if "capacity" in changed:  # what its own people set holds until they change it
        partner.usual_capacity = partner.capacity_lowered_until = None
        names = (*names, "usual_capacity", "capacity_lowered_until")
    if changed:
        partner.save(update_fields=names)
        note_change(partner, {name: before[name] for name in changed}, changed, by, now)
    return changed


def last_changed_by(partner: Partner, **where: Any) -> User | None:
    """Who made the newest change of a profile, of those that ``where`` lets pass."""
    last = ProfileChange.objects.filter(partner=partner, **where).select_related("by").first()
    return last.by if last else None


def note_change(
    partner: Partner, before: Mapping[str, Any], after: Mapping[str, Any], by: User, now: dt.datetime
) -> None:
    ProfileChange.objects.create(partner=partner, at=now, by=by, before=dict(before), after=dict(after))


@transaction.atomic
def pause(
    pk: int, *, until: dt.datetime, was: Mapping[str, Any], by: User, now: dt.datetime, longest_days: int
) -> Partner:
    """Stop new offers until an instant; ``was`` is the pause that the person saw.

    Raises:
        ChangedMeanwhile: another person paused, or ended the pause, in between.
        AvailabilityRefused: the end is not allowed.
    """
    partner = lock_profile(pk)
    before = shown_profile(partner, PAUSE)
    if before != dict(was) and partner.paused_until != until:
        raise ChangedMeanwhile(before, last_changed_by(partner, after__has_key="paused_until"))
    paused = pause_partner(pk, until=until, now=now, longest_days=longest_days)
    note_change(partner, {}, {"paused_until": until.date().isoformat()}, by, now)
    return paused


@transaction.atomic
def end_pause(pk: int, *, by: User, now: dt.datetime, was: str | None = None) -> None:
    """Take offers again before the pause is over; ``was`` is the end that the person saw.

    Raises:
        ChangedMeanwhile: another person paused until another day in between.
        ProfileRefused: there is no pause.
    """
    partner = lock_profile(pk)
    if not partner.is_paused(now):
        raise ProfileRefused(_("You’re not paused."))
    before = shown_profile(partner, PAUSE)
    if was is not None and was != before["paused_until"]:
        raise ChangedMeanwhile(before, last_changed_by(partner, after__has_key="paused_until"))
    partner.paused_until = partner.pause_remind_at = None
    partner.save(update_fields=["paused_until", "pause_remind_at"])
    note_change(partner, before, {"paused_until": ""}, by, now)


@transaction.atomic
def add_closure(
    pk: int, *, starts_on: dt.date, ends_on: dt.date, reason: str, is_half: bool, by: User, now: dt.datetime
) -> Closure:
    """Add days on which nobody works; due times that are counted from now on leave them out."""
    partner = lock_profile(pk)
    if partner.closures.filter(ends_on__gte=now.date()).count() >= MOST_CLOSURES:
        raise ProfileRefused(
            _("You can have up to %(most_closures)s upcoming closures. Remove one first.")
            % {"most_closures": MOST_CLOSURES}
        )
    check_half_days(partner, is_half=is_half)
    days = {"starts_on": starts_on, "ends_on": ends_on, "is_half": is_half}
    closure = Closure.objects.create(partner=partner, reason=reason, **days)
    note_change(partner, {}, {"closure": f"{closure} {reason}".strip()}, by, now)
    return closure


def check_half_days(hours: Hours, *, is_half: bool) -> None:
    """Raises ProfileRefused where nothing says when a half day ends."""
    if is_half and hours.half_day_closes_at is None:
        raise ProfileRefused(_("Set when half days end under Working hours first."))


def check_half_closures(hours: Hours, closures: QuerySet[Any]) -> None:
    """Raises ProfileRefused where days were entered as half days, and nothing would say when those end."""
    if hours.half_day_closes_at is None and closures.filter(is_half=True).exists():
        raise ProfileRefused(_("You have half days ahead. Enter when they end, or remove them first."))


@transaction.atomic
def remove_closure(pk: int, closure: int, *, by: User, now: dt.datetime) -> None:
    """Work on those days after all. Raises ProfileRefused when they are gone already."""
    partner = lock_profile(pk)
    found = partner.closures.filter(pk=closure).first()
    if found is None:
        raise ProfileRefused(_("These days were already removed."))
    note_change(
        partner,
        {"closure": f"{found} {found.reason}".strip()},
        {"closure": ""},
        by,
        now,
    )
    found.delete()
