"""What is answered to whoever may not do something, or when something of ours has failed."""

import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error

NOT_TYPED = {"csrfmiddlewaretoken", "was", "seen", "list"}  # what a page carries itself
AWAY = ("08", "53", "57P")  # no connection, too many of them, stopping or starting
READS_LIKE_WORDS = re.compile(r"\s|@|\w\.\w|[A-Z][a-z]|[^\x00-\x7f]")
PARTS_OF_NAME = re.compile(r"[-:_\d]+")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say why it is not allowed, and give the posted texts back."""
    context = {"exception": str(exception or ""), "typed": "\n\n".join(dict.fromkeys(_texts(request)))}
    return render(request, "403.html", context, status=403)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token (403). What a page of ours sent is given back, to be submitted with a new one."""
    given = _give_back(request) if _says_where_from(request) else {}
    carried = [pair for pair in given.pop("carried", []) if pair[0] != "csrfmiddlewaretoken"]
    view = request.resolver_match.func if request.resolver_match else None
    must_sign_in = not request.user.is_authenticated and getattr(view, "login_required", True)
    context = {"carried": carried, "must_sign_in": must_sign_in, "token": get_token(request)}
    body = render_to_string("403_csrf.html", given | context, request)
    return HttpResponse(body, status=403, headers={"Cache-Control": "no-store"})


def _says_where_from(request: HttpRequest) -> bool:
    return "Origin" in request.headers or "Sec-Fetch-Site" in request.headers


def failed(request: HttpRequest) -> HttpResponse:
    """The page for what went wrong on our side; while the database is away, one that says so (503)."""
    if not _has_lost_database(sys.exc_info()[1]):
        return server_error(request)
    context = {"is_read": request.method in ("GET", "HEAD"), "is_local_mode": settings.LOCAL_MODE}
    body = render_to_string("503.html", context | _give_back(request))
    return HttpResponse(body, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})


def _has_lost_database(error: BaseException | None) -> bool:
    """Is the connection gone, or the server stopping or full? Its SQLSTATE says so, or there is none."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY)


def _give_back(request: HttpRequest) -> dict[str, Any]:
    """What a page of ours posted, whole, to be sent again; nothing of what another site or a password form sent."""
    try:
        posted = [(name, value) for name, values in request.POST.lists() for value in values]
        had_files = bool(request.FILES)
    except (SuspiciousOperation, MultiPartParserError, OSError):  # too much of it, or cut off
        return {}
    if not posted or not _is_from_here(request) or any("password" in name for name, _value in posted):
        return {}
    own = [pair for pair in posted if NOT_TYPED.isdisjoint(PARTS_OF_NAME.split(pair[0]))]
    typed = [(_label(name), value) for name, value in own if READS_LIKE_WORDS.search(value)]
    return {"carried": posted, "typed": typed, "had_files": had_files, "address": request.get_full_path()}


def _is_from_here(request: HttpRequest) -> bool:
    """Browsers say where a form was sent from: by one of three headers, whenever it was another site."""
    sent_from = request.headers.get("Origin") or request.headers.get("Referer", "")
    parts = urlsplit(sent_from)
    here = (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")
    is_same = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return is_same and (not sent_from or f"{parts.scheme}://{parts.netloc}" in here)


def _label(name: str) -> str:
    return re.split(r"[-:]", name)[-1].replace("_", " ").capitalize()


def _texts(request: HttpRequest) -> Iterator[str]:
    """What was posted and reads like words of a person: ids, codes and choices have no blanks."""
    for name, values in request.POST.lists():
        if NOT_TYPED.isdisjoint(PARTS_OF_NAME.split(name)) and "password" not in name:
            yield from (value.strip() for value in values if len(value.split()) > 1)
