"""What every signed-in request gets: the second factor where it is required, and the reader's time zone."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

Next = Callable[[HttpRequest], HttpResponseBase]


class SecondFactorMiddleware:
    """Send the team, auditors and admins without a second factor to where they set one up (not in local mode)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._is_missing(request):
            return redirect("mfa_activate_totp") if request.method == "GET" else HttpResponse(status=403)
        return self.get_response(request)

    @staticmethod
    def _is_missing(request: HttpRequest) -> bool:
        user = request.user
        if settings.LOCAL_MODE or not user.is_authenticated or request.path.startswith(("/account/", "/static/")):
            return False
        if not (user.is_processing_team or user.is_auditor or user.is_staff):
            return False
        from allauth.mfa.utils import is_mfa_enabled

        return not is_mfa_enabled(user)


class TimeZoneMiddleware:
    """Show times in the reader's zone; UTC to strangers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            zone = zoneinfo.ZoneInfo(getattr(request.user, "time_zone", "UTC"))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = zoneinfo.ZoneInfo("UTC")
        with timezone.override(zone):
            return self.get_response(request)
