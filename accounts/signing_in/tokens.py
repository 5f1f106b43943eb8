"""Tokens of links that let somebody choose a new password."""

from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from accounts.models import User


class ResetTokenGenerator(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]  # allauth has no types
    """Void once the account is switched off, besides once it is used, signs in or has another address."""

    def _make_hash_value(self, user: User, timestamp: Any) -> str:
        return f"{super()._make_hash_value(user, timestamp)}|{user.is_active}"
