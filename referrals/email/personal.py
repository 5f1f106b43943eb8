"""Notices to a person: mailed by its own choices and hours, only as long as they concern it."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signing_in.inviting import waits_for
from partners.models import Absence, Membership, Partner
from referrals.email.writing import build_mail, offer_path, open_link
from referrals.lifecycle import clocks
from referrals.models import NoticeSettings, Notification, Offer, Referral
from referrals.models.notice import KINDS, PASSED_ON_KINDS, PERSONAL_KINDS, NoticeGroup, NoticeWay

DIGEST_KIND = "digest"
REPORT_KIND = "report"
OWN_KINDS = (DIGEST_KIND, REPORT_KIND)  # a person's own, whatever the person belongs to
Ways = dict[User, tuple[NoticeSettings, str]]


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
    partner: Partner | None = None,
    told: Collection[User] = (),
) -> None:
    """A notice to one person, mailed as that person wants it: by its hours, in its digest, or not at all.

    While the person is away from the ``partner`` it concerns, the deputy gets it too, unless it was ``told`` already;
    a deputy's deputy does not.
    """
    readers = [(person, subject, lines)]
    for deputy in _deputies(person, kind, offer.partner if offer else partner):
        if deputy not in told:
            words = {"person": person, "subject": subject}
            note = _("You get this because you’re covering for %(person)s.") % words
            readers.append((deputy, _("For %(person)s: %(subject)s") % words, [note, *lines]))
    for reader, title, said in readers:
        mail = build_mail(kind, reader.email, title, [*said, open_link(path)], now, referral, path=path)
        mail.offer, mail.partner = offer, None if offer else partner
        chosen = settings_of(reader)
        _address(mail, chosen, chosen.way(NoticeGroup.PERSONAL), now)
        mail.save()


def _deputies(person: User, kind: str, partner: Partner | None) -> list[User]:
    """Who covers for a person at a partner now."""
    if partner is None or kind not in PASSED_ON_KINDS:
        return []
    away = Absence.objects.current().of_person(person).filter(member__partner=partner).with_people()
    return [row.deputy.user for row in away]


def _address(mail: Notification, chosen: NoticeSettings, way: str, now: dt.datetime) -> None:
    mail.person, mail.to = chosen.user, chosen.user.email
    mail.gathers = way == NoticeWay.DIGEST
    mail.due_at = mail_time_of(chosen, now) if way == NoticeWay.AT_ONCE else None


def copy_for_people(mail: Notification, now: dt.datetime) -> None:
    """Who of the readers of a shared address wants it besides gets a copy, and a deputy with them."""
    group = group_of(mail)
    if mail.person_id is not None or group is None:
        return
    wants = NoticeSettings.objects.filter(user__in=_readers(mail)).exclude(ways={}).select_related("user")
    ways = {chosen.user: (chosen, way) for chosen in wants if (way := chosen.way(group)) != NoticeWay.NONE}
    Notification.objects.bulk_create(_copy(mail, *found, now) for found in _with_deputies(ways, mail).values())


def _with_deputies(ways: Ways, mail: Notification) -> Ways:
    """The readers, and the deputies of those who are away: a deputy hears at once of what either wants to know."""
    if not ways or group_of(mail) == NoticeGroup.TEAM:
        return ways
    away = Absence.objects.current().filter(member__in=_members(mail), member__user__in=ways).with_people()
    extra = {row.deputy.user for row in away} - {user for user, (_one, way) in ways.items() if way == NoticeWay.AT_ONCE}
    reached = {user for user in extra if user.email.lower() != mail.to.lower()}
    return ways | {user: (settings_of(user), NoticeWay.AT_ONCE.value) for user in reached}


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
    is_for_team = mail.to == settings.TEAM_EMAIL or (mail.person_id and mail.kind not in OWN_KINDS)
    return NoticeGroup.TEAM if is_for_team else None


def still_concerns(mail: Notification) -> bool:
    """Does the person it is addressed to still work there, and for whom it is about?"""
    person = mail.person
    if mail.kind == Notification.INVITATION:
        return waits_for(mail.to, timezone.now())
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
