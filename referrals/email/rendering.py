"""A kept mail as it goes out: plain and HTML, in a thread that tells nobody what it is about."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from referrals.email.own_accounts import WRITERS
from referrals.models import Notification


def as_message(mail: Notification) -> EmailMultiAlternatives:
    """The message of a mail row: the same Message-ID at every attempt, and one thread for each subject and reader."""
    domain = settings.SITE_URL.split("//")[-1].split(":")[0] or "localhost"
    headers = {"Message-ID": f"<{mail.message_key}@{domain}>", "Auto-Submitted": "auto-generated"}
    if thread := _thread_of(mail):
        headers |= {"References": f"<{thread}@{domain}>", "In-Reply-To": f"<{thread}@{domain}>"}
    text = WRITERS[mail.kind](mail.to, timezone.now()) if mail.kind in WRITERS else mail.body
    message = EmailMultiAlternatives(mail.subject, text, to=[mail.to], headers=headers)
    message.attach_alternative(render_to_string("email/notification.html", {"mail": mail, "text": text}), "text/html")
    return message


def _thread_of(mail: Notification) -> str:
    """What the mails about one turn, or one request, share for one reader; nobody can tell one from another by it."""
    about = f"offer {mail.offer_id}" if mail.offer_id else f"referral {mail.referral_id}" if mail.referral_id else ""
    return salted_hmac("mail thread", f"{about} {mail.to.lower()}").hexdigest()[:32] if about else ""
