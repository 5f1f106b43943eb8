"""Devices that an account has signed in from: a signed cookie for each account, void once its password changes."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from accounts.models import User

SALT = "known device"
KEPT_SECONDS = 180 * 24 * 60 * 60


def remember_device(response: HttpResponse, user: User) -> None:
    """Leave the account's cookie on the device that has just signed in."""
    known = {"by": user.get_session_auth_hash(), "device": get_random_string(16)}
    response.set_cookie(
        _cookie_name(user),
        signing.dumps(known, salt=SALT + str(user.pk)),
        max_age=KEPT_SECONDS,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def find_device(request: HttpRequest, email: str) -> str:
    """Name of the device, when the account of this address has signed in from it; else empty."""
    user = User.objects.with_address(email) if email else None
    if user is None or not user.is_active:
        return ""
    try:
        known = signing.loads(
            request.COOKIES.get(_cookie_name(user), ""), salt=SALT + str(user.pk), max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return ""
    return str(known["device"]) if constant_time_compare(known["by"], user.get_session_auth_hash()) else ""


def is_known(request: HttpRequest, user: User) -> bool:
    """Has the account signed in from this device before, with this password or an earlier one?"""
    try:
        signing.loads(request.COOKIES.get(_cookie_name(user), ""), salt=SALT + str(user.pk), max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return False
    return True


def _cookie_name(user: User) -> str:
    """One cookie an account, so that people who share a device keep theirs; it names nobody."""
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}device-{salted_hmac(SALT, str(user.pk)).hexdigest()[:16]}"
