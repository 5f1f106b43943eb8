"""What needs more than a browser that somebody left signed in: the person is verified again, if that was long ago.

What was posted waits in the session meanwhile, and is sent by the person's own click afterward.
"""

import secrets
import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from .front_door import find_factor_page, is_partial
from .sessions import KEPT

WAITING = "waiting"  # in the session: key → what was posted, and where to
MOST_WAITING = 3
FORM_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (a field's name)


def is_verified(request: HttpRequest) -> bool:
    """Has the person signed in, or been verified, in this session within the last VERIFIED_MINUTES?"""
    records = get_authentication_records(request, request.user)
    latest = max([request.session.get(KEPT, {}).get("began", 0), *(record["at"] for record in records)])
    return bool(time.time() - latest < settings.VERIFIED_MINUTES * 60)


def verify_first(request: HttpRequest) -> HttpResponse | None:
    """The page that verifies the person, or None where that has just happened."""
    if is_verified(request):
        return None
    there = request.get_full_path()
    if request.method == "POST":
        there = reverse("accounts:go-on", args=[_keep(request, there)])
    by_factor = is_mfa_enabled(request.user)
    page = reverse(find_factor_page(request) if by_factor else "account_reauthenticate")
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": f"{page}?{urlencode({'next': there})}"})
    return redirect_to_login(there, login_url=page)


def find_waiting(request: HttpRequest, key: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Where something that waits goes to, and its fields."""
    waiting = request.session.get(WAITING, {}).get(key)
    if waiting is None:
        return None
    fields = QueryDict(waiting["posted"])
    return waiting["path"], [(name, value) for name, values in fields.lists() for value in values]


def _keep(request: HttpRequest, path: str) -> str:
    posted = request.POST.copy()
    posted.pop(FORM_TOKEN, None)
    key = secrets.token_urlsafe(8)
    earlier = list(request.session.get(WAITING, {}).items())[1 - MOST_WAITING :]
    request.session[WAITING] = dict(earlier) | {key: {"path": path, "posted": posted.urlencode()}}
    return key
