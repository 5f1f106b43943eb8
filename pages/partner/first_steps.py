"""What somebody new sets up first; it goes once all of it is done, or after two weeks."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.choices import Role
from partners.models import Membership, Partner
from referrals.models import CalendarFeed, NoticeSettings

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN_FOR = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Something to set up, where, and whether it is done."""

    words: "StrOrPromise"
    address: str
    is_done: bool


def list_first_steps(person: User, partners: Sequence[Partner], now: dt.datetime) -> list[FirstStep]:
    """The steps of somebody who joined within two weeks, by role; nothing once all are done."""
    if not partners or person.date_joined < now - SHOWN_FOR:
        return []
    steps = list(_steps(person, partners[0]))
    return steps if any(not step.is_done for step in steps) else []


def _steps(person: User, partner: Partner) -> Iterator[FirstStep]:
    members = list(Membership.objects.filter(partner=partner, is_active=True).values_list("user", "role"))
    profile = reverse("pages:profile", args=[partner.public_id])
    if (person.pk, Role.ADMIN) in members:
        yield FirstStep(_("Enter your working hours and public holidays"), profile, bool(partner.calendar_country))
        yield FirstStep(_("Invite your colleagues"), profile, len(members) > 1)
    chosen = NoticeSettings.objects.filter(user=person).exclude(ways={}).exists()
    yield FirstStep(_("Choose which emails you get"), reverse("pages:notice-settings"), chosen)
    has_feed = CalendarFeed.objects.filter(user=person).exists()
    yield FirstStep(_("Add your deadlines to your calendar"), reverse("pages:own-calendar"), has_feed)
