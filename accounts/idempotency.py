"""The same form sent again has one effect: the second post waits for the first, and gets its answer.

Every form carries the token that protects it against forgery, and each page gives it another mask: so the token tells
one showing of a form from the next. A post is known by who sends it, where to, the token and all that was typed.
"""

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import IdempotencyKey

FORM_FIELD = "csrfmiddlewaretoken"
KEPT_HEADERS = ("Content-Type", "Location", "Content-Disposition")
WAITS = 20.0  # seconds for another post of the same form to be answered
LOOKS_EVERY = 0.05
ACCOUNT_PAGES = "/account/"
LEASE = dt.timedelta(minutes=5)  # after which a post that was never answered is taken to have died
Next = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def in_own_transactions(view: View) -> View:
    """Mark a view whose work is several transactions, which one around them all would lock against each other."""
    view.in_own_transactions = True  # type: ignore[attr-defined]
    return view


class IdempotencyMiddleware:
    """Answer a form that was sent before as it was answered then."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = _key_of(request)
        if not key:
            return self.get_response(request)
        if _is_in_own_transactions(request):
            return self._answer_by_lease(request, key)
        with transaction.atomic():  # a second post of the form waits here until the first is done, or undone
            kept, is_new = _begin(key)
            if not is_new:
                return _as_answered(request, kept)
            response = self._answer(request, kept)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def _answer(self, request: HttpRequest, kept: IdempotencyKey) -> HttpResponseBase:
        """Do it, and keep the answer. What was refused or has failed may be sent again."""
        session = request.session.session_key
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _may_keep(request, response) and not _signs_in(request, session):
            _keep(request, kept, response)
        elif response.status_code < 500:
            kept.delete()
        return response

    def _answer_by_lease(self, request: HttpRequest, key: str) -> HttpResponseBase:
        deadline = time.monotonic() + WAITS
        while True:
            kept, is_new = _begin(key)
            if is_new:
                return self._answer_or_let_go(request, kept)
            if kept.answered_at is not None:
                return _as_answered(request, kept)
            if timezone.now() - kept.begun_at > LEASE:
                IdempotencyKey.objects.filter(pk=kept.pk, begun_at=kept.begun_at).delete()
            elif time.monotonic() > deadline:
                said = _("This form is already being processed. Reload the page in a moment to see the result.")
                return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
            time.sleep(LOOKS_EVERY)

    def _answer_or_let_go(self, request: HttpRequest, kept: IdempotencyKey) -> HttpResponseBase:
        response = self._answer(request, kept)
        if response.status_code >= 500:
            kept.delete()
        return response


def _may_keep(request: HttpRequest, response: HttpResponse) -> bool:
    """A page about somebody's own account is never written down: it may show a secret."""
    is_secret = request.path.startswith(ACCOUNT_PAGES) and response.status_code < 300
    return response.status_code < 400 and not is_secret


def _signs_in(request: HttpRequest, session: str | None) -> bool:
    """Is it a step of signing in? What it answers is worth nothing without the session that it begins or changes."""
    return request.session.session_key != session or (request.session.modified and not request.user.is_authenticated)


def _is_in_own_transactions(request: HttpRequest) -> bool:
    try:
        return getattr(resolve(request.path_info).func, "in_own_transactions", False)
    except Resolver404:
        return False


def _key_of(request: HttpRequest) -> str:
    """What tells this showing of a form from all others; empty for posts that pages make by themselves."""
    if request.method != "POST" or request.headers.get("HX-Request") or not request.POST.get(FORM_FIELD):
        return ""
    digest = hashlib.sha256()
    for part in _parts(request):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    yield str(request.user.pk or "").encode()
    yield request.get_full_path().encode()
    for name, values in request.POST.lists():
        yield "\n".join((name, *values)).encode(errors="surrogatepass")
    for name, uploads in request.FILES.lists():
        for upload in uploads:
            yield f"{name}\n{upload.name}".encode(errors="surrogatepass")
            content = hashlib.sha256()
            for chunk in upload.chunks():
                content.update(chunk)
            yield content.digest()
            upload.seek(0)


def _begin(key: str) -> tuple[IdempotencyKey, bool]:
    """The row of this key, and whether it is this post's own. Waits for whoever has written it and not committed."""
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(key=key, begun_at=timezone.now()), True
    except IntegrityError:
        known = IdempotencyKey.objects.filter(key=key).first()
        return (known, False) if known is not None else _begin(key)


def _keep(request: HttpRequest, kept: IdempotencyKey, response: HttpResponse) -> None:
    IdempotencyKey.objects.filter(pk=kept.pk).update(
        status=response.status_code,
        body=bytes(response.content),
        headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        said=[[message.level, str(message.message)] for message in _said(request)],
        answered_at=timezone.now(),
    )


def _said(request: HttpRequest) -> list[Any]:
    """What the next page of this reader says."""
    storage: Any = messages.get_messages(request)
    return list(getattr(storage, "_queued_messages", ()))


def _as_answered(request: HttpRequest, kept: IdempotencyKey) -> HttpResponse:
    for level, said in kept.said:
        messages.add_message(request, level, said)
    if "Location" in kept.headers:
        return HttpResponseRedirect(kept.headers["Location"], status=kept.status)
    return HttpResponse(bytes(kept.body), status=kept.status, headers=kept.headers)
