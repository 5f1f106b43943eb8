"""A member is away for some days, and a colleague covers: who may, and that both of them know."""

import datetime as dt
import zoneinfo

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import Absence, Membership
from partners.models.absence import RANKS
from partners.services.profiles import lock_profile
from referrals.email.personal import tell_person
from referrals.queue import ring

LONGEST_DAYS = 366
FURTHEST = dt.timedelta(days=730)


class AbsenceRefused(Exception):
    """The absence can't be saved like this; ``field`` says beside what the message belongs."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def possible_deputies(member: Membership) -> list[Membership]:
    """Colleagues of the same partner with the member's role or a higher one, by name."""
    others = Membership.objects.filter(partner=member.partner_id, is_active=True, user__is_active=True)
    rows = others.exclude(pk=member.pk).select_related("user").order_by("user__name_key", "user__email")
    return [row for row in rows if RANKS[row.role] >= RANKS[member.role]]


@transaction.atomic
def go_away(
    member: Membership, *, deputy: Membership, first_day: dt.date, last_day: dt.date, now: dt.datetime
) -> Absence:
    """Save a member's absence in place of the one before, and tell the deputy; the same again changes nothing.

    One hop only: a deputy who is away on one of the days can't cover, so nobody covers in a circle.

    Raises:
        AbsenceRefused: the days or the deputy are not possible.
    """
    lock_profile(member.partner_id)
    zone = zoneinfo.ZoneInfo(member.user.time_zone)
    _check_days(first_day, last_day, now.astimezone(zone).date())
    if deputy not in possible_deputies(member):
        raise AbsenceRefused("deputy", _("Select a colleague with your role or a higher one."))
    away = Absence.objects.valid().filter(member=deputy, first_day__lte=last_day, last_day__gte=first_day).first()
    if away is not None:
        said = _("%(person)s is away %(days)s. Select another colleague.")
        raise AbsenceRefused("deputy", said % {"person": deputy.user, "days": say_days(away)})
    days = {"deputy": deputy, "first_day": first_day, "last_day": last_day}
    before = Absence.objects.filter(member=member).with_people().first()
    if before is not None and all(getattr(before, name) == value for name, value in days.items()):
        return before
    instants = {
        "starts_at": dt.datetime.combine(first_day, dt.time(), zone),
        "ends_at": dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time(), zone),
    }
    if before is not None and before.deputy != deputy:
        _tell_of_end(before, now)
    absence, _made = Absence.objects.update_or_create(member=member, defaults=days | instants)
    _tell(absence, now)
    ring()
    return absence


def _check_days(first_day: dt.date, last_day: dt.date, today: dt.date) -> None:
    if last_day < first_day:
        raise AbsenceRefused("last_day", _("The last day can’t be before the first day."))
    if last_day < today:
        raise AbsenceRefused("last_day", _("Enter a last day that isn’t in the past."))
    if first_day > today + FURTHEST:
        raise AbsenceRefused("first_day", _("Enter a first day within the next two years."))
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise AbsenceRefused("last_day", _("An absence can last up to a year."))


@transaction.atomic
def come_back(member: Membership, *, now: dt.datetime) -> bool:
    """End or cancel a member's absence, and tell the deputy; false when there is none."""
    lock_profile(member.partner_id)
    absence = Absence.objects.filter(member=member).with_people().first()
    if absence is None:
        return False
    if absence.ends_at > now:
        _tell_of_end(absence, now)
    absence.delete()
    ring()
    return True


def say_days(absence: Absence) -> str:
    first, last = (date_format(day, "DATE_FORMAT") for day in (absence.first_day, absence.last_day))
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _tell(absence: Absence, now: dt.datetime) -> None:
    """The deputy learns of it, and so do those whose deputy is away now on days on which it covers for them."""
    person = absence.member.user
    subject = _("You’re covering for %(person)s") % {"person": person}
    said = _("%(person)s is away %(days)s. You’ll get their notifications and see their referrals as assigned to you.")
    _mail(absence.deputy.user, subject, said % {"person": person, "days": say_days(absence)}, now)
    overlapping = Absence.objects.valid().filter(first_day__lte=absence.last_day, last_day__gte=absence.first_day)
    for left in overlapping.filter(deputy=absence.member, ends_at__gt=now).with_people():
        subject = _("Your deputy %(person)s is away too") % {"person": person}
        said = _("%(person)s is away %(days)s. Select another deputy.")
        _mail(left.member.user, subject, said % {"person": person, "days": say_days(absence)}, now)


def _tell_of_end(absence: Absence, now: dt.datetime) -> None:
    person = absence.member.user
    subject = _("You’re no longer covering for %(person)s") % {"person": person}
    said = _("Their notifications and referrals no longer come to you.")
    _mail(absence.deputy.user, subject, said, now)


def _mail(person: User, subject: str, said: str, now: dt.datetime) -> None:
    tell_person(person, "covering", subject, [said], now, path=reverse("pages:absence"))
