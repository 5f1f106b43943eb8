"""What is answered to whoever may not do something, or when something of ours has failed."""

import re
import sys
from collections.abc import Iterator

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error

NOT_TYPED = {"csrfmiddlewaretoken", "was", "seen", "list"}  # what a page carries itself
AWAY = ("08", "53", "57P")  # no connection, too many of them, stopping or starting
PARTS_OF_NAME = re.compile(r"[-:_\d]+")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say why it is not allowed, and give the posted texts back."""
    context = {"exception": str(exception or ""), "typed": "\n\n".join(dict.fromkeys(_texts(request)))}
    return render(request, "403.html", context, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """The page for what went wrong on our side; while the database is away, one that says so (503)."""
    if not _has_lost_database(sys.exc_info()[1]):
        return server_error(request)
    body = render_to_string("503.html", {"is_read": request.method == "GET", "is_local_mode": settings.LOCAL_MODE})
    return HttpResponse(body, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})


def _has_lost_database(error: BaseException | None) -> bool:
    """Is the connection gone, or the server stopping or full? Its SQLSTATE says so, or there is none."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY)


def _texts(request: HttpRequest) -> Iterator[str]:
    """What was posted and reads like words of a person: ids, codes and choices have no blanks."""
    for name, values in request.POST.lists():
        if NOT_TYPED.isdisjoint(PARTS_OF_NAME.split(name)) and "password" not in name:
            yield from (value.strip() for value in values if len(value.split()) > 1)
