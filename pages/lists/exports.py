"""A list as a file: asked for, watched, fetched by the person who asked."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.signing_in.stepping_up import verify_first
from pages.guards import SignedInRequest, is_public_id
from pages.places import listing_for, may_list
from partners.models import Partner
from referrals.lists.exporting import ask_for_export
from referrals.lists.saved_views import LIST_URLS
from referrals.lists.state import state_in
from referrals.models import ListExport, ListName
from referrals.models.list_export import FileKind

CONTENT_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_CHOSEN = 200


@require_POST
def new_export(request: SignedInRequest, list_name: str) -> HttpResponse:
    """Ask for the list that the form names, or for the chosen rows of it."""
    name = may_list(request.user, list_name)
    state = state_in(listing_for(request.user, name).shape, request.POST.get("list", ""))
    wanted = request.POST.get("kind", "")
    kind = FileKind(wanted) if wanted in FileKind.values else FileKind.CSV
    if asking := verify_first(request):
        return asking
    posted = request.POST.getlist("row")[:MOST_CHOSEN]
    chosen = [row for row in posted if is_public_id(row)]
    if posted and not chosen:
        messages.error(request, _("The selected rows are not in your list."))
        return redirect(reverse(LIST_URLS[name]) + state.address)
    asked = ask_for_export(request.user, name, state, kind=kind, chosen=chosen, now=timezone.now())
    return redirect("pages:export", asked.pk)


def _find(request: SignedInRequest, pk: int) -> ListExport:
    return get_object_or_404(ListExport.objects.defer("content"), pk=pk, asked_by=request.user)


@require_safe
def export_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it is, and the file once it is there."""
    asked = _find(request, pk)
    name = ListName(asked.list_name)
    context = {
        "asked": asked,
        "is_there": ListExport.objects.filter(pk=asked.pk).exclude(content=None).exists(),
        "back": reverse(LIST_URLS[name]) + asked.address,
    }
    return render(request, "lists/export.html", context)


@require_safe
def export_file(request: SignedInRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(ListExport, pk=pk, asked_by=request.user)
    may_list(request.user, asked.list_name)
    own = set(Partner.objects.of_member(request.user).values_list("pk", flat=True))
    if not set(asked.partners) <= own:
        raise Http404  # it holds rows of a partner that the person has left
    if asked.content is None:
        return redirect("pages:export", pk)
    if asking := verify_first(request):
        return asking
    answer = HttpResponse(bytes(asked.content), content_type=CONTENT_TYPES[FileKind(asked.kind)])
    answer["Content-Disposition"] = f'attachment; filename="{asked.file_name}"'
    return answer
