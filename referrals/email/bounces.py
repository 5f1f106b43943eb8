"""Mail that does not arrive: what a mail server reports of it, and telling the team."""

import datetime as dt
import email
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.email.writing import tell_team
from referrals.models import Notification
from referrals.models.notification import STUCK_AFTER
from referrals.queue import ring

UNDELIVERED = "undelivered"
LONGEST_REPORT = 10 * 1024 * 1024  # bytes
LONGEST_DIAGNOSTIC = 300


class UnreadableReport(Exception):
    """What was given is no delivery report, or none about a mail of this system."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says. ``to``: the address as the returned headers have it; empty when they do not."""

    message_key: str
    to: str
    failed: bool
    diagnostic: str


def read_report(raw: bytes) -> Report:
    """Read a delivery status message (RFC 3464).

    Raises:
        UnreadableReport: it is none, or returns no Message-ID.
    """
    if len(raw) > LONGEST_REPORT:
        raise UnreadableReport(_("This is longer than any delivery report."))
    parts = list(email.message_from_bytes(raw).walk())
    fields = [part for part in parts if part.get("Action")]
    status = next(
        (part for part in fields if _field(part, "Action").lower() == "failed"), fields[0] if fields else None
    )
    if status is None:
        raise UnreadableReport(_("This is no delivery report: it has no part message/delivery-status."))
    returned = next((found for part in parts if (found := _returned(part)) is not None), None)
    key = _field(returned, "Message-ID").strip("<> ").partition("@")[0] if returned is not None else ""
    if returned is None or not key:
        raise UnreadableReport(_("The report does not return the mail’s Message-ID."))
    said = _field(status, "Diagnostic-Code") or _field(status, "Status")
    failed = _field(status, "Action").lower() == "failed"
    return Report(key, parseaddr(_field(returned, "To"))[1], failed, said[:LONGEST_DIAGNOSTIC])


def _field(part: Message, name: str) -> str:
    return " ".join(str(part.get(name, "")).replace("\x00", "").split())


def _returned(part: Message) -> Message | None:
    """The mail that did not arrive, or its headers."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return inner if isinstance(inner, Message) else None
    if part.get_content_type() == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        return email.message_from_bytes(headers) if isinstance(headers, bytes) else None
    return None


@transaction.atomic
def take_report(report: Report, *, now: dt.datetime) -> bool:
    """Mark the mail of a failure as not delivered and tell the team; gives whether anything changed.

    Nothing changes twice, nor for an address from which the mail has been turned away since.

    Raises:
        UnreadableReport: no mail of this system has its Message-ID.
    """
    mail = Notification.objects.select_for_update().filter(message_key=report.message_key).first()
    if mail is None:
        raise UnreadableReport(_("No mail of this system has this Message-ID; nothing was changed."))
    is_old = bool(report.to) and report.to.lower() != mail.to.lower()
    is_stuck = mail.sent_at is None and mail.attempts >= STUCK_AFTER
    if not report.failed or is_old or is_stuck:
        return False
    mail.sent_at, mail.due_at = None, None
    mail.attempts, mail.last_error = max(mail.attempts, STUCK_AFTER), report.diagnostic
    mail.save()
    tell_of_stuck(mail, now)
    ring()
    return True


def tell_of_stuck(mail: Notification, now: dt.datetime) -> None:
    """Tell the team that a mail did not arrive. What still waits to be told leads to the same list and speaks for it.

    A notice of this kind that is stuck itself is told by the site alone.
    """
    waiting = Notification.objects.filter(kind=UNDELIVERED, sent_at=None, due_at__isnull=False, person=None)
    if mail.kind == UNDELIVERED or waiting.filter(attempts__lt=STUCK_AFTER).exists():
        return
    words = {"subject": mail.subject, "to": mail.to, "why": mail.last_error or "–"}
    lines = [
        _("The mail “%(subject)s” to %(to)s did not arrive. The mail server says: %(why)s") % words,
        _("Put the address right and send it again. Other mail that nobody took stands there too."),
    ]
    subject = _("Mail to %(to)s did not arrive") % words
    tell_team(UNDELIVERED, subject, lines, now, path=reverse("pages:stuck-mail"))
