"""Copies and digests: by each person's hours, once, and only to those who are still there."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core import mail

from accounts.models import User
from partners.models import Partner
from referrals.answering.undoing import withdraw_unseen
from referrals.email import notifications as notices
from referrals.email import sending
from referrals.email.escalating import open_escalation
from referrals.email.notifications import find_notices, send_digests
from referrals.email.personal import tell_person
from referrals.email.rendering import as_message
from referrals.email.sending import send_due_mail
from referrals.email.writing import name_of
from referrals.models import NoticeSettings, Notification, Offer
from referrals.reviewing.acts import reassign
from referrals.sweeping.due import find_due
from tests import world
from tests.pages.notifications.noticing import DAY, MORNING, choose, subjects

pytestmark = pytest.mark.django_db


def test_copies_come_at_once_by_the_persons_hours_once(offered: tuple[Partner, Offer, User]) -> None:
    partner, offer, person = offered
    choose(person, offers="at_once", mail_from=dt.time(12), mail_until=dt.time(18))
    assert send_due_mail(MORNING) == 1, "the shared address first"
    assert [message.to for message in mail.outbox] == [[partner.contact_email]]
    copy = Notification.objects.get(person=person)
    assert copy.due_at == MORNING.replace(hour=12), "London is on UTC in winter"
    send_due_mail(MORNING)
    for _ in range(2):
        send_due_mail(MORNING.replace(hour=13))
    assert [message.to for message in mail.outbox] == [[partner.contact_email], [person.email]]
    assert f"/offers/{offer.referral.public_id}/" in mail.outbox[1].body
    assert subjects(person, MORNING) == [f"New referral: {name_of(offer.referral)}"], "the copy is not told again"


def test_a_copy_that_is_late_waits_for_the_hours_again(offered: tuple[Partner, Offer, User]) -> None:
    _partner, _offer, person = offered
    choose(person, offers="at_once", mail_from=dt.time(12), mail_until=dt.time(14))
    send_due_mail(MORNING)
    send_due_mail(MORNING.replace(hour=15))
    copy = Notification.objects.get(person=person)
    assert (copy.sent_at, copy.due_at) == (None, MORNING.replace(hour=12) + DAY)


def test_people_who_left_or_have_the_shared_address_get_no_copy(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, person = offered
    left = world.make_user("left@x.example")
    partner.memberships.create(user=left, role="triager", is_active=False)
    for one in (person, left):
        choose(one, offers="at_once")
    User.objects.filter(pk=person.pk).update(email=partner.contact_email)
    send_due_mail(MORNING)
    assert len(mail.outbox) == 1


def test_the_digest_gathers_and_comes_once_a_day(offered: tuple[Partner, Offer, User]) -> None:
    _partner, offer, person = offered
    choose(person, MORNING, offers="digest", ended="digest", digest_at=dt.time(16, 30))
    send_due_mail(MORNING)
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=MORNING)
    send_due_mail(MORNING)
    assert send_digests(MORNING) == 0
    at = MORNING.replace(hour=16, minute=30)
    assert "referrals.send_due_mail" in find_due(at)
    assert [send_digests(at) for _ in range(2)] == [1, 0]
    send_due_mail(at)
    digest = mail.outbox[-1]
    assert (digest.to, digest.subject) == ([person.email], "2 notifications since your last digest")
    assert "Withdrawn: " in digest.body
    assert f"/offers/{offer.referral.public_id}/" in digest.body
    assert send_digests(at + DAY) == 0, "an empty one is not sent"
    assert NoticeSettings.objects.get(user=person).digest_due_at == at + 2 * DAY


def off_board(person: User) -> None:
    """Membership, team and account end."""
    person.memberships.update(is_active=False)
    User.objects.filter(pk=person.pk).update(is_processing_team=False, is_active=False)


def test_whoever_left_is_mailed_nothing_that_waited(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, person = offered
    gathers = world.make_user("gathers@x.example")
    partner.memberships.create(user=gathers, role="triager")
    choose(person, MORNING, offers="at_once", mail_from=dt.time(12))
    choose(gathers, MORNING, offers="digest", digest_at=dt.time(16))
    send_due_mail(MORNING)
    assert Notification.objects.exclude(person=None).count() == 2
    for one in (person, gathers):
        one.memberships.update(is_active=False)
    assert send_due_mail(MORNING.replace(hour=13)) == 0
    assert send_digests(MORNING.replace(hour=16)) == 0
    assert find_notices(person, MORNING) == []
    assert [message.to for message in mail.outbox] == [[partner.contact_email]]


def test_somebody_who_left_the_team_stops_no_other_mail(offered: tuple[Partner, Offer, User]) -> None:
    team = world.by_team().user
    assert team is not None
    choose(team, MORNING, team="digest", digest_at=dt.time(12))
    open_escalation(subject="Help", text="Please.", by=world.by_partner(Partner.objects.get()), now=MORNING)
    send_due_mail(MORNING)
    assert Notification.objects.get(person=team).gathers
    off_board(team)
    assert send_digests(MORNING.replace(hour=12)) == 0
    assert NoticeSettings.objects.get().digest_due_at == MORNING.replace(hour=12) + DAY


def test_a_digest_that_fails_holds_up_nobody(
    offered: tuple[Partner, Offer, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    _partner, _offer, person = offered
    choose(person, MORNING, offers="digest", digest_at=dt.time(12))
    send_due_mail(MORNING)

    def fail(row: Notification) -> bool:
        raise OSError(row.pk)

    noon = MORNING.replace(hour=12)
    with monkeypatch.context() as breaks:
        breaks.setattr(notices, "still_concerns", fail)
        assert send_digests(noon) == 0
    assert send_digests(noon) == 0, "tried again the next day"
    assert send_digests(noon + DAY) == 1


def test_a_readers_bad_row_neither_repeats_the_shared_mail_nor_stops_the_queue(
    offered: tuple[Partner, Offer, User],
) -> None:
    _partner, _offer, person = offered
    choose(person, offers="at_once", personal="at_once")
    User.objects.filter(pk=person.pk).update(time_zone="Europe/Nowhere")
    assert [send_due_mail(MORNING + n * DAY) for n in range(3)] == [1, 0, 0]
    waits = Notification.objects.create(
        kind="mentioned", to=person.email, person=person, subject="s", body="b", created_at=MORNING, due_at=MORNING
    )
    Notification.objects.create(
        kind="x", to="other@x.example", subject="s", body="b", created_at=MORNING, due_at=MORNING
    )
    assert send_due_mail(MORNING) == 1, "the one behind it"
    waits.refresh_from_db()
    assert (waits.sent_at, waits.attempts) == (None, 1)


def test_copies_go_out_although_the_shared_address_refuses(
    offered: tuple[Partner, Offer, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    partner, _offer, person = offered
    choose(person, offers="at_once")
    real = as_message

    def fail(row: Notification) -> Any:
        if row.to == partner.contact_email:
            raise OSError("550")
        return real(row)

    monkeypatch.setattr(sending, "as_message", fail)
    for day in range(3):
        send_due_mail(MORNING + day * DAY)
    assert [message.to for message in mail.outbox] == [[person.email], [settings.TEAM_EMAIL]], "the team hears of it"


def test_what_was_for_the_site_only_is_not_mailed_later_and_what_gathered_is_not_lost(
    offered: tuple[Partner, Offer, User],
) -> None:
    _partner, offer, person = offered
    choose(person, MORNING, personal="none")
    tell_person(person, "export", "Ready", [], MORNING, path="/exports/1/")
    choose(person, MORNING, personal="digest", ended="digest", digest_at=dt.time(12))
    tell_person(person, "export", "Ready too", [], MORNING, path="/exports/2/")
    Notification.objects.filter(person=None).update(sent_at=MORNING)
    User.objects.filter(pk=person.pk).update(email="moved@x.example")
    person.refresh_from_db()
    choose(person, MORNING, personal="at_once")
    send_due_mail(MORNING)
    assert [(message.to, message.subject) for message in mail.outbox] == [(["moved@x.example"], "Ready too")]
    assert offer.referral.public_id not in mail.outbox[0].body


def test_the_copy_of_an_offer_withdrawn_unseen_goes_with_it(offered: tuple[Partner, Offer, User]) -> None:
    partner, offer, person = offered
    choose(person, offers="at_once", mail_from=dt.time(12))
    send_due_mail(MORNING)
    withdraw_unseen(offer.referral, offer, MORNING)
    send_due_mail(MORNING.replace(hour=13))
    assert [(message.to[0], message.subject) for message in mail.outbox] == [
        (partner.contact_email, f"New referral: {name_of(offer.referral)}"),
        (partner.contact_email, f"Withdrawn: {name_of(offer.referral)}"),
    ]


def test_a_shared_mail_that_failed_and_is_put_off_is_copied_once(
    offered: tuple[Partner, Offer, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    _partner, _offer, person = offered
    choose(person, offers="digest")

    def fail(row: Notification) -> Any:
        raise OSError(row.pk)

    monkeypatch.setattr(sending, "as_message", fail)
    send_due_mail(MORNING)
    send_due_mail(MORNING.replace(hour=23))
    shared = Notification.objects.get(kind="offer", person=None)
    assert (shared.attempts, shared.due_at) == (1, MORNING.replace(hour=8) + DAY), "put off until the morning"
    assert Notification.objects.filter(person=person).count() == 1
