"""How allauth treats accounts here: people are invited, sign in by one door, and nobody can lock them out of it."""

import secrets
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.networks import client_address

from . import devices, sessions

DEVICE_ATTEMPTS = "10/5m/key"  # wrong passwords from one device that has signed in to the account before


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits count by; one that is not known shares its limit with nobody."""
        return str(client_address(request) or f"unknown-{secrets.token_hex(8)}")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of signing in: the password was typed a moment ago."""
        return super().is_reauthentication_required(app=app, **kwargs) and not _has_just_signed_in(self.request)

    def send_reset_mail(self, email: str) -> None:
        """Have the owner of an address told how to choose a new password; nothing is looked up in the request."""
        raise NotImplementedError

    def send_invitation(self, person: User, by: User | None) -> None:
        """Have a person told how to set up the sign-in; an earlier invitation ends."""
        raise NotImplementedError

    def send_notification_mail(self, template_prefix: str, user: User, context: Any = None, email: Any = None) -> None:
        """To the account's own address: nobody has another here."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt: of a device that the account knows by itself, so that others' attempts do not stop it."""
        device = devices.find_device(request, credentials.get("email", ""))
        if device:
            rate = {"known_device": DEVICE_ATTEMPTS}
            words: dict[str, Any] = {"app": "accounts", "action": "known_device", "config": rate, "key": device}
            self._login_failed_rl_usage = ratelimit.consume(request, **words)
            if self._login_failed_rl_usage:
                return
        super().pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: User) -> None:
        """Tell the person of a sign-in on a device that the account does not know; the first ever is no news."""
        is_news = user.last_login is not None and not devices.is_known(request, user)
        super().login(request, user)
        sessions.begin(request, user)
        if is_news:
            self.send_notification_mail("account/email/new_device", user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember_device(response, user)
        return response


def _has_just_signed_in(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
