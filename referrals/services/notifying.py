"""Mail: rows written with the change they tell of, sent after the commit, at least once, with one Message-ID."""

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from referrals.models import Notification, Offer, Referral, Rfa
from referrals.queue import ring

logger = logging.getLogger(__name__)
MAIL_BATCH = 100
FIRST_RETRY = dt.timedelta(minutes=1)
MOST_DOUBLINGS = 6


def address(path: str) -> str:
    return str(settings.SITE_URL) + path


def build_mail(
    kind: str, to: str, subject: str, lines: list[str], now: dt.datetime, referral: Referral | None = None
) -> Notification:
    """An unsaved mail row, due at once. Line breaks never reach the subject."""
    flat = " ".join(subject.split())[:200]
    body = "\n\n".join(lines)
    return Notification(kind=kind, to=to, subject=flat, body=body, created_at=now, due_at=now, referral=referral)


def tell_partner_of_offer(offer: Offer, contact: str, now: dt.datetime) -> Notification:
    """Mail for a new offer; it names no customer, since mail is read by more people than the page."""
    lines = [
        f"A {offer.get_type_label()} has been offered to {offer.partner.name}.",
        f"Open it: {address(reverse('referrals:offer', args=[offer.public_id]))}",
        f"Please answer within two business days. It passes on after {offer.expires_at:%A %d %B %Y, %H:%M} UTC.",
    ]
    return build_mail("offer", contact, f"New referral {offer.public_id}", lines, now, offer.referral)


def tell_requester(referral: Referral, kind: str, subject: str, lines: list[str], now: dt.datetime) -> None:
    link = f"Follow your request: {address(status_path(referral))}"
    mail = build_mail(kind, referral.requester_email, subject, [*lines, link], now, referral)
    mail.save()
    ring()


def status_path(referral: Referral) -> str:
    return reverse("referrals:status", args=[referral.status_token])


def ask_to_confirm(rfa: Rfa, now: dt.datetime) -> None:
    lines = [
        "Please confirm that you asked for deployment assistance. Your request is sent when you confirm.",
        address(reverse("referrals:rfa-confirm", args=[rfa.token])),
        "If it was not you, do nothing: the request is deleted after seven days.",
    ]
    build_mail("confirm", rfa.email, "Confirm your request for deployment assistance", lines, now).save()
    ring()


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
def _send_next(now: dt.datetime) -> bool | None:
    due = Notification.objects.filter(sent_at=None, due_at__lte=now).order_by("due_at", "id")
    mail = due.select_for_update(skip_locked=True).first()
    if mail is None:
        return None
    mail.attempts += 1
    domain = settings.SITE_URL.split("//")[-1].split(":")[0] or "localhost"
    headers = {"Message-ID": f"<{mail.message_key}@{domain}>"}
    try:
        EmailMessage(mail.subject, mail.body, to=[mail.to], headers=headers).send()
    except Exception as error:  # noqa: BLE001 (one mail that cannot be sent must not stop the mails behind it)
        logger.warning("mail %s was not sent: %s", mail.pk, error)
        mail.last_error = str(error)[:300]
        mail.due_at = now + FIRST_RETRY * 2 ** min(mail.attempts, MOST_DOUBLINGS)
    else:
        mail.sent_at, mail.last_error = now, ""
    mail.save()
    return mail.sent_at is not None
