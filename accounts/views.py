from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .models import LocalMail

SHOWN = 100


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail of local mode, newest first; the page does not exist elsewhere."""
    if not settings.LOCAL_MODE:
        raise Http404
    wanted = request.GET.get("to", "").replace("\x00", "").strip()[:254]
    mails = LocalMail.objects.filter(to__icontains=wanted)[:SHOWN]
    return render(request, "accounts/mailbox.html", {"mails": mails, "wanted": wanted})
