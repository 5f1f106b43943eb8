"""Email: rows written with the change they tell of; ``sending`` sends them after the commit."""

import datetime as dt
import zoneinfo
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.data.places import COUNTRY_ZONES
from referrals.lifecycle import clocks
from referrals.models import Notification, Offer, Referral, Rfa
from referrals.queue import ring

LONGEST_NAME = 80


def address(path: str) -> str:
    return str(settings.SITE_URL) + path


def build_mail(
    kind: str,
    to: str,
    subject: str,
    lines: list[str],
    now: dt.datetime,
    referral: Referral | None = None,
    *,
    zone: str = "",
    path: str = "",
) -> Notification:
    """An unsaved mail row, due at once, or by day in ``zone``. Line breaks never reach the subject."""
    flat, due = " ".join(subject.split())[:200], clocks.mail_time(now, zone) if zone else now
    body = "\n\n".join(lines)
    words: dict[str, Any] = {"subject": flat, "body": body, "zone": zone, "referral": referral, "path": path}
    return Notification(kind=kind, to=to, created_at=now, due_at=due, **words)


def queue_account_mail(to: str, subject: str, body: str, now: dt.datetime) -> None:
    """Mail about an account: to its owner alone, shown nowhere, and forgotten once it is sent."""
    build_mail(Notification.ACCOUNT, to, subject, [body.strip()], now).save()
    ring()


def queue_reset_mail(to: str, now: dt.datetime) -> None:
    """Mail that lets the owner of an address choose a password; ``own_accounts`` writes it when it is sent."""
    build_mail(Notification.RESET, to, gettext("Reset your password"), [], now).save()
    ring()


def queue_invitation_mail(to: str, now: dt.datetime) -> None:
    """Mail that lets a person set up how to sign in; ``own_accounts`` writes it when it is sent."""
    build_mail(Notification.INVITATION, to, gettext("Set up your sign-in"), [], now).save()
    ring()


def name_referral(number: str, customer: str) -> str:
    """A referral as subjects name it: the customer first, then the number that finds it."""
    name = customer if len(customer) <= LONGEST_NAME else f"{customer[: LONGEST_NAME - 1].rstrip()}…"
    return f"{name} ({number})"


def name_of(referral: Referral) -> str:
    return name_referral(referral.public_id, referral.customer.name)


class NewOffer(NamedTuple):
    """What the email for a new offer says of it."""

    number: str
    customer: str
    type_label: str
    partner: str
    respond_by: str
    expires_at: str


def say_offer(offer: NewOffer) -> tuple[str, str]:
    """Subject and text of the email for a new offer."""
    offered = gettext("A %(type)s has been offered to %(partner)s.")
    due = gettext("Respond by %(respond_by)s. After %(expires_at)s it will be offered to another partner.")
    lines = [
        offered % {"type": offer.type_label, "partner": offer.partner},
        referral_link(offer.number),
        due % {"respond_by": offer.respond_by, "expires_at": offer.expires_at},
    ]
    named = name_referral(offer.number, offer.customer)
    return gettext("New referral: %(referral)s") % {"referral": named}, "\n\n".join(lines)


def remind_partner(offer: Offer, kind: str, lines: list[str], now: dt.datetime) -> None:
    """Email to a partner about its offer, by day in its zone."""
    partner, referral = offer.partner, offer.referral
    subject, lines = REMINDERS[kind] % {"referral": name_of(referral)}, [*lines, referral_link(referral.public_id)]
    mail = build_mail(kind, partner.contact_email, subject, lines, now, referral, zone=partner.time_zone)
    mail.offer = offer
    mail.save()


REMINDERS = {
    "reminder": _("Response due: %(referral)s"),
    "late": _("Response overdue: %(referral)s"),
    "expiring": _("Expires within 24 hours: %(referral)s"),
    "coached": _("Message about your decline: %(referral)s"),
    "overdue": _("Action overdue: %(referral)s"),
    "proposed": _("Customer replied: %(referral)s"),
    "reachable": _("Customer can be reached: %(referral)s"),
    "expired": _("Expired: %(referral)s"),
    "withdrawn": _("Withdrawn: %(referral)s"),
    "release_decided": _("Release request decided: %(referral)s"),
}


def tell_team(
    kind: str, subject: str, lines: list[str], now: dt.datetime, referral: Referral | None = None, *, path: str = ""
) -> None:
    """Mail to the referral processing team, by day in its zone; it leads to the referral, or to ``path``."""
    if referral is not None:
        path = reverse("pages:team-referral", args=[referral.public_id])
    lines = [*lines, open_link(path)]
    zone = clocks.team_calendar().zone
    build_mail(kind, settings.TEAM_EMAIL, subject, lines, now, referral, zone=zone, path=path).save()


def open_link(path: str) -> str:
    return gettext("View: %(address)s") % {"address": address(path)}


def referral_link(number: str) -> str:
    return open_link(offer_path(number))


def offer_path(number: str) -> str:
    """Path of the page on which a partner finds what it has of a referral."""
    return _offer_path().format(number)


@cache
def _offer_path() -> str:
    """The same, with a place for the number: reversed once, not for each email of a batch."""
    example = "REF-2222-2222"
    return reverse("pages:offer", args=[example]).replace(example, "{}")


def say_instant(at: dt.datetime, zone: str) -> str:
    """An instant in the words of a zone: “Wednesday 25 November 2026, 16:40 CET”."""
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{date_format(local, 'l j F Y, H:i')} {local:%Z}"


def tell_requester(
    referral: Referral, kind: str, subject: str, lines: list[str], now: dt.datetime, *, at_once: bool = False
) -> None:
    """Mail to the requester, by day in the customer's country; ``at_once`` when it has just asked for it."""
    link = gettext("Follow your request: %(address)s") % {"address": address(status_path(referral))}
    zone = "" if at_once else COUNTRY_ZONES.get(referral.customer.country, "")
    mail = build_mail(kind, referral.requester_email, subject, [*lines, link], now, referral, zone=zone)
    mail.save()
    ring()


def status_path(referral: Referral) -> str:
    return reverse("pages:status", args=[referral.status_token])


def ask_to_confirm(rfa: Rfa, now: dt.datetime) -> None:
    lines = [
        gettext("Confirm your email address to submit your deployment assistance request."),
        address(reverse("pages:rfa-confirm", args=[rfa.token])),
        *([gettext("Your reference: %(reference)s") % {"reference": rfa.reference}] if rfa.reference else []),
        gettext("If you didn’t request this, ignore this email; the request is deleted after seven days."),
    ]
    subject = gettext("Confirm your request for deployment assistance")
    build_mail("confirm", rfa.email, subject, lines, now).save()
    ring()
