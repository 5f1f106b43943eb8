"""Notices: what happened is told on the site, and mailed as each person wants it."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from partners.models import Partner
from referrals.models import NoticeSettings, Notification, Offer
from referrals.models.notice import NoticeGroup
from referrals.services import notices, posting
from referrals.services.due import find_due
from referrals.services.escalating import open_escalation, write_message
from referrals.services.expiring import expire_due
from referrals.services.mailing import as_message
from referrals.services.notices import choose_notices, find_notices, mark_read, send_digests
from referrals.services.notifying import remind_partner
from referrals.services.personal import tell_person
from referrals.services.posting import send_due_mail
from referrals.services.releasing import decide_release, request_release
from referrals.services.reviewing import reassign
from referrals.services.undoing import withdraw_unseen
from tests import world
from tests.conftest import client_of
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MORNING = NOW.replace(hour=10, minute=0)


def choose(person: User, now: dt.datetime = NOW, **changes: Any) -> None:
    ways = {name: changes.pop(name) for name in NoticeGroup.values if name in changes}
    usual: dict[str, Any] = {"mail_from": dt.time(8), "mail_until": dt.time(20), "digest_at": dt.time(8)}
    choose_notices(person, ways, **(usual | changes), zone=person.time_zone, now=now)


def subjects(person: User, now: dt.datetime = NOW) -> list[str]:
    return [notice.subject for notice in find_notices(person, now)]


@pytest.fixture
def offered(db: None) -> tuple[Partner, Offer, User]:
    partner = world.make_partner()
    _referral, offer = world.offered(now=NOW)
    Notification.objects.filter(kind="received").delete()
    return partner, offer, world.triager(partner)


def test_everybody_reads_what_concerns_them_and_nothing_of_others(offered: tuple[Partner, Offer, User]) -> None:
    partner, offer, person = offered
    other = world.triager(world.make_partner("Fabrikam"))
    assert subjects(person) == [f"New referral {offer.public_id}"]
    assert subjects(other) == []
    notice = find_notices(person, NOW)[0]
    assert (notice.url, notice.is_new) == (f"/offers/{offer.public_id}/", True)
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=NOW)
    assert subjects(person)[0] == f"Withdrawn: referral {offer.public_id}"
    assert Notification.objects.get(kind="withdrawn").to == partner.contact_email
    assert subjects(world.by_team().user or person) == []


def test_lapses_and_releases_are_told(offered: tuple[Partner, Offer, User]) -> None:
    _partner, offer, person = offered
    request_release(offer.pk, world.said(), by=world.by_partner(offer.partner), now=NOW)
    request = offer.release_requests.get()
    decide_release(request.pk, grant=False, note="You are endorsed for it.", by=world.by_team(), now=NOW)
    decided = Notification.objects.get(kind="release_decided")
    assert "refused: the referral stays with you" in decided.body
    assert "You are endorsed for it." in decided.body
    late = NOW + 8 * DAY
    expire_due(now=late)
    assert subjects(person, late)[0] == f"Passed on without an answer: referral {offer.public_id}"


def test_reading_changes_nothing_and_a_button_marks_as_read(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, person = offered
    client = client_of(partner)
    Notification.objects.update(created_at=timezone.now())
    for _ in range(2):
        assert "● New" in world.text(client.get("/notices/"))
        assert "> new</span>" in world.text(client.get("/notices/new/"))
    newest = Notification.objects.latest("id").pk
    client.post("/notices/read/", {"upto": newest})
    assert "● New" not in world.text(client.get("/notices/"))
    assert world.text(client.get("/notices/new/")) == ""
    client.post("/notices/read/", {"upto": newest - 1})
    client.post("/notices/read/", {"upto": "9" * 40})
    assert NoticeSettings.objects.get(user=person).seen_upto == newest
    assert "Nothing in the last 30 days" in world.text(client_of(world.make_partner("New")).get("/notices/"))


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
    assert f"/offers/{offer.public_id}/" in mail.outbox[1].body
    assert subjects(person, MORNING) == [f"New referral {offer.public_id}"], "the copy is not told again"


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
    assert (digest.to, digest.subject) == ([person.email], "2 notices since your last digest")
    assert "Withdrawn: referral" in digest.body
    assert f"/offers/{offer.public_id}/" in digest.body
    assert send_digests(at + DAY) == 0, "an empty one is not sent"
    assert NoticeSettings.objects.get(user=person).digest_due_at == at + 2 * DAY


@pytest.mark.parametrize(("way", "mails"), [("at_once", 1), ("digest", 0), ("none", 0)])
def test_personal_notices_are_mailed_as_wanted_and_always_told(
    offered: tuple[Partner, Offer, User], way: str, mails: int
) -> None:
    _partner, _offer, person = offered
    choose(person, personal=way)
    by = world.by_partner(Partner.objects.get())
    asked = open_escalation(subject="Help", text="Please.", by=by, now=MORNING)
    write_message(asked.pk, text="Here you are.", by=world.by_team(), now=MORNING)
    Notification.objects.exclude(kind="escalation_answered").update(sent_at=MORNING)
    send_due_mail(MORNING)
    assert len(mail.outbox) == mails
    assert subjects(person, MORNING)[0].startswith("Your question was answered")
    assert find_notices(person, MORNING)[0].url == f"/escalations/{asked.public_id}/"


def test_the_team_gets_copies_of_what_is_told_to_it(offered: tuple[Partner, Offer, User]) -> None:
    team = world.by_team().user
    assert team is not None
    choose(team, team="at_once")
    open_escalation(subject="Help", text="Please.", by=world.by_partner(Partner.objects.get()), now=MORNING)
    Notification.objects.exclude(kind="escalation").update(sent_at=MORNING)
    for _ in range(2):
        send_due_mail(MORNING)
    assert team.email in {message.to[0] for message in mail.outbox}
    assert subjects(team, MORNING)[0].startswith("Escalation ESC-")


def test_settings_say_what_is_wrong_and_keep_what_was_typed(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, person = offered
    client = client_of(partner)
    page = world.text(client.get("/notices/settings/"))
    assert "New referrals" in page
    assert "What the team has to look at" not in page
    typed = {f"way_{name}": "digest" for name in ("offers", "reminders", "ended", "words", "personal")}
    typed |= {"time_zone": "Asia/Kathmandu", "mail_from": "18:00", "mail_until": "09:00", "digest_at": "07:15"}
    refused = client.post("/notices/settings/", typed)
    assert (refused.status_code, "later than when mail may begin" in world.text(refused)) == (422, True)
    assert 'value="Asia/Kathmandu"' in refused.content.decode()
    assert not NoticeSettings.objects.exists()
    for wrong in ({"time_zone": "Mars"}, {"way_offers": "pigeon"}, {"digest_at": "25:00"}):
        assert client.post("/notices/settings/", typed | {"mail_until": "20:00"} | wrong).status_code == 422
    assert client.post("/notices/settings/", typed | {"mail_until": "20:00"}).status_code == 302
    chosen = NoticeSettings.objects.get(user=person)
    person.refresh_from_db()
    assert (chosen.ways["offers"], chosen.mail_from, person.time_zone) == ("digest", dt.time(18), "Asia/Kathmandu")
    assert chosen.digest_due_at is not None
    assert chosen.digest_due_at.minute == 30, "quarter past seven in Kathmandu"
    for client in (Client(), client_of(world.make_partner("Z"))):
        assert client.get("/notices/settings/").status_code in (200, 302)


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

    monkeypatch.setattr(posting, "as_message", fail)
    for day in range(3):
        send_due_mail(MORNING + day * DAY)
    assert [message.to for message in mail.outbox] == [[person.email]]


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
    assert offer.public_id not in mail.outbox[0].body


def test_the_copy_of_an_offer_withdrawn_unseen_goes_with_it(offered: tuple[Partner, Offer, User]) -> None:
    partner, offer, person = offered
    choose(person, offers="at_once", mail_from=dt.time(12))
    send_due_mail(MORNING)
    withdraw_unseen(offer.referral, offer, MORNING)
    send_due_mail(MORNING.replace(hour=13))
    assert [(message.to[0], message.subject) for message in mail.outbox] == [
        (partner.contact_email, f"New referral {offer.public_id}"),
        (partner.contact_email, f"Withdrawn: referral {offer.public_id}"),
    ]


def test_a_shared_contact_address_tells_nothing_of_another_partners_pause(
    offered: tuple[Partner, Offer, User],
) -> None:
    partner, _offer, person = offered
    other = world.make_partner("Fabrikam", contact_email=partner.contact_email)
    words: dict[str, Any] = {"kind": "pause", "subject": "Pause", "body": "b", "created_at": NOW, "due_at": NOW}
    Notification.objects.create(to=partner.contact_email, partner=other, **words)
    assert "Pause" not in subjects(person)
    assert subjects(world.triager(other)) == ["Pause"]


def test_words_about_an_offer_that_ended_long_ago_are_told(offered: tuple[Partner, Offer, User]) -> None:
    _partner, offer, person = offered
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=NOW)
    offer.refresh_from_db()
    late = NOW + 40 * DAY
    remind_partner(offer, "coached", ["A word."], late)
    assert subjects(person, late)[0].startswith("A word about")


def test_marks_never_reach_what_is_yet_to_come(offered: tuple[Partner, Offer, User]) -> None:
    _partner, offer, person = offered
    mark_read(person, 10**17)
    remind_partner(offer, "late", ["Late."], NOW)
    assert find_notices(person, NOW)[0].is_new


def test_hours_in_which_nothing_could_be_mailed_are_refused(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, _person = offered
    typed = {f"way_{name}": "none" for name in ("offers", "reminders", "ended", "words", "personal")}
    typed |= {"time_zone": "Europe/London", "digest_at": "08:00", "mail_from": "12:00", "mail_until": "12:00:59"}
    refused = client_of(partner).post("/notices/settings/", typed)
    assert (refused.status_code, "at least an hour later" in world.text(refused)) == (422, True)
