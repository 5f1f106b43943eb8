"""Lists that a team works off: what is open and what is done, and from one that is done straight to the next."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from pages.guards import SignedInRequest
from referrals.lists.paging import page_by_time, page_newest_first


def open_or_done(request: SignedInRequest, done: str, rows: QuerySet[Any], is_open: Q) -> dict[str, Any]:
    """What is open, first due first; with ``?shown=<done>`` the rest, newest first."""
    after = request.GET.get("after", "")
    if request.GET.get("shown") == done:
        page, shown = page_newest_first(rows.exclude(is_open), after), done
    else:
        page, shown = page_by_time(rows.filter(is_open), "due_at", after), "open"
    return {"page": page, "shown": shown, "left": rows.filter(is_open).count(), "now": timezone.now()}


def go_on(request: SignedInRequest, done: str, following: str, list_name: str) -> HttpResponse:
    """Say what was done, and go to what follows; where nothing does, to the list."""
    messages.success(request, done if following else f"{done} {gettext('That was the last one.')}")
    return redirect(following or list_name)
