"""Notices to a person: mailed by its own choices and hours, only as long as they concern it."""

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from partners.models import Membership, Partner
from referrals.email.writing import build_mail, offer_path, open_link
from referrals.lifecycle import clocks
from referrals.models import NoticeSettings, Notification, Offer, Referral
from referrals.models.notice import KINDS, PERSONAL_KINDS, NoticeGroup, NoticeWay

DIGEST_KIND = "digest"


def tell_person(
    person: User,
    kind: str,
    subject: str,
    lines: list[str],
    now: dt.datetime,
    *,
    path: str,
    referral: Referral | None = None,
    offer: Offer | None = None,
) -> None:
    """A notice to one person, mailed as that person wants it: by its hours, in its digest, or not at all."""
    mail = build_mail(kind, person.email, subject, [*lines, open_link(path)], now, referral, path=path)
    mail.offer = offer
    chosen = settings_of(person)
    _address(mail, chosen, chosen.way(NoticeGroup.PERSONAL), now)
    mail.save()


def _address(mail: Notification, chosen: NoticeSettings, way: str, now: dt.datetime) -> None:
    mail.person, mail.to = chosen.user, chosen.user.email
    mail.gathers = way == NoticeWay.DIGEST
    mail.due_at = mail_time_of(chosen, now) if way == NoticeWay.AT_ONCE else None


def copy_for_people(mail: Notification, now: dt.datetime) -> None:
    """Who of the readers of a shared address wants it besides gets a copy: at once, or for the digest. Two queries."""
    group = group_of(mail)
    if mail.person_id is not None or group is None:
        return
    wants = NoticeSettings.objects.filter(user__in=_readers(mail)).exclude(ways={}).select_related("user")
    Notification.objects.bulk_create(
        _copy(mail, chosen, way, now) for chosen in wants if (way := chosen.way(group)) != NoticeWay.NONE
    )


def _readers(mail: Notification) -> QuerySet[User]:
    people = User.objects.filter(is_active=True).exclude(email__iexact=mail.to)
    if group_of(mail) == NoticeGroup.TEAM:
        return people.filter(is_processing_team=True)
    return people.filter(pk__in=_members(mail).values("user"))


def _members(mail: Notification) -> QuerySet[Membership]:
    """Who acts for the partner that a notice concerns."""
    partner = Partner.objects.filter(Q(offers=mail.offer_id) if mail.offer_id else Q(pk=mail.partner_id))
    return Membership.objects.filter(is_active=True, partner__in=partner)


def _copy(mail: Notification, chosen: NoticeSettings, way: str, now: dt.datetime) -> Notification:
    copy = Notification(kind=mail.kind, subject=mail.subject, body=mail.body, created_at=now)
    copy.path = mail.path or (offer_path(mail.offer.referral.public_id) if mail.offer else "")
    copy.offer, copy.partner, copy.referral = mail.offer, mail.partner, mail.referral
    _address(copy, chosen, way, now)
    return copy


def group_of(mail: Notification) -> NoticeGroup | None:
    """What a notice is about; none for mail that is no notice, such as a requester's."""
    if mail.is_for_its_owner_alone:
        return None
    if mail.kind in PERSONAL_KINDS:
        return NoticeGroup.PERSONAL
    if mail.offer_id or mail.partner_id:
        return KINDS.get(mail.kind)
    is_for_team = mail.to == settings.TEAM_EMAIL or (mail.person_id and mail.kind != DIGEST_KIND)
    return NoticeGroup.TEAM if is_for_team else None


def still_concerns(mail: Notification) -> bool:
    """Does the person it is addressed to still work there, and for whom it is about?"""
    person = mail.person
    if person is None:
        return True
    if mail.offer_id or mail.partner_id:
        return person.is_active and _members(mail).filter(user=person).exists()
    return person.is_active and (group_of(mail) != NoticeGroup.TEAM or person.is_processing_team)


def settings_of(person: User) -> NoticeSettings:
    """The person's choices, or the usual ones, unsaved."""
    return NoticeSettings.objects.filter(user=person).first() or NoticeSettings(user=person)


def mail_time_of(chosen: NoticeSettings, now: dt.datetime) -> dt.datetime:
    return clocks.personal_mail_time(now, chosen.user.time_zone, chosen.mail_from, chosen.mail_until)
