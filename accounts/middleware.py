"""What every request gets: a charset that can be read, the reader's time zone, and nothing kept of what is private."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

Next = Callable[[HttpRequest], HttpResponseBase]


class CharsetMiddleware:
    """Refuse a declared charset that is no text encoding (400): nothing of the request could be read."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            "x".encode((request.content_params or {}).get("charset") or "utf-8")
        except (LookupError, ValueError):
            said = "The declared charset is not a text encoding."
            return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class NotKeptMiddleware:
    """Neither a browser nor anything between keeps a page that is shown to somebody signed in.

    What says of itself that it is public is the same for everybody, and is kept.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and "public" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store"
        return response


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
