"""What belongs to no room: where people start, the icons, and where weaknesses are reported."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from pages.guards import SignedInRequest
from pages.templatetags.icons import draw_icons
from pages.undoing import forget

VALID_FOR = dt.timedelta(days=180)


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Send people to where their day starts."""
    if request.user.sees_everything:
        return redirect("pages:team-home")
    if request.user.is_staff:
        return redirect("admin:index")
    return redirect("pages:partner-home")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address on pages that are not ours, such as the admin."""
    return redirect(static("triage/favicon.svg"))


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116), where the installation says it."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + VALID_FOR).astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", f"Canonical: {settings.SITE_URL}{request.path}"]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def icons(request: HttpRequest, version: str) -> HttpResponse:
    """The pages' icons; its address changes with them, so that it is asked for once."""
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(draw_icons(), content_type="image/svg+xml", headers=kept)


@require_POST
def dismiss(request: SignedInRequest) -> HttpResponse:
    """What was done just now is no longer offered to be undone; a referral's own page still does while it can."""
    forget(request)
    before = request.headers.get("Referer", "")
    inside = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return redirect(before if inside else "home")
