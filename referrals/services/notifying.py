"""Mail: rows written with the change they tell of, sent after the commit, at least once, with one Message-ID."""

import datetime as dt
import logging
import zoneinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from benefits.data.places import COUNTRY_ZONES
from partners.models import Membership, Partner
from referrals.models import NoticeSettings, Notification, Offer, Referral, Rfa
from referrals.models.notice import KINDS, NoticeGroup, NoticeWay
from referrals.queue import ring

from . import clocks
from .mailing import as_message

logger = logging.getLogger(__name__)
MAIL_BATCH = 100
FIRST_RETRY = dt.timedelta(minutes=1)
MOST_DOUBLINGS = 6


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


def tell_person(
    person: User,
    kind: str,
    subject: str,
    lines: list[str],
    now: dt.datetime,
    *,
    path: str,
    referral: Referral | None = None,
) -> None:
    """A notice to one person, mailed as that person wants it: by its hours, in its digest, or not at all."""
    chosen = settings_of(person)
    mail = build_mail(kind, person.email, subject, [*lines, f"Open it: {address(path)}"], now, referral, path=path)
    mail.person = person
    mails_now = chosen.way(NoticeGroup.PERSONAL) == NoticeWay.AT_ONCE
    mail.due_at = mail_time_of(person, chosen, now) if mails_now else None
    mail.save()


def copy_for_people(mail: Notification, now: dt.datetime) -> None:
    """Who of the readers of a shared address wants it besides gets a copy: at once, or for the digest. One query."""
    if mail.person_id is not None:
        return
    is_team = mail.to == settings.TEAM_EMAIL and mail.offer_id is None
    group = NoticeGroup.TEAM if is_team else KINDS.get(mail.kind)
    if group is None:
        return
    people = User.objects.filter(is_active=True).exclude(email__iexact=mail.to)
    if is_team:
        people = people.filter(is_processing_team=True)
    else:
        mine = Q(offers=mail.offer_id) if mail.offer_id else Q(contact_email__iexact=mail.to)
        members = Membership.objects.filter(is_active=True, partner__in=Partner.objects.filter(mine))
        people = people.filter(pk__in=members.values("user"))
    wants = NoticeSettings.objects.filter(user__in=people).exclude(ways={}).select_related("user")
    Notification.objects.bulk_create(
        _copy(mail, chosen, way, now) for chosen in wants if (way := chosen.way(group)) != NoticeWay.NONE
    )


def _copy(mail: Notification, chosen: NoticeSettings, way: str, now: dt.datetime) -> Notification:
    words = {"body": mail.body, "path": mail.path or (offer_path(mail.offer.public_id) if mail.offer else "")}
    due = mail_time_of(chosen.user, chosen, now) if way == NoticeWay.AT_ONCE else None
    return Notification(
        kind=mail.kind,
        to=chosen.user.email,
        subject=mail.subject,
        **words,
        created_at=now,
        due_at=due,
        person=chosen.user,
        referral=mail.referral,
    )


def settings_of(person: User) -> NoticeSettings:
    """The person's choices, or the usual ones, unsaved."""
    return NoticeSettings.objects.filter(user=person).first() or NoticeSettings(user=person)


def mail_time_of(person: User, chosen: NoticeSettings, now: dt.datetime) -> dt.datetime:
    return clocks.personal_mail_time(now, person.time_zone, chosen.mail_from, chosen.mail_until)


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


def send_due_mail(now: dt.datetime) -> int:
    """Send what is due; a mail that fails is tried again later. Gives how many were sent.

    One row a transaction and locked while it is sent: a crash can send it twice, with the same Message-ID.
    """
    sent = 0
    for _ in range(MAIL_BATCH):
        done = _send_next(now)
        if done is None:
            break
        sent += done
    return sent


def _opens_at(mail: Notification, now: dt.datetime) -> dt.datetime:
    """Now, or when whoever reads it wants mail again."""
    if mail.person is not None:
        return mail_time_of(mail.person, settings_of(mail.person), now)
    return clocks.mail_time(now, mail.zone) if mail.zone else now


@transaction.atomic
def _send_next(now: dt.datetime) -> bool | None:
    due = Notification.objects.filter(sent_at=None, due_at__lte=now).order_by("due_at", "id")
    mail = due.select_for_update(skip_locked=True).first()
    if mail is None:
        return None
    opens = _opens_at(mail, now)
    if opens > now:  # picked up late, or tried again by night
        mail.due_at = opens
        mail.save(update_fields=["due_at"])
        return False
    mail.attempts += 1
    try:
        as_message(mail).send()
    except Exception as error:  # noqa: BLE001 (one mail that cannot be sent must not stop the mails behind it)
        logger.warning("mail %s was not sent: %s", mail.pk, error)
        mail.last_error = str(error)[:300]
        mail.due_at = now + FIRST_RETRY * 2 ** min(mail.attempts, MOST_DOUBLINGS)
    else:
        mail.sent_at, mail.last_error = now, ""
        copy_for_people(mail, now)
    mail.save()
    return mail.sent_at is not None
