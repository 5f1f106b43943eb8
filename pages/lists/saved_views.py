"""Lists under a name: save, open first, rename, share, bring up to date, delete."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.sealing import seal, unseal
from pages.guards import SignedInRequest
from pages.lists.forms import SavedViewForm, ViewNameForm
from pages.places import listing_for, may_list
from partners.models import Partner
from referrals.lists.saved_views import (
    LIST_URLS,
    ViewRefused,
    change_view,
    delete_view,
    open_as_usual,
    open_first,
    save_view,
)
from referrals.lists.state import ListState, state_in
from referrals.models import ListName, OpensFirst, SavedView, ScheduledReport
from referrals.models.scheduled_report import Rhythm
from referrals.reviewing.reports import schedule_report

VIEW = "view"  # kind of the sealed numbers of views


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view that the person may open; ``form`` renames one's own."""

    view: SavedView
    is_own: bool
    opens_first: bool
    form: ViewNameForm
    rhythm: str  # in which the person gets it by email; empty for never


@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: SignedInRequest, list_name: str) -> HttpResponse:
    """The views of a list that a person may open, and a form that saves the list it came from."""
    name = may_list(request.user, list_name)
    state = _state(request, name)
    form, renaming = _form(request, name), None
    if request.method == "POST":
        answer = _save(request, name, state, form) if form.is_bound else _act(request, name, state)
        if isinstance(answer, HttpResponse):
            return answer
        renaming = answer
    views = list(_shown(request, name, renaming))
    context = {
        "form": form,
        "state": state,
        "renaming": renaming,
        "rhythms": Rhythm.choices,
        "own": [one for one in views if one.is_own],
        "shared": [one for one in views if not one.is_own],
        "came_from_list": bool(request.GET.get("list")),
        "list_url": reverse(LIST_URLS[name]),
        "back": reverse(LIST_URLS[name]) + state.address,
    }
    status = 422 if form.is_bound or renaming else 200
    return render(request, "lists/saved_views.html", context, status=status)


def _state(request: SignedInRequest, name: ListName) -> ListState:
    """The list to be saved, as its address says it; what is not known in it is left out."""
    return state_in(listing_for(request.user, name).shape, request.POST.get("list") or request.GET.get("list", ""))


def _form(request: SignedInRequest, name: ListName) -> SavedViewForm:
    partners = Partner.objects.of_member(request.user) if name == ListName.OFFERS else None
    data = request.POST if request.method == "POST" and request.POST.get("act") == "save" else None
    return SavedViewForm(data, partners=partners)


def _shown(request: SignedInRequest, name: ListName, renaming: ViewNameForm | None) -> Iterator[ShownView]:
    first = OpensFirst.objects.filter(person=request.user, list_name=name).values_list("view", flat=True).first()
    rhythms = dict(ScheduledReport.objects.filter(person=request.user).values_list("view", "rhythm"))
    for view in SavedView.objects.seen_by(request.user, name).select_related("owner"):
        form = _name_form(view)
        again = renaming if renaming and renaming.prefix == form.prefix else form
        yield ShownView(view, view.owner_id == request.user.pk, view.pk == first, again, rhythms.get(view.pk, ""))


def _name_form(view: SavedView, data: Any = None) -> ViewNameForm:
    return ViewNameForm(data, prefix=f"view-{seal(VIEW, view.pk)}", initial={"name": view.name})


def _act(request: SignedInRequest, name: ListName, state: ListState) -> HttpResponse | ViewNameForm:
    """Do what a button says; a new name that is refused comes back with its form."""
    here, act = request.get_full_path(), request.POST.get("act")
    if act == "usual":
        open_as_usual(request.user, name)
        messages.success(request, _("Default view restored."))
        return redirect(here)
    seen = SavedView.objects.seen_by(request.user, name)
    view = get_object_or_404(seen, pk=unseal(VIEW, request.POST.get("view", "")))
    try:
        if act in FOR_ONESELF:
            FOR_ONESELF[act](request, view)
        elif view.owner_id != request.user.pk:
            raise Http404
        elif act == "rename":
            return _rename(request, view)
        else:
            _change(request, view, state)
    except ViewRefused as refused:
        messages.error(request, str(refused))
    return redirect(here)


def _schedule(request: SignedInRequest, view: SavedView) -> None:
    """Email the view in a rhythm, or no more."""
    rhythm = request.POST.get("rhythm", "")
    if rhythm and rhythm not in Rhythm.values:
        raise Http404
    schedule_report(request.user, view, rhythm, timezone.now())
    said = _("“%(view)s” will be emailed to you.") if rhythm else _("“%(view)s” will no longer be emailed.")
    messages.success(request, said % {"view": view.name})


def _open_first(request: SignedInRequest, view: SavedView) -> None:
    open_first(request.user, view)
    messages.success(request, _("“%(view)s” is now your default view.") % {"view": view.name})


FOR_ONESELF = {"default": _open_first, "email": _schedule}  # what one may do with a colleague's view too


def _rename(request: SignedInRequest, view: SavedView) -> HttpResponse | ViewNameForm:
    form = _name_form(view, request.POST)
    if form.is_valid():
        try:
            renamed = change_view(view.pk, name=form.cleaned_data["name"])
        except ViewRefused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("Renamed to “%(view)s”.") % {"view": renamed.name})
            return redirect(request.get_full_path())
    return form


def _change(request: SignedInRequest, view: SavedView, state: ListState) -> None:
    """What needs no words: share it or not, put the list that was come from in its place, delete it."""
    act, words = request.POST.get("act"), {"view": view.name}
    if act == "delete":
        delete_view(view.pk)
        messages.success(request, _("“%(view)s” deleted.") % words)
    elif act == "share":
        change_view(view.pk, is_shared=True)
        messages.success(request, _("“%(view)s” is now shared with your colleagues.") % words)
    elif act == "unshare":
        change_view(view.pk, is_shared=False)
        messages.success(request, _("“%(view)s” is no longer shared.") % words)
    elif act == "replace" and request.GET.get("list"):
        change_view(view.pk, address=state.address)
        messages.success(request, _("“%(view)s” updated to the current filters.") % words)


def _save(request: SignedInRequest, name: ListName, state: ListState, form: SavedViewForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    words: dict[str, Any] = {key: form.cleaned_data.get(key) for key in ("name", "is_shared", "partner")}
    try:
        view = save_view(request.user, name, state.address, opens_first=form.cleaned_data["is_default"], **words)
    except ViewRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, _("“%(view)s” saved.") % {"view": view.name})
    return redirect(reverse(LIST_URLS[name]) + state.address)
