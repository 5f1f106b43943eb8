"""Mail that does not arrive reaches the team once, whether it was refused at once or came back later."""

import io
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from referrals.email.notifications import find_notices
from referrals.email.sending import send_due_mail
from referrals.email.writing import build_mail
from referrals.models import Notification
from tests import world

pytestmark = pytest.mark.django_db

REPORT = """\
From: MAILER-DAEMON@mx.example
To: no-reply@triage.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {failed}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such
    mailbox
--b
Content-Type: {kind}

Message-ID: <{key}@triage.example>
To: {to}
Subject: New referral

--b--
"""


@pytest.fixture
def sent(settings: Any) -> Notification:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail = build_mail("x", "dana@contoso.example", "A word to you", ["Hello"], timezone.now())
    mail.save()
    send_due_mail(timezone.now())
    mail.refresh_from_db()
    assert mail.sent_at
    return mail


def report(mail: Notification, action: str = "failed", kind: str = "text/rfc822-headers", **words: str) -> bytes:
    given = {"action": action, "kind": kind, "key": mail.message_key, "to": f"Dana <{mail.to}>"}
    given |= {"failed": mail.to.upper()} | words
    return REPORT.format(**given).encode()


def take(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    call_command("take_bounces", stdout=said)
    return said.getvalue()


def notices() -> list[Notification]:
    return list(Notification.objects.filter(kind="undelivered"))


def incoming() -> list[Notification]:
    return list(Notification.objects.filter(kind="incoming"))


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_marks_its_mail_once_and_tells_the_team(
    sent: Notification, kind: str, team_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = report(sent, kind=kind)
    assert "Marked as not delivered" in take(monkeypatch, raw)
    sent.refresh_from_db()
    assert (sent.sent_at, sent.due_at, sent.last_error) == (None, None, "smtp; 550 5.1.1 no such mailbox")
    assert "Nothing to change" in take(monkeypatch, raw)
    told = notices()
    assert [(mail.to, mail.path) for mail in told] == [(settings.TEAM_EMAIL, "/team/mail/")]
    assert "550 5.1.1" in told[0].body
    assert find_notices(User.objects.get(is_processing_team=True), timezone.now())[0].url == "/team/mail/"
    page = world.text(team_client.get("/team/mail/"))
    assert "; bounced, won’t be retried automatically" in page
    team_client.post("/team/mail/", {"mail": sent.pk, "to": "right@contoso.example"})
    send_due_mail(timezone.now())
    assert "Nothing to change" in take(monkeypatch, raw), "it was about the former address"
    sent.refresh_from_db()
    assert sent.sent_at is not None


def test_an_empty_message_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="no message on standard input"):
        take(monkeypatch, b"\n\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\x00\x80 broken\r\n\r\n\x00",
        b"Subject: Hello\n\nWho reads this?",
        REPORT.format(action="failed", kind="text/plain", key="k", to="x", failed="dana@contoso.example").encode(),
        REPORT.format(action="failed", kind="message/rfc822", key="", to="x", failed="dana@contoso.example").encode(),
        REPORT.format(action="failed", kind="message/rfc822", key="0" * 48, to="x", failed="x@y.example").encode(),
    ],
)
def test_what_is_no_report_of_ours_reaches_a_person(
    sent: Notification, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Passed to the team" in take(monkeypatch, raw)
    sent.refresh_from_db()
    assert sent.sent_at
    assert not notices()
    assert [mail.to for mail in incoming()] == [settings.TEAM_EMAIL]


def test_a_failure_of_another_address_reaches_a_person(sent: Notification, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mailbox forwards, and it is the forwarded copy that came back."""
    assert "Passed to the team" in take(monkeypatch, report(sent, failed="forwarded@elsewhere.example"))
    sent.refresh_from_db()
    assert sent.sent_at
    assert f"“A word to you” to {sent.to}" in incoming()[0].body


@pytest.mark.parametrize(
    ("action", "is_final"), [("expired", True), ("failure", True), ("odd", True), ("relayed", False)]
)
def test_every_final_action_is_a_failure(
    sent: Notification, action: str, is_final: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ("Marked" in take(monkeypatch, report(sent, action=action))) == is_final


def test_a_report_of_a_report_is_about_the_outer_one(sent: Notification, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own report to somebody else came back: what stands in it is not what failed now."""
    inner = report(sent).decode()
    outer = REPORT.format(action="delayed", kind="message/rfc822", key="x", to="x", failed="x@y.example")
    head, tail = outer.replace('"b"', '"o"').replace("--b", "--o").split("Message-ID: <x@triage.example>", 1)
    take(monkeypatch, (head + inner + tail[tail.index("--o--") :]).encode())
    sent.refresh_from_db()
    assert sent.sent_at


def test_a_database_that_is_away_keeps_the_message(sent: Notification, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("the connection was lost")

    monkeypatch.setattr("referrals.management.commands.take_bounces.take_incoming", refuse)
    with pytest.raises(CommandError, match="try again later") as refused:
        take(monkeypatch, report(sent))
    assert refused.value.returncode == 75


def test_a_report_of_a_delay_changes_nothing(sent: Notification, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing to change" in take(monkeypatch, report(sent, action="delayed"))
    sent.refresh_from_db()
    assert sent.sent_at


def test_the_team_is_told_once_of_mail_that_nobody_takes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def refuse(*_: object) -> int:
        raise OSError("550 no such mailbox")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    for name in ("dana", "robin"):
        build_mail("x", f"{name}@contoso.example", "A word to you", ["Hello"], timezone.now()).save()
    for attempt in range(5):
        Notification.objects.exclude(kind="undelivered").update(due_at=timezone.now())
        send_due_mail(timezone.now())
        assert len(notices()) == (attempt >= 2), "one that waits speaks for both"
    Notification.objects.update(due_at=timezone.now(), zone="")
    for _ in range(4):
        Notification.objects.update(due_at=timezone.now())
        send_due_mail(timezone.now())
    assert len(notices()) == 1, "a notice that is stuck itself makes no further one"
