"""The one sign-in: the admin site has no door of its own, and a session is asked for its second factor.

What a page asks for by itself (htmx) is shown within that page, and so is never led to the sign-in page.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

Next = Callable[[HttpRequest], HttpResponseBase]
ALWAYS_OPEN = ("account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
SIGN_IN_PAGES = {
    *("account_login", "account_reauthenticate"),
    *("mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("mfa_activate_totp", "mfa_add_webauthn"),
}
HIDDEN_APPS = ("mfa", "socialaccount")
OPEN_TO_SET_UP = ("account_logout", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn")


class OneDoorAdminSite(admin.AdminSite):
    """Signs nobody in and changes no password by itself: both belong to the one front door.

    Nobody types who signs in by what: tenants are settings, links are made by invitation, factors by their owners.
    """

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        shown = [one for one in models if one._meta.app_label not in HIDDEN_APPS]  # noqa: SLF001 (a name of Django)
        super().register(shown, admin_class, **options)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied(_("The admin site is for its admins. Ask one of them if you need something there."))

    def password_change(  # type: ignore[override]  # the stubs know of pages only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


class SecondFactorMiddleware:
    """Ask the team, auditors and admins for the second factor of this session (not in local mode)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.lacks_factor = _is_missing(request)  # type: ignore[attr-defined]  # what the frame of the pages asks
        if not request.lacks_factor:  # type: ignore[attr-defined]
            return self.get_response(request)
        has_one = is_mfa_enabled(request.user)
        if request.path in map(reverse, ALWAYS_OPEN if has_one else OPEN_TO_SET_UP):
            return self.get_response(request)
        if is_partial(request):
            return say_signed_out()
        if request.method != "GET":
            return HttpResponse(status=403)
        if not has_one:
            return redirect("mfa_activate_totp")
        return redirect_to_login(request.get_full_path(), login_url=reverse(find_factor_page(request)))


def _is_missing(request: HttpRequest) -> bool:
    user = request.user
    if settings.LOCAL_MODE or not user.is_authenticated:
        return False
    if not (user.is_processing_team or user.is_auditor or user.is_staff):
        return False
    return not any(record["method"] == "mfa" for record in get_authentication_records(request, user))


def find_factor_page(request: HttpRequest) -> str:
    """Name of the page that asks for a second factor: for codes, where the person has any but passkeys."""
    has_codes = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    return "mfa_reauthenticate" if has_codes else "mfa_reauthenticate_webauthn"


class PartialsMiddleware:
    """Answer 401 where anybody else would be led to the sign-in page, or be refused for a token of an ended session."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_partial(request) and (_leads_to_sign_in(response) or _was_signed_out(request, response)):
            return say_signed_out()
        return response


def is_partial(request: HttpRequest) -> bool:
    """Did a page ask for it by itself?"""
    return "HX-Request" in request.headers


def say_signed_out() -> HttpResponse:
    """401, on which the page offers to sign in and then goes on."""
    headers = {"WWW-Authenticate": 'Cookie realm="Referral triage"', "Cache-Control": "no-store"}
    return HttpResponse(status=401, headers=headers)


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    if not 300 <= response.status_code < 400:
        return False
    try:
        return resolve(urlsplit(response.headers.get("Location", "")).path).url_name in SIGN_IN_PAGES
    except Resolver404:
        return False


def _was_signed_out(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Without the session's cookies a post is refused for its token before anybody asks who sends it."""
    if response.status_code != 403 or request.user.is_authenticated or request.resolver_match is None:
        return False
    return getattr(request.resolver_match.func, "login_required", True)


@receiver(authenticator_added)
def count_as_second_factor(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Whoever sets up an authenticator or a passkey has just used it."""
    if authenticator.type in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        record_authentication(request, request.user, method="mfa", id=authenticator.pk, type=authenticator.type)
