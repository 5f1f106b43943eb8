"""What a person reads on the site of what has happened, and the daily digest of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from partners.models import Partner
from referrals.choices import LIVE_OFFER_STATES
from referrals.models import NoticeSettings, Notification, Offer
from referrals.models.notice import KINDS, PERSONAL_KINDS, NoticeGroup, NoticeWay

from . import clocks
from .notifying import address, build_mail, mail_time_of, settings_of

MOST_SHOWN, MOST_OFFERS = 50, 500
KEPT_DAYS = 30  # so far back the site tells of things
DIGEST_KIND = "digest"


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
    """What concerns the person's partners, the team, or the person itself, the newest first. Five queries at most."""
    since, seen = now - dt.timedelta(days=KEPT_DAYS), settings_of(person).seen_upto
    rows = [row for source in _sources(person, since) for row in source.filter(created_at__gte=since)[:MOST_SHOWN]]
    rows.sort(key=lambda row: -row.pk)
    return [_notice(row, seen) for row in rows[:MOST_SHOWN]]


def count_new(person: User, now: dt.datetime) -> int:
    """How many are not marked as read; at most as many as are shown."""
    return sum(notice.is_new for notice in find_notices(person, now))


def _sources(person: User, since: dt.datetime) -> list[QuerySet[Notification]]:
    """Found by the offers they are about, or by the address they go to: both have an index."""
    newest = Notification.objects.select_related("offer", "referral__customer").order_by("-id")
    own = Offer.objects.visible_to(person).filter(Q(state__in=LIVE_OFFER_STATES) | Q(answered_at__gte=since))
    offers = list(own.order_by("-id").values_list("pk", flat=True)[:MOST_OFFERS])
    contacts = list(Partner.objects.of_member(person).values_list("contact_email", flat=True))
    addressed = newest.filter(offer=None)
    sources: list[QuerySet[Notification]] = [
        newest.filter(offer__in=offers, kind__in=KINDS),
        addressed.filter(to__in=contacts, kind="pause", person=None),
        addressed.filter(to=person.email, kind__in=PERSONAL_KINDS, person=person),
    ]
    if person.is_processing_team:
        sources.append(addressed.filter(to=settings.TEAM_EMAIL, person=None))
    return sources


def _notice(row: Notification, seen: int) -> Notice:
    url, referral = row.path, row.referral
    if not url and row.offer is not None:
        url = reverse("referrals:offer", args=[row.offer.public_id])
    customer = referral.customer.name if referral else ""
    return Notice(row.pk, row.created_at, row.subject, customer, url, row.pk > seen)


def mark_read(person: User, upto: int) -> None:
    """Everything up to a notice counts as read; never less than before."""
    chosen, _made = NoticeSettings.objects.get_or_create(user=person)
    NoticeSettings.objects.filter(pk=chosen.pk, seen_upto__lt=upto).update(seen_upto=upto)


@transaction.atomic
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
    NoticeSettings.objects.update_or_create(user=person, defaults=words)


def due_digests(now: dt.datetime) -> QuerySet[NoticeSettings]:
    return NoticeSettings.objects.filter(digest_due_at__lte=now)


def send_digests(now: dt.datetime) -> int:
    """Write the digests that are due, each with what has gathered since the last; gives how many were written."""
    written = 0
    for pk in list(due_digests(now).values_list("pk", flat=True)):
        written += _send_digest(pk, now)
    return written


@transaction.atomic
def _send_digest(pk: int, now: dt.datetime) -> int:
    row = due_digests(now).select_for_update(skip_locked=True, of=("self",)).select_related("user").filter(pk=pk)
    chosen = row.first()
    if chosen is None:
        return 0
    person = chosen.user
    chosen.digest_due_at = clocks.next_daily(now, person.time_zone, chosen.digest_at)
    chosen.save(update_fields=["digest_due_at"])
    own = Notification.objects.filter(to=person.email, offer=None, person=person, due_at=None, sent_at=None)
    gathered = own.filter(created_at__gte=now - dt.timedelta(days=KEPT_DAYS)).order_by("id")
    rows = [row for row in gathered if chosen.way(_group(row, person)) == NoticeWay.DIGEST]
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)
    if not rows or not person.is_active:
        return 0
    subject = "One notice" if len(rows) == 1 else f"{len(rows)} notices"
    mail = build_mail(DIGEST_KIND, person.email, f"{subject} since your last digest", _digest_lines(rows), now)
    mail.person, mail.due_at = person, mail_time_of(person, chosen, now)
    mail.save()
    return 1


def _group(row: Notification, person: User) -> str:
    if row.kind in PERSONAL_KINDS:
        return NoticeGroup.PERSONAL
    return NoticeGroup.TEAM if person.is_processing_team else KINDS[row.kind]


def _digest_lines(rows: Iterable[Notification]) -> list[str]:
    return [f"{row.subject}\n{address(row.path)}" for row in rows]
