"""Reports in the forms that the mail servers of the world use, and what only looks like one."""

from base64 import b64encode

import pytest
from django.conf import settings
from django.utils import timezone

from referrals.email.bounces import Taken, take_incoming
from referrals.email.guessing import Kind
from referrals.email.incoming import read_incoming
from referrals.email.writing import build_mail
from referrals.models import Notification
from tests import world
from tests.referrals.email.mail_of_the_world import FAILURES, KEY, NO_FAILURES, TO, TO_A_PERSON, dsn, plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> Notification:
    row = build_mail("x", TO, "New referral", ["Hello"], timezone.now())
    row.message_key, row.sent_at, row.due_at = KEY, timezone.now(), None
    row.save()
    return row


def take(raw: str) -> Taken:
    return take_incoming(read_incoming(raw.encode()), now=timezone.now())


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_read_in_every_form(mail: Notification, name: str) -> None:
    assert take(FAILURES[name]) == Taken.MARKED
    mail.refresh_from_db()
    assert mail.sent_at is None
    assert mail.last_error
    assert take(FAILURES[name]) == Taken.UNCHANGED


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_of_another_mail_is_not_ours(mail: Notification, name: str) -> None:
    """The same report about a mail of another system, and about our mail to somebody else."""
    assert take(FAILURES[name].replace("5f" * 10, "a7" * 10)) == Taken.TOLD
    other = FAILURES[name].replace(TO, "robin@contoso.example")
    assert take(other.replace("\nTo: robin@contoso.example\nSubject: New", f"\nTo: {TO}\nSubject: New")) == Taken.TOLD
    mail.refresh_from_db()
    assert mail.sent_at


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Exim", "host mx.contoso.example: 550 unknown"),
        ("qmail", "Sorry, no mailbox here by that name. (#5.1.1)"),
        ("Yahoo, old form", "This user doesn't have a yahoo.com account"),
        ("GMX", "Requested action not taken: mailbox unavailable"),
        ("OpenSMTPD, expired", f"{TO}: Envelope expired"),
    ],
)
def test_the_servers_own_words_are_kept(name: str, said: str) -> None:
    assert read_incoming(FAILURES[name].encode()).failed[TO] == said


@pytest.mark.parametrize("name", NO_FAILURES)
def test_what_is_no_failure_marks_nothing(mail: Notification, name: str) -> None:
    assert take(NO_FAILURES[name]) == Taken.UNCHANGED
    mail.refresh_from_db()
    assert mail.sent_at


@pytest.mark.parametrize("name", TO_A_PERSON)
def test_what_a_person_has_to_read_reaches_one(mail: Notification, name: str) -> None:
    kind, raw = TO_A_PERSON[name]
    assert read_incoming(raw.encode()).kind == kind
    assert take(raw) == Taken.TOLD
    mail.refresh_from_db()
    assert mail.sent_at
    told = Notification.objects.get(kind="incoming")
    assert (told.to, told.due_at is not None) == (settings.TEAM_EMAIL, True)
    assert "In reply to “New referral” to dana@contoso.example" in told.body
    assert KEY not in told.body


def test_fields_in_base64_are_read(mail: Notification) -> None:
    fields = f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {TO}\nAction: failed\nStatus: 5.1.1\n"
    raw = dsn("", status="message/delivery-status\nContent-Transfer-Encoding: base64")
    assert take(raw.replace("Reporting-MTA: dns; mx.example\n", b64encode(fields.encode()).decode())) == Taken.MARKED


def test_a_mail_about_an_account_is_quoted_to_nobody(mail: Notification) -> None:
    Notification.objects.filter(pk=mail.pk).update(kind=Notification.ACCOUNT)
    take(plain(TO, "Here is the secret 123456", f"In-Reply-To: <{KEY}@x>"))
    assert "secret" not in Notification.objects.get(kind="incoming").body


def test_links_are_not_passed_on(mail: Notification) -> None:
    take(plain(TO, f"See https://triage.example/status/{KEY}/ or http://evil.example/x", f"In-Reply-To: <{KEY}@x>"))
    body = Notification.objects.get(kind="incoming").body
    assert "See [link] or [link]" in body


def test_answers_to_what_the_team_is_told_go_round_no_circle(mail: Notification) -> None:
    take(plain("robin@elsewhere.example", "Hello"))
    told = Notification.objects.get(kind="incoming")
    take(plain(settings.TEAM_EMAIL, "We are away.", f"In-Reply-To: <{told.message_key}@triage.example>"))
    take(plain("somebody@else.example", "Away, too.", f"In-Reply-To: <{told.message_key}@triage.example>"))
    later = Notification.objects.filter(kind="incoming").exclude(pk=told.pk)
    assert [row.due_at for row in later] == [None, None], "shown on the site, and not mailed"


def test_a_flood_is_shown_and_not_mailed(mail: Notification) -> None:
    for number in range(33):
        take(plain(f"robin{number}@elsewhere.example", "Buy this"))
    mailed = Notification.objects.filter(kind="incoming", due_at__isnull=False)
    assert mailed.count() == 30


def test_the_team_sees_it_among_its_notices(mail: Notification, team_client) -> None:
    take(plain("robin@elsewhere.example", "Please call me back.", "Subject: A question"))
    assert "Message from robin@elsewhere.example" in world.text(team_client.get("/notices/"))


def test_a_mail_to_a_name_and_address_is_marked_by_its_address(mail: Notification) -> None:
    Notification.objects.update(to=f"Dana <{TO}>")
    assert take(FAILURES["Postfix"].replace(f"\nTo: {TO}", f"\nTo: Dana <{TO}>")) == Taken.MARKED


def test_long_lines_are_read_in_no_time() -> None:
    """Time is not measured: what grows with the square of a line would hold up every test."""
    for line in ("-" * 200_000, "a" * 200_000, "5.1.1" * 40_000):
        assert read_incoming(plain("mailer-daemon@x.example", line).encode()).kind in (Kind.MESSAGE, Kind.FAILURE)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"\xff" * 100, b"From: =?x?q?=?=\n\n", b"Content-Type: multipart/mixed\n\n"]
)
def test_nothing_that_comes_is_too_odd_to_be_read(raw: bytes) -> None:
    assert read_incoming(raw).kind == Kind.MESSAGE
