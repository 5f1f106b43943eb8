"""Sessions of people signed in: when they end by themselves, where they are used, and how a person ends them."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignedIn, User
from accounts.networks import client_address

from .front_door import is_partial

KEPT = "signed_in"  # in the session: when it began, and when it was last used, in seconds since 1970
NOTED_EVERY = 5 * 60  # seconds: the one thing that reading a page writes
ASKED_BY_PAGES = ("pages:notice-count", "accounts:session")  # by themselves: nobody uses the session by it
WATCHING = "/watch/"
FOR_GOOD = "Session-Ends-For-Good"  # whether or not it is used
ENDS_IN = "Session-Ends-In"
Next = Callable[[HttpRequest], HttpResponseBase]


class SessionLimitsMiddleware:
    """End a session that nobody has used for long, or that is old; note its use every five minutes.

    What pages ask for by themselves is no use, and is told how many seconds are left.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY not in request.session:
            return self.get_response(request)
        kept = request.session.get(KEPT)
        if kept is None or seconds_left(kept) <= 0:  # without a beginning it is older than these limits
            end(request.session.session_key)
            logout(request)
            return self.get_response(request)
        if not _is_asked_by_page(request):
            kept = _note_use(request, kept)
        response = self.get_response(request)
        if is_partial(request):
            response.headers[ENDS_IN] = str(int(seconds_left(kept)))
            if _end_of_all(kept) <= _end_by_use(kept):
                response.headers[FOR_GOOD] = "1"
        return response


def seconds_left(kept: dict[str, float]) -> float:
    return min(_end_by_use(kept), _end_of_all(kept)) - time.time()


def _end_by_use(kept: dict[str, float]) -> float:
    return kept["used"] + settings.SESSION_IDLE_MINUTES * 60


def _end_of_all(kept: dict[str, float]) -> float:
    return kept["began"] + settings.SESSION_HOURS * 3600


@receiver(user_logged_in)
def begin(request: HttpRequest, **_words: Any) -> None:
    now = time.time()
    request.session[KEPT] = {"began": now, "used": now}


def list_anew(request: HttpRequest, person: User) -> None:
    """List the session in which a person has just signed in; what is left of ended ones goes."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    SignedIn.objects.filter(person=person).exclude(session_key__in=living).delete()
    _list(request, person)


def _list(request: HttpRequest, person: User) -> None:
    if request.session.session_key is None:
        request.session.create()
    words = _where(request) | {"person": person, "began_at": timezone.now()}
    SignedIn.objects.update_or_create(session_key=request.session.session_key, defaults=words)


def living_sessions(person: User) -> list[SignedIn]:
    """The person's sessions, the one last used first."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    used = timezone.now() - dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    began = timezone.now() - dt.timedelta(hours=settings.SESSION_HOURS)
    own = SignedIn.objects.filter(person=person, last_used_at__gt=used, began_at__gt=began)
    return list(own.filter(session_key__in=living))


def end(session_key: str | None) -> None:
    if session_key:
        SessionStore(session_key).delete()
        SignedIn.objects.filter(session_key=session_key).delete()


def end_all(person: User) -> None:
    for one in SignedIn.objects.filter(person=person):
        end(one.session_key)


def end_others(request: HttpRequest, person: User) -> None:
    for other in SignedIn.objects.filter(person=person).exclude(session_key=request.session.session_key or ""):
        end(other.session_key)


@receiver([password_changed, password_set, password_reset])
def end_others_with_the_password(request: HttpRequest, user: User, **_words: Any) -> None:
    end_others(request, user)
    if request.user == user:  # this session goes on under another key
        _list(request, user)


def _note_use(request: HttpRequest, kept: dict[str, float]) -> dict[str, float]:
    now = time.time()
    if now - kept["used"] < NOTED_EVERY:
        return kept
    request.session[KEPT] = used = kept | {"used": now}
    SignedIn.objects.filter(session_key=request.session.session_key).update(**_where(request))
    return used


def _where(request: HttpRequest) -> dict[str, Any]:
    browser = request.headers.get("User-Agent", "")[:200].replace("\x00", "")
    address = client_address(request)
    return {"last_used_at": timezone.now(), "address": address and str(address), "browser": browser}


def _is_asked_by_page(request: HttpRequest) -> bool:
    if request.path in map(reverse, ASKED_BY_PAGES):
        return "stay" not in request.GET
    return request.path.startswith(WATCHING) and is_partial(request)
