"""How allauth treats accounts here: people are invited, sign in by one door, and nobody can lock them out of it."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.networks import client_address

from . import devices, sessions, stepping_up

DEVICE_ATTEMPTS = "10/5m/key"  # wrong passwords from one device that has signed in to the account before


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits count by; one that is not known shares its limit with nobody."""
        return str(client_address(request) or f"unknown-{secrets.token_hex(8)}")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not soon after signing in. Raises ReauthenticationRequired itself for people whom allauth would let pass."""
        if stepping_up.is_verified(self.request):
            return False
        if not get_reauthentication_flows(self.request.user):
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """allauth's, and Microsoft: for who signs in there and nowhere else it is the only one."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if SocialAccount.objects.filter(user=user).exists():
            there = {"id": "elsewhere", "url": reverse("accounts:verify-elsewhere")}
            methods.append(there | {"description": _("Sign in with Microsoft again")})
        return methods

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
        sessions.list_anew(request, user)
        if is_news:
            self.send_notification_mail("account/email/new_device", user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember_device(response, user)
        return response
