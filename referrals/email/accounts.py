"""Mail about accounts goes the way of all mail: a row that is written with the request, and sent after it."""

from typing import Any

from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.signing_in import adapter, inviting
from referrals.email.writing import queue_account_mail, queue_invitation_mail, queue_reset_mail


class AccountAdapter(adapter.AccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Keep what allauth wants to have said; no request waits for a mail server."""
        words = {"request": self.request, "email": email, "current_site": get_current_site(self.request), **context}
        message = self.render_mail(template_prefix, email, words)
        queue_account_mail(email, message.subject, str(message.body), timezone.now())

    def send_reset_mail(self, email: str) -> None:
        queue_reset_mail(email, timezone.now())

    @transaction.atomic
    def send_invitation(self, person: User, by: User | None) -> None:
        now = timezone.now()
        inviting.invite(person, by=by, now=now)
        queue_invitation_mail(person.email, now)
