"""What machines ask: is the process alive, can it serve pages, and does work move?

Answered before everything else, so that neither the host that was asked nor a session or a redirect matters.
"""

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from referrals.models import Canary

Next = Callable[[HttpRequest], HttpResponseBase]
AWAY = "the database does not answer"
OK = ""


def is_alive() -> str:
    return OK


def is_ready() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def does_work_move() -> str:
    """Has the canary come back within a minute? Its age is read, in one statement; nothing is sent."""
    pipeline = Canary.objects.read()
    if pipeline is None:
        return "late: dispatcher (it has not run yet)"
    if not pipeline.stands_since:
        return OK
    return f"late: {pipeline.late_part} (nothing has come through since {pipeline.stands_since:%Y-%m-%d %H:%M:%S} UTC)"


PROBES = {"/livez": is_alive, "/readyz": is_ready, "/healthz": is_ready, "/pipelinez": does_work_move}


class ProbesMiddleware:
    """``/livez``, ``/readyz`` (``/healthz`` is its older name) and ``/pipelinez``: 200 ``ok``, or 503 and why not."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        return self.get_response(request) if probe is None else _answer(request, probe)


def _answer(request: HttpRequest, probe: Callable[[], str]) -> HttpResponse:
    kept = {"Cache-Control": "no-store"}
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD", **kept})
    try:
        wrong = probe()
    except (DatabaseError, InterfaceError):
        connection.close()
        wrong = AWAY
    status = 503 if wrong else 200
    return HttpResponse(f"{wrong or 'ok'}\n", status=status, content_type="text/plain; charset=utf-8", headers=kept)
