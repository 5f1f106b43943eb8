"""Mail that does not arrive reaches the team once, whether it was refused at once or came back later."""

import io
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
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

Final-Recipient: rfc822; forwarded@elsewhere.example
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
    given = {"action": action, "kind": kind, "key": mail.message_key, "to": f"Dana <{mail.to}>"} | words
    return REPORT.format(**given).encode()


def take(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    call_command("take_bounces", stdout=said)
    return said.getvalue()


def notices() -> list[Notification]:
    return list(Notification.objects.filter(kind="undelivered"))


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
    assert "it came back, and is not tried again by itself" in page
    team_client.post("/team/mail/", {"mail": sent.pk, "to": "right@contoso.example"})
    send_due_mail(timezone.now())
    assert "Nothing to change" in take(monkeypatch, raw), "it was about the former address"
    sent.refresh_from_db()
    assert sent.sent_at is not None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no delivery report"),
        (b"\xff\x00\x80 broken\r\n\r\n\x00", "no delivery report"),
        (b"Subject: On holiday\n\nBack on Monday.", "no delivery report"),
        (REPORT.format(action="failed", kind="text/plain", key="k", to="x").encode(), "does not return"),
        (REPORT.format(action="failed", kind="message/rfc822", key="", to="x").encode(), "does not return"),
        (REPORT.format(action="failed", kind="message/rfc822", key="other", to="x").encode(), "No mail of this system"),
    ],
)
def test_what_is_no_report_of_ours_is_refused(
    sent: Notification, raw: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match=said):
        take(monkeypatch, raw)
    sent.refresh_from_db()
    assert sent.sent_at
    assert not notices()


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
