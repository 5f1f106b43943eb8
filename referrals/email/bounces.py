"""Mail that does not arrive, and whatever else comes back: it marks the mail it is about, or reaches a person."""

import datetime as dt
import logging
from email.utils import parseaddr
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.email.guessing import Kind
from referrals.email.incoming import Incoming
from referrals.email.writing import build_mail, open_link, tell_team
from referrals.models import Notification
from referrals.models.notification import STUCK_AFTER
from referrals.queue import ring

logger = logging.getLogger(__name__)
UNDELIVERED, INCOMING = "undelivered", "incoming"
MOST_MAILED = 30  # messages an hour that the team is mailed of; more wait on the site


class Taken(Enum):
    """What became of a message."""

    MARKED = "marked"
    UNCHANGED = "unchanged"
    TOLD = "told"


@transaction.atomic
def take_incoming(incoming: Incoming, *, now: dt.datetime) -> Taken:
    """Mark the mail of a failure as not delivered and tell the team; what is not ours to judge reaches a person.

    A report marks a mail only when it names it and when the failed address is the one that it was written to. Nothing
    changes twice, nor for an address from which the mail has been turned away since.
    """
    mail = Notification.objects.select_for_update().filter(message_key__in=incoming.keys).order_by("id").first()
    if mail is None or incoming.kind not in (Kind.FAILURE, Kind.WAITING):
        return _tell(incoming, mail, now)
    to, former = parseaddr(mail.to)[1].lower(), incoming.returned_to
    if incoming.kind == Kind.WAITING or (former != to and former in incoming.failed):
        return Taken.UNCHANGED
    if to not in incoming.failed:
        return _tell(incoming, mail, now)
    if mail.sent_at is None and mail.attempts >= STUCK_AFTER:
        return Taken.UNCHANGED
    mail.sent_at, mail.due_at = None, None
    mail.attempts, mail.last_error = max(mail.attempts, STUCK_AFTER), incoming.failed[to]
    mail.save()
    tell_of_stuck(mail, now)
    ring()
    return Taken.MARKED


SUBJECTS = {
    Kind.FAILURE: gettext_lazy("Delivery report to review"),
    Kind.WAITING: gettext_lazy("Delivery report to review"),
    Kind.AUTOMATIC: gettext_lazy("Automatic reply from %(sender)s"),
    Kind.COMPLAINT: gettext_lazy("Complaint about an email"),
    Kind.MESSAGE: gettext_lazy("Message from %(sender)s"),
}


def _tell(incoming: Incoming, mail: Notification | None, now: dt.datetime) -> Taken:
    """Hand a message to the team: by mail, but for one that answers such a mail itself, which would never end."""
    subject = SUBJECTS[incoming.kind] % {"sender": incoming.sender or _("an unknown sender")}
    lines = [_("From %(sender)s: “%(subject)s”") % {"sender": incoming.sender or "–", "subject": incoming.subject}]
    path = reverse("pages:stuck-mail")
    if mail is not None:
        lines += [_("In reply to “%(subject)s” to %(to)s.") % {"subject": mail.subject, "to": mail.to}]
        if mail.referral is not None:
            path = reverse("pages:team-referral", args=[mail.referral.public_id])
    if mail is None or not mail.is_for_its_owner_alone:
        lines += [incoming.excerpt or _("It has no text that can be shown.")]
    row = build_mail(INCOMING, settings.TEAM_EMAIL, subject, [*lines, open_link(path)], now, path=path)
    if _would_echo(incoming, mail) or _count_lately(now) >= MOST_MAILED:
        row.due_at = None
    row.save()
    ring()
    return Taken.TOLD


def _would_echo(incoming: Incoming, mail: Notification | None) -> bool:
    answers_the_team = mail is not None and mail.kind in (INCOMING, UNDELIVERED)
    return answers_the_team or incoming.sender == parseaddr(settings.TEAM_EMAIL)[1].lower()


def _count_lately(now: dt.datetime) -> int:
    since = now - dt.timedelta(hours=1)
    return Notification.objects.filter(kind=INCOMING, to=settings.TEAM_EMAIL, created_at__gt=since).count()


def tell_of_stuck(mail: Notification, now: dt.datetime) -> None:
    """Tell the team that a mail did not arrive. What still waits to be told leads to the same list and speaks for it.

    A notice of this kind that is stuck itself is told by the site alone.
    """
    waiting = Notification.objects.filter(kind=UNDELIVERED, sent_at=None, due_at__isnull=False, person=None)
    if mail.kind == UNDELIVERED or waiting.filter(attempts__lt=STUCK_AFTER).exists():
        return
    words = {"subject": mail.subject, "to": mail.to, "why": mail.last_error or "–"}
    lines = [
        _("Email “%(subject)s” to %(to)s couldn’t be delivered: %(why)s") % words,
        _("Correct the address and resend. Other undelivered email is listed there too."),
    ]
    subject = _("Email to %(to)s couldn’t be delivered") % words
    tell_team(UNDELIVERED, subject, lines, now, path=reverse("pages:stuck-mail"))
