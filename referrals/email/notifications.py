"""What a person reads on the site of what has happened, and the daily digest of it."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from accounts.models import User
from partners.models import Partner
from referrals.email.personal import DIGEST_KIND, group_of, mail_time_of, settings_of, still_concerns
from referrals.email.writing import address, build_mail, offer_path
from referrals.lifecycle import clocks
from referrals.models import NoticeSettings, Notification, Offer
from referrals.models.notice import KINDS, PERSONAL_KINDS, NoticeGroup, NoticeWay

MOST_SHOWN, MOST_OFFERS = 50, 500
KEPT_DAYS = 30  # so far back the site tells of things
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened; ``url`` is where it is acted upon."""

    id: int
    at: dt.datetime
    subject: str
    customer: str
    url: str
    is_new: bool


def groups_of(person: User) -> list[NoticeGroup]:
    """What there can be notices about for this person, in the order that settings list it."""
    if person.is_processing_team:
        return [NoticeGroup.TEAM, NoticeGroup.PERSONAL]
    shared = [NoticeGroup.OFFERS, NoticeGroup.REMINDERS, NoticeGroup.ENDED, NoticeGroup.WORDS]
    return [*shared, NoticeGroup.PERSONAL] if Partner.objects.of_member(person).exists() else [NoticeGroup.PERSONAL]


def find_notices(person: User, now: dt.datetime) -> list[Notice]:
    """What concerns the person's partners, the team, or the person itself, the newest first. Seven queries at most."""
    since, seen = now - dt.timedelta(days=KEPT_DAYS), settings_of(person).seen_upto
    rows = [row for source in _sources(person) for row in source.filter(created_at__gte=since)[:MOST_SHOWN]]
    rows.sort(key=lambda row: -row.pk)
    return [_notice(row, seen) for row in rows[:MOST_SHOWN]]


def count_new(person: User, now: dt.datetime) -> int:
    """How many are not marked as read; at most as many as are shown."""
    return sum(notice.is_new for notice in find_notices(person, now))


def _sources(person: User) -> list[QuerySet[Notification]]:
    """Found by the offers they are about, by the person, or by the address they go to: each has its index."""
    newest = Notification.objects.select_related("offer", "referral__customer").order_by("-id")
    own = Offer.objects.visible_to(person)
    mine = Partner.objects.of_member(person)
    shared = newest.filter(person=None)
    personal = newest.filter(person=person, kind__in=PERSONAL_KINDS)
    sources: list[QuerySet[Notification]] = [
        shared.filter(offer__in=own.newest_ids(MOST_OFFERS), kind__in=KINDS),
        shared.filter(offer=None, to__in=mine.values_list("contact_email", flat=True), kind="pause", partner__in=mine),
        personal.filter(Q(offer=None, partner=None) | Q(partner__in=mine) | Q(offer__partner__in=mine)),
    ]
    if person.is_processing_team:
        sources.append(shared.filter(offer=None, to=settings.TEAM_EMAIL).exclude(kind__in=Notification.FOR_OWNERS))
    return sources


def _notice(row: Notification, seen: int) -> Notice:
    url, referral = row.path, row.referral
    if not url and row.offer is not None and referral is not None:
        url = offer_path(referral.public_id)
    customer = referral.customer.name if referral else ""
    return Notice(row.pk, row.created_at, row.subject, customer, url, row.pk > seen)


def mark_read(person: User, upto: int) -> None:
    """Everything up to a notice counts as read; never less than before, and nothing that is yet to come."""
    newest = Notification.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    upto = min(upto, newest)
    chosen, _made = NoticeSettings.objects.get_or_create(user=person)
    NoticeSettings.objects.filter(pk=chosen.pk, seen_upto__lt=upto).update(seen_upto=upto)


@transaction.atomic
def name_oneself(person: User, name: str) -> None:
    """Keep how a person wants to be called; with an empty name it is known by its address."""
    person.name = name
    person.save(update_fields=["name"])


def choose_notices(
    person: User,
    ways: dict[str, str],
    *,
    mail_from: dt.time,
    mail_until: dt.time,
    digest_at: dt.time,
    zone: str,
    now: dt.datetime,
) -> None:
    """Keep how a person wants to hear of things, and its zone."""
    person.time_zone = zone
    person.save(update_fields=["time_zone"])
    has_digest = NoticeWay.DIGEST in ways.values()
    words = {
        "ways": ways,
        "mail_from": mail_from,
        "mail_until": mail_until,
        "digest_at": digest_at,
        "digest_due_at": clocks.next_daily(now, zone, digest_at) if has_digest else None,
    }
    chosen, _made = NoticeSettings.objects.update_or_create(user=person, defaults=words)
    chosen.user = person
    _sort_gathered(chosen, now)


def _gathered(person: User) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person, gathers=True, sent_at=None, due_at=None).order_by("id")


def _sort_gathered(chosen: NoticeSettings, now: dt.datetime) -> None:
    """What waits for a digest that is not wanted any more is mailed at once, or not, as is wanted now."""
    for row in _gathered(chosen.user):
        way = chosen.way(group_of(row) or NoticeGroup.PERSONAL)
        if way != NoticeWay.DIGEST:
            row.gathers = False
            row.due_at = mail_time_of(chosen, now) if way == NoticeWay.AT_ONCE else None
            row.save(update_fields=["gathers", "due_at"])


def send_digests(now: dt.datetime) -> int:
    """Write the digests that are due, each with what has gathered since the last; gives how many were written.

    One that cannot be written is tried again the next day; the others go out.
    """
    written = 0
    for pk in list(NoticeSettings.objects.due(now).values_list("pk", flat=True)):
        try:
            written += _send_digest(pk, now)
        except Exception:
            logger.exception("the digest of settings %s could not be written", pk)
            NoticeSettings.objects.due(now).filter(pk=pk).update(digest_due_at=now + dt.timedelta(days=1))
    return written


@transaction.atomic
def _send_digest(pk: int, now: dt.datetime) -> int:
    row = (
        NoticeSettings.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(pk=pk)
    )
    chosen = row.first()
    if chosen is None:
        return 0
    person = chosen.user
    chosen.digest_due_at = clocks.next_daily(now, person.time_zone, chosen.digest_at)
    chosen.save(update_fields=["digest_due_at"])
    gathered = list(_gathered(person))
    rows = [row for row in gathered if still_concerns(row)]
    Notification.objects.filter(pk__in=[row.pk for row in gathered]).update(gathers=False)
    if not rows:
        return 0
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)
    number = len(rows)
    subject = ngettext(
        "1 notification since your last digest", "%(number)d notifications since your last digest", number
    )
    mail = build_mail(DIGEST_KIND, person.email, subject % {"number": number}, _digest_lines(rows), now)
    mail.person, mail.due_at = person, mail_time_of(chosen, now)
    mail.save()
    return 1


def _digest_lines(rows: Iterable[Notification]) -> list[str]:
    return [f"{row.subject}\n{address(row.path)}" for row in rows]
