"""Lists under a name: save, open first, share, delete."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.models import Partner
from referrals.list_forms import SavedViewForm
from referrals.lists.state import ListState, state_in
from referrals.models import ListName, SavedView
from referrals.services.saved_views import ViewRefused, open_first, save_view

from .guards import SignedInRequest
from .places import LIST_URLS, listing_for, may_list


@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: SignedInRequest, list_name: str) -> HttpResponse:
    """A person's views of a list, and a form that saves the one it came from."""
    name = may_list(request.user, list_name)
    state = _state(request, name)
    form = _form(request, name)
    if request.method == "POST":
        answer = _act(request, name, state, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "state": state,
        "views": SavedView.objects.filter(owner=request.user, list_name=name),
        "list_url": reverse(LIST_URLS[name]),
        "back": reverse(LIST_URLS[name]) + state.address,
    }
    return render(request, "referrals/saved_views.html", context, status=422 if form.is_bound else 200)


def _state(request: SignedInRequest, name: ListName) -> ListState:
    """The list to be saved, as its address says it; what is not known in it is left out."""
    return state_in(listing_for(request.user, name).shape, request.POST.get("list") or request.GET.get("list", ""))


def _form(request: SignedInRequest, name: ListName) -> SavedViewForm:
    partners = Partner.objects.of_member(request.user) if name == ListName.OFFERS else None
    data = request.POST if request.method == "POST" and request.POST.get("act") == "save" else None
    return SavedViewForm(data, partners=partners)


def _act(request: SignedInRequest, name: ListName, state: ListState, form: SavedViewForm) -> HttpResponse | None:
    if form.is_bound:
        return _save(request, name, state, form) if form.is_valid() else None
    view = get_object_or_404(SavedView, owner=request.user, list_name=name, pk=_number(request.POST.get("view", "")))
    if request.POST.get("act") == "delete":
        view.delete()
        messages.success(request, _("“%(view)s” is deleted.") % {"view": view.name})
    elif request.POST.get("act") == "default":
        open_first(view)
        messages.success(request, _("Your list opens with “%(view)s”.") % {"view": view.name})
    return redirect(request.get_full_path())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _save(request: SignedInRequest, name: ListName, state: ListState, form: SavedViewForm) -> HttpResponse | None:
    words: dict[str, Any] = {key: form.cleaned_data.get(key) for key in ("name", "is_shared", "partner")}
    try:
        view = save_view(request.user, name, state.address, opens_first=form.cleaned_data["is_default"], **words)
    except ViewRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, _("“%(view)s” is saved.") % {"view": view.name})
    return redirect(reverse(LIST_URLS[name]) + state.address)
