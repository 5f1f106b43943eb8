"""Mail: rows written with the change they tell of; ``sending`` sends them after the commit."""

import datetime as dt
import zoneinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.data.places import COUNTRY_ZONES
from referrals.lifecycle import clocks
from referrals.models import Notification, Offer, Referral, Rfa
from referrals.queue import ring


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


def say_offer(offer: str, type_label: str, partner: str, answer: str, until: str) -> tuple[str, str]:
    """Subject and text of the mail for a new offer.

    It names no customer, since mail is read by more people than the page.
    """
    lines = [
        gettext("A %(type)s has been offered to %(partner)s.") % {"type": type_label, "partner": partner},
        offer_link(offer),
        gettext("Please answer by %(answer)s. It passes on after %(until)s.") % {"answer": answer, "until": until},
    ]
    return gettext("New referral %(offer)s") % {"offer": offer}, "\n\n".join(lines)


def remind_partner(offer: Offer, kind: str, lines: list[str], now: dt.datetime) -> None:
    """Mail to a partner about its offer, by day in its zone."""
    partner = offer.partner
    subject = REMINDERS[kind] % {"offer": offer.public_id}
    mail = build_mail(
        kind,
        partner.contact_email,
        subject,
        [*lines, offer_link(offer.public_id)],
        now,
        offer.referral,
        zone=partner.time_zone,
    )
    mail.offer = offer
    mail.save()


REMINDERS = {
    "reminder": _("Please answer referral %(offer)s"),
    "late": _("Your answer is late: referral %(offer)s"),
    "expiring": _("Passes on within a day: referral %(offer)s"),
    "coached": _("A word about your decline of referral %(offer)s"),
    "overdue": _("Your next act is due: referral %(offer)s"),
    "proposed": _("The customer has answered: referral %(offer)s"),
    "reachable": _("The customer can be reached: referral %(offer)s"),
    "expired": _("Passed on without an answer: referral %(offer)s"),
    "withdrawn": _("Withdrawn: referral %(offer)s"),
    "release_decided": _("Your release request is decided: referral %(offer)s"),
}


def tell_team(
    kind: str, subject: str, lines: list[str], now: dt.datetime, referral: Referral | None = None, *, path: str = ""
) -> None:
    """Mail to the referral processing team, by day in its zone; it leads to the referral, or to ``path``."""
    if referral is not None:
        path = reverse("pages:team-referral", args=[referral.public_id])
    lines = [*lines, open_link(path)]
    zone = settings.TEAM_TIME_ZONE
    build_mail(kind, settings.TEAM_EMAIL, subject, lines, now, referral, zone=zone, path=path).save()


def open_link(path: str) -> str:
    return gettext("Open it: %(address)s") % {"address": address(path)}


def offer_link(offer: str) -> str:
    return open_link(offer_path(offer))


def offer_path(offer: str) -> str:
    return _offer_path().format(offer)


@cache
def _offer_path() -> str:
    """Path of an offer's page, with a place for its id: reversed once, not for each mail of a batch."""
    example = "OFR-2222-2222"
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
        gettext("Please confirm that you asked for deployment assistance. Your request is sent when you confirm."),
        address(reverse("pages:rfa-confirm", args=[rfa.token])),
        gettext("If it was not you, do nothing: the request is deleted after seven days."),
    ]
    subject = gettext("Confirm your request for deployment assistance")
    build_mail("confirm", rfa.email, subject, lines, now).save()
    ring()
