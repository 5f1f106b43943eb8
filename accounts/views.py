from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from .models import LocalMail
from .sealing import seal

SHOWN = 100
PERSON = "person"
NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-popups"


@login_not_required
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in, sealed (empty for nobody), and a token for forms: what a page left open needs to go on."""
    reader = seal(PERSON, request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"reader": reader, "token": get_token(request)}, headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail of local mode, newest first, page by page; the page does not exist elsewhere."""
    if not settings.LOCAL_MODE:
        raise Http404
    wanted = request.GET.get("to", "").replace("\x00", "").strip()[:254]
    mails = LocalMail.objects.filter(to__icontains=wanted)
    older_than, newer_than = (_id(request.GET.get(name, "")) for name in ("before", "after"))
    if newer_than:
        found = list(mails.filter(pk__gt=newer_than).order_by("id")[: SHOWN + 1])
        rows = found[:SHOWN][::-1]
        newer, older = len(found) > SHOWN, True
    else:
        found = list(mails.filter(pk__lt=older_than)[: SHOWN + 1] if older_than else mails[: SHOWN + 1])
        rows = found[:SHOWN]
        newer, older = bool(older_than), len(found) > SHOWN
    context = {
        "mails": rows,
        "wanted": wanted,
        "newer": rows[0].pk if rows and newer else 0,
        "older": rows[-1].pk if rows and older else 0,
    }
    return render(request, "accounts/mailbox.html", context)


def _id(text: str) -> int:
    """An id from a link of a page; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@login_not_required
@require_safe
def mailbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part of a mail as its reader gets it; nothing in it runs, and nothing is fetched."""
    if not settings.LOCAL_MODE or pk >= 2**63:
        raise Http404
    mail = get_object_or_404(LocalMail.objects.exclude(html=""), pk=pk)
    return HttpResponse(mail.html, headers={"Content-Security-Policy": NOTHING_RUNS})
