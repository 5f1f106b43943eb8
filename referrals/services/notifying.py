"""Mail: rows written with the change they tell of; ``posting`` sends them after the commit."""

import datetime as dt
import zoneinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from benefits.data.places import COUNTRY_ZONES
from referrals.models import Notification, Offer, Referral, Rfa
from referrals.queue import ring

from . import clocks


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


def say_offer(offer: str, type_label: str, partner: str, answer: str, until: str) -> tuple[str, str]:
    """Subject and text of the mail for a new offer.

    It names no customer, since mail is read by more people than the page.
    """
    lines = [
        f"A {type_label} has been offered to {partner}.",
        offer_link(offer),
        f"Please answer by {answer}. It passes on after {until}.",
    ]
    return f"New referral {offer}", "\n\n".join(lines)


def remind_partner(offer: Offer, kind: str, lines: list[str], now: dt.datetime) -> None:
    """Mail to a partner about its offer, by day in its zone."""
    partner = offer.partner
    subject = f"{REMINDERS[kind]} {offer.public_id}"
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
    "reminder": "Please answer referral",
    "late": "Your answer is late: referral",
    "expiring": "Passes on within a day: referral",
    "coached": "A word about your decline of referral",
    "overdue": "Your next act is due: referral",
    "proposed": "The customer has answered: referral",
    "reachable": "The customer can be reached: referral",
    "expired": "Passed on without an answer: referral",
    "withdrawn": "Withdrawn: referral",
    "release_decided": "Your release request is decided: referral",
}


def tell_team(
    kind: str, subject: str, lines: list[str], now: dt.datetime, referral: Referral | None = None, *, path: str = ""
) -> None:
    """Mail to the referral processing team, by day in its zone; it leads to the referral, or to ``path``."""
    if referral is not None:
        path = reverse("referrals:team-referral", args=[referral.public_id])
    lines = [*lines, f"Open it: {address(path)}"]
    zone = settings.TEAM_TIME_ZONE
    build_mail(kind, settings.TEAM_EMAIL, subject, lines, now, referral, zone=zone, path=path).save()


def offer_link(offer: str) -> str:
    return f"Open it: {address(offer_path(offer))}"


def offer_path(offer: str) -> str:
    return _offer_path().format(offer)


@cache
def _offer_path() -> str:
    """Path of an offer’s page, with a place for its id: reversed once, not for each mail of a batch."""
    example = "OFR-2222-2222"
    return reverse("referrals:offer", args=[example]).replace(example, "{}")


def say_instant(at: dt.datetime, zone: str) -> str:
    """An instant in the words of a zone: “Wednesday 25 November 2026, 16:40 CET”."""
    return f"{at.astimezone(zoneinfo.ZoneInfo(zone)):%A %-d %B %Y, %H:%M %Z}"


def tell_requester(
    referral: Referral, kind: str, subject: str, lines: list[str], now: dt.datetime, *, at_once: bool = False
) -> None:
    """Mail to the requester, by day in the customer's country; ``at_once`` when it has just asked for it."""
    link = f"Follow your request: {address(status_path(referral))}"
    zone = "" if at_once else COUNTRY_ZONES.get(referral.customer.country, "")
    mail = build_mail(kind, referral.requester_email, subject, [*lines, link], now, referral, zone=zone)
    mail.save()
    ring()


def status_path(referral: Referral) -> str:
    return reverse("referrals:status", args=[referral.status_token])


def ask_to_confirm(rfa: Rfa, now: dt.datetime) -> None:
    lines = [
        "Please confirm that you asked for deployment assistance. Your request is sent when you confirm.",
        address(reverse("referrals:rfa-confirm", args=[rfa.token])),
        "If it was not you, do nothing: the request is deleted after seven days.",
    ]
    build_mail("confirm", rfa.email, "Confirm your request for deployment assistance", lines, now).save()
    ring()
