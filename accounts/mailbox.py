"""The mail backend of local mode: mail is kept in the database and read at /mailbox/."""

from collections.abc import Sequence

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from .models import LocalMail


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        LocalMail.objects.bulk_create(
            LocalMail(
                to=", ".join(message.recipients()),
                subject=str(message.subject),
                body=str(message.body),
                html=_html_of(message),
                message_id=message.extra_headers.get("Message-ID", ""),
            )
            for message in email_messages
        )
        return len(email_messages)


def _html_of(message: EmailMessage) -> str:
    parts = getattr(message, "alternatives", [])
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
