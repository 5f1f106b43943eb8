"""Send the mail that is due: at least once, with one Message-ID, and never held up by a row that cannot be sent."""

import datetime as dt
import logging

from django.db import transaction

from referrals.email.bounces import tell_of_stuck
from referrals.email.personal import copy_for_people, mail_time_of, settings_of, still_concerns
from referrals.email.rendering import as_message
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.models import Notification
from referrals.models.notification import STUCK_AFTER
from referrals.queue import ring

logger = logging.getLogger(__name__)
MAIL_BATCH = 100
FIRST_RETRY = dt.timedelta(minutes=1)
MOST_DOUBLINGS = 6


def send_due_mail(now: dt.datetime) -> int:
    """Send what is due; a mail that fails is tried again later. Gives how many were sent.

    One row a transaction and locked while it is sent: a crash can send it twice, with the same Message-ID.
    """
    sent = 0
    for _ in range(MAIL_BATCH):
        done = _send_next(now)
        if done is None:
            break
        sent += done
    return sent


@transaction.atomic
def send_again(pk: int, *, to: str, by: By, now: dt.datetime) -> bool:
    """Try a stuck mail again at once, at an address that was put right; false when it may not go there, or has gone."""
    mail = Notification.objects.to_send_again(pk, to).select_for_update(of=("self",)).first()
    if mail is None:
        return False
    mail.to, mail.due_at = to, now
    mail.save(update_fields=["to", "due_at"])
    logger.info("mail %s is sent again, asked for by user %s", mail.pk, by.user.pk if by.user else "–")
    ring()
    return True


@transaction.atomic
def _send_next(now: dt.datetime) -> bool | None:
    due = Notification.objects.due(now).order_by("due_at", "id")
    mail = due.select_for_update(skip_locked=True, of=("self",)).first()
    if mail is None:
        return None
    is_new = mail.attempts == 0
    try:
        with transaction.atomic():
            _send_or_put_off(mail, now)
    except Exception as error:  # noqa: BLE001 (one mail that cannot be sent must not stop the mails behind it)
        logger.warning("mail %s was not sent: %s", mail.pk, error)
        mail.attempts += 1
        mail.last_error = str(error)[:300]
        mail.due_at = now + FIRST_RETRY * 2 ** min(mail.attempts, MOST_DOUBLINGS)
        if mail.attempts == STUCK_AFTER:
            _tell_once(mail, now)
    if is_new and mail.attempts:
        _copy_once(mail, now)
    mail.save()
    return mail.sent_at is not None


def _send_or_put_off(mail: Notification, now: dt.datetime) -> None:
    """What was picked up late, or is tried again by night, waits; what concerns its reader no more is not mailed."""
    if not still_concerns(mail):
        mail.due_at = None
        return
    opens = _opens_at(mail, now)
    if opens > now:
        mail.due_at = opens
        return
    if mail.person is not None:
        mail.to = mail.person.email
    as_message(mail).send()
    mail.attempts += 1
    mail.sent_at, mail.last_error = now, ""
    if mail.is_for_its_owner_alone:
        mail.body = ""


def _opens_at(mail: Notification, now: dt.datetime) -> dt.datetime:
    """Now, or when whoever reads it wants mail again."""
    if mail.person is not None:
        return mail_time_of(settings_of(mail.person), now)
    return clocks.mail_time(now, mail.zone) if mail.zone else now


def _copy_once(mail: Notification, now: dt.datetime) -> None:
    """At the first attempt, whatever came of it: copies matter most when the shared address is wrong."""
    try:
        with transaction.atomic():
            copy_for_people(mail, now)
    except Exception:
        logger.exception("no copies were made of mail %s", mail.pk)


def _tell_once(mail: Notification, now: dt.datetime) -> None:
    """When a mail has become stuck; later attempts tell nothing new."""
    try:
        with transaction.atomic():
            tell_of_stuck(mail, now)
    except Exception:
        logger.exception("the team was not told that mail %s is stuck", mail.pk)
