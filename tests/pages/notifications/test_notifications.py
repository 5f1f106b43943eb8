"""Notices: what happened is told on the site, and mailed as each person wants it."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal
from partners.models import Partner
from referrals.answering.releasing import decide_release, request_release
from referrals.email.escalating import open_escalation, write_message
from referrals.email.notifications import find_notices, mark_read
from referrals.email.sending import send_due_mail
from referrals.email.writing import name_of, remind_partner
from referrals.models import NoticeSettings, Notification, Offer
from referrals.reviewing.acts import reassign
from referrals.sweeping.sweeps import expire_due
from tests import world
from tests.conftest import client_of
from tests.pages.notifications.noticing import DAY, MORNING, choose, subjects
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_everybody_reads_what_concerns_them_and_nothing_of_others(offered: tuple[Partner, Offer, User]) -> None:
    partner, offer, person = offered
    other = world.triager(world.make_partner("Fabrikam"))
    assert subjects(person) == [f"New referral: {name_of(offer.referral)}"]
    assert subjects(other) == []
    notice = find_notices(person, NOW)[0]
    assert (notice.url, notice.is_new) == (f"/offers/{offer.referral.public_id}/", True)
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=NOW)
    assert subjects(person)[0] == f"Withdrawn: {name_of(offer.referral)}"
    assert Notification.objects.get(kind="withdrawn").to == partner.contact_email
    assert subjects(world.by_team().user or person) == []


def test_lapses_and_releases_are_told(offered: tuple[Partner, Offer, User]) -> None:
    _partner, offer, person = offered
    request_release(offer.pk, world.said(), by=world.by_partner(offer.partner), now=NOW)
    request = offer.release_requests.get()
    decide_release(request.pk, grant=False, note="You are endorsed for it.", by=world.by_team(), now=NOW)
    decided = Notification.objects.get(kind="release_decided")
    assert "Your release request was refused. The referral stays with you" in decided.body
    assert "You are endorsed for it." in decided.body
    late = NOW + 8 * DAY
    expire_due(now=late)
    assert subjects(person, late)[0] == f"Expired: {name_of(offer.referral)}"


def test_reading_changes_nothing_and_a_button_marks_as_read(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, person = offered
    client = client_of(partner)
    Notification.objects.update(created_at=timezone.now())
    for _ in range(2):
        assert "</svg> New" in world.text(client.get("/notices/"))
        assert "> new</span>" in world.text(client.get("/notices/new/"))
    newest = Notification.objects.latest("id").pk
    client.post("/notices/read/", {"upto": seal("notice", newest)})
    assert "</svg> New" not in world.text(client.get("/notices/"))
    assert world.text(client.get("/notices/new/")) == ""
    client.post("/notices/read/", {"upto": seal("notice", newest - 1)})
    client.post("/notices/read/", {"upto": "9" * 40})
    assert NoticeSettings.objects.get(user=person).seen_upto == newest
    assert (
        "No notifications in the last 30 days. New referrals, reminders, replies and finished exports appear here"
        in world.text(client_of(world.make_partner("New")).get("/notices/"))
    )


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
    assert subjects(person, MORNING)[0].startswith("The team replied: ")
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
    assert subjects(team, MORNING)[0].startswith("New escalation: ESC-")


def test_settings_say_what_is_wrong_and_keep_what_was_typed(offered: tuple[Partner, Offer, User]) -> None:
    partner, _offer, person = offered
    client = client_of(partner)
    page = world.text(client.get("/notices/settings/"))
    assert "New referrals" in page
    assert "Team tasks" not in page
    typed = {f"way_{name}": "digest" for name in ("offers", "reminders", "ended", "words", "personal")}
    typed |= {"time_zone": "Asia/Kathmandu", "mail_from": "18:00", "mail_until": "09:00", "digest_at": "07:15"}
    refused = client.post("/notices/settings/", typed)
    assert (refused.status_code, "Quiet hours must start at least an hour after they end" in world.text(refused)) == (
        422,
        True,
    )
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
    assert subjects(person, late)[0].startswith("Message about")


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
    assert (refused.status_code, "Quiet hours must start at least an hour after they end" in world.text(refused)) == (
        422,
        True,
    )
