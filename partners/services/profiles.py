"""A partner's own people keep its profile: whom it takes, when it works, how much, who belongs to it."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from partners.choices import Role
from partners.models import Closure, Confirmation, Confirmed, Hours, Membership, Partner, ProfileChange
from partners.services.availability import pause_partner

REACH = ("countries", "languages", "industries", "sizes")
HOURS = (
    *("time_zone", "calendar_country", "calendar_region", "calendar_kinds"),
    *("opens_at", "closes_at", "working_days", "half_days", "half_day_closes_at"),
)
CAPACITY = ("capacity", "capacity_benefit", "capacity_standard")
PAUSE = ("paused_until",)
CONFIRM_DAYS = 7
MOST_CLOSURES = 60
MOST_CONFIRMATIONS = 20  # a day
LEFT = "left"
WITHDRAWN = {Confirmed.MEMBER: "invitation withdrawn", Confirmed.CONTACT: "new address withdrawn"}


class ProfileRefused(Exception):
    """The profile cannot be changed like this; the message says why."""


class ChangedMeanwhile(Exception):
    """Somebody has changed the same part since it was shown; ``now`` is what stands, ``by`` who changed it last."""

    def __init__(self, now: dict[str, Any], by: User | None) -> None:
        self.now, self.by = now, by
        super().__init__(_("Someone else changed this. Your changes weren’t saved."))


class RoleChanged(ChangedMeanwhile):
    """Somebody has given the member another role since it was shown."""

    def __init__(self, member: Membership, by: User | None) -> None:
        self.member = member
        super().__init__({"role": member.role}, by)


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
        raise ChangedMeanwhile(before, _last_by(partner))
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
        _note(partner, {name: before[name] for name in changed}, changed, by, now)
    return changed


def _last_by(partner: Partner, **where: Any) -> User | None:
    """Who made the newest change of a profile, of those that ``where`` lets pass."""
    last = ProfileChange.objects.filter(partner=partner, **where).select_related("by").first()
    return last.by if last else None


def _note(partner: Partner, before: Mapping[str, Any], after: Mapping[str, Any], by: User, now: dt.datetime) -> None:
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
        raise ChangedMeanwhile(before, _last_by(partner, after__has_key="paused_until"))
    paused = pause_partner(pk, until=until, now=now, longest_days=longest_days)
    _note(partner, {}, {"paused_until": until.date().isoformat()}, by, now)
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
        raise ChangedMeanwhile(before, _last_by(partner, after__has_key="paused_until"))
    partner.paused_until = partner.pause_remind_at = None
    partner.save(update_fields=["paused_until", "pause_remind_at"])
    _note(partner, before, {"paused_until": ""}, by, now)


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
    _note(partner, {}, {"closure": f"{closure} {reason}".strip()}, by, now)
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
    _note(
        partner,
        {"closure": f"{found} {found.reason}".strip()},
        {"closure": ""},
        by,
        now,
    )
    found.delete()


@transaction.atomic
def set_member(pk: int, member: int, *, role: str, by: User, now: dt.datetime, was: str | None = None) -> Membership:
    """Give a member another role, or with an empty one end its membership; ``was`` is the role that was shown.

    Raises:
        RoleChanged: another person gave it a role in between that is neither.
        ProfileRefused: nobody would be left who may do this, or the person is no member.
    """
    partner = lock_profile(pk)
    found = partner.memberships.select_related("user").filter(pk=member, is_active=True).first()
    if found is None:
        raise ProfileRefused(_("This person is no longer a member."))
    if was is not None and found.role not in (was, role):
        raise RoleChanged(found, _last_by(partner, after__has_key=str(found.user)))
    others = partner.memberships.filter(role=Role.ADMIN, is_active=True, user__is_active=True).exclude(pk=member)
    if role != Role.ADMIN and found.role == Role.ADMIN and not others.exists():
        raise ProfileRefused(_("A partner needs at least one partner admin. Make someone else partner admin first."))
    before = found.get_role_display()
    found.is_active, found.role = bool(role), Role(role) if role else found.role
    found.save()
    after = found.get_role_display() if role else LEFT
    if before != after:
        _note(partner, {str(found.user): before}, {str(found.user): after}, by, now)
    return found


@transaction.atomic
def ask_to_confirm(pk: int, kind: Confirmed, *, email: str, role: str = "", by: User, now: dt.datetime) -> Confirmation:
    """Note a new address or member; it waits for its confirmation, and an earlier one of the same waits no more."""
    partner, email = lock_profile(pk), email.lower()
    if partner.confirmations.filter(asked_at__gt=now - dt.timedelta(days=1)).count() >= MOST_CONFIRMATIONS:
        raise ProfileRefused(
            _("%(most_confirmations)s emails were sent today. Try again tomorrow, or contact the team.")
            % {"most_confirmations": MOST_CONFIRMATIONS}
        )
    if kind == Confirmed.CONTACT and partner.contact_email.lower() == email:
        raise ProfileRefused(_("Offers already go to this address."))
    if kind == Confirmed.MEMBER and partner.memberships.filter(user__email__iexact=email, is_active=True).exists():
        raise ProfileRefused(_("This person is already a member."))
    earlier = partner.confirmations.filter(kind=kind, ended_at=None)
    (earlier.filter(email=email) if kind == Confirmed.MEMBER else earlier).update(ended_at=now)
    words: dict[str, Any] = {"kind": kind, "email": email, "role": role, "asked_at": now, "asked_by": by}
    return Confirmation.objects.create(partner=partner, **words)


@transaction.atomic
def confirm(token: str, *, now: dt.datetime) -> Confirmation:
    """Let it hold. Raises ProfileRefused when it is used or too old, or the address belongs to the programme."""
    partner = lock_profile(Confirmation.objects.values_list("partner", flat=True).get(token=token))
    asked = Confirmation.objects.select_related("asked_by", "partner").get(token=token)
    check_confirmable(asked, now)
    admins = partner.memberships.filter(role=Role.ADMIN, is_active=True, user__is_active=True)
    if not admins.filter(user=asked.asked_by).exists():
        raise ProfileRefused(_("The person who requested this is no longer a partner admin. Request a new link."))
    if asked.kind == Confirmed.CONTACT:
        before = {"contact_email": partner.contact_email}
        partner.contact_email = asked.email
        partner.save(update_fields=["contact_email"])
        _note(partner, before, {"contact_email": asked.email}, asked.asked_by, now)
    else:
        _add_member(partner, asked, now)
    asked.ended_at = now
    asked.save()
    return asked


def check_confirmable(asked: Confirmation, now: dt.datetime) -> None:
    """Raises ProfileRefused when it is withdrawn, used or too old."""
    if asked.ended_at is not None and _withdrawals(asked).filter(at=asked.ended_at).exists():
        raise ProfileRefused(_("The partner canceled this. No changes were made."))
    if asked.ended_at is not None or now > asked.asked_at + dt.timedelta(days=CONFIRM_DAYS):
        raise ProfileRefused(_("This link has been used or has expired. Request a new one."))


@transaction.atomic
def withdraw_confirmation(pk: int, confirmation: int, *, by: User, now: dt.datetime) -> Confirmation:
    """Take back an invitation or a new address: its link lets nothing hold any more. Raises ProfileRefused."""
    partner = lock_profile(pk)
    asked = partner.confirmations.waiting().filter(pk=confirmation).first()
    if asked is None:
        raise ProfileRefused(_("This was already confirmed or canceled."))
    asked.ended_at = now
    asked.save()
    _note(partner, {}, {asked.email: WITHDRAWN[Confirmed(asked.kind)]}, by, now)
    return asked


def _withdrawals(asked: Confirmation) -> QuerySet[ProfileChange]:
    """The history says what was withdrawn: a confirmation that has ended says only when."""
    return asked.partner.changes.filter(after={asked.email: WITHDRAWN[Confirmed(asked.kind)]})


def _add_member(partner: Partner, asked: Confirmation, now: dt.datetime) -> None:
    defaults = {"email": asked.email, "password": make_password(None)}  # two partners may confirm a new address at once
    user = User.objects.get_or_create(email__iexact=asked.email, defaults=defaults)[0]
    if user.sees_everything or user.is_staff or not user.is_active:
        raise ProfileRefused(_("This address can’t be used for a partner. Contact the referral processing team."))
    if partner.memberships.filter(user=user, is_active=True).exists():
        raise ProfileRefused(_("You’re already a member."))
    words = {"role": asked.role, "is_active": True}
    Membership.objects.update_or_create(partner=partner, user=user, defaults=words)
    _note(partner, {}, {str(user): str(Role(asked.role).label)}, asked.asked_by, now)
