"""Keep lists under a name. A person's views change one after the other."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from referrals.models import ListName, OpensFirst, SavedView

MOST_VIEWS = 30
LIST_URLS = {ListName.OFFERS: "pages:queue", ListName.REFERRALS: "pages:team-list"}


class ViewRefused(Exception):
    """It was not saved; the message says why."""


@transaction.atomic
def save_view(
    owner: User, list_name: ListName, address: str, *, name: str, opens_first: bool, **words: Any
) -> SavedView:
    """Save a list under a name. Raises ViewRefused when the name is taken, or there are too many."""
    _lock(owner)
    own = SavedView.objects.filter(owner=owner, list_name=list_name)
    if own.filter(name=name).exists():
        raise ViewRefused(_("You already have a view with this name. Delete it first, or enter another name."))
    if own.count() >= MOST_VIEWS:
        raise ViewRefused(_("You have %(most_views)s views. Delete one first.") % {"most_views": MOST_VIEWS})
    view = SavedView.objects.create(owner=owner, list_name=list_name, address=address, name=name, **words)
    if opens_first:
        open_first(owner, view)
    return view


@transaction.atomic
def change_view(pk: int, **changes: Any) -> SavedView:
    """Give a view another name or address, share it, or share it no more: then it opens nobody else's list.

    Raises:
        ViewRefused: the owner has a view of this name, or the view is gone.
    """
    owner = User.objects.filter(saved_views=pk).first()
    if owner is not None:
        _lock(owner)
    view = _lock_view(pk)
    others = SavedView.objects.filter(owner=view.owner_id, list_name=view.list_name).exclude(pk=pk)
    if others.filter(name=changes.get("name", "")).exists():
        raise ViewRefused(_("You already have a view with this name. Enter another name."))
    for field, value in changes.items():
        setattr(view, field, value)
    view.save(update_fields=list(changes))
    if not view.is_shared:
        view.opens_first_for.exclude(person=view.owner_id).delete()
    return view


def delete_view(pk: int) -> None:
    """Delete a view; lists that opened with it open as usual. Deleting it again changes nothing."""
    SavedView.objects.filter(pk=pk).delete()


@transaction.atomic
def open_first(person: User, view: SavedView) -> None:
    """Let a person's list open with a view, and with no other. Raises ViewRefused when the person cannot see it."""
    _lock(person)
    _lock_view(view.pk)  # nobody stops sharing it meanwhile
    if not SavedView.objects.seen_by(person, ListName(view.list_name)).filter(pk=view.pk).exists():
        raise ViewRefused(_("This view no longer exists."))
    OpensFirst.objects.update_or_create(person=person, list_name=view.list_name, defaults={"view": view})


@transaction.atomic
def open_as_usual(person: User, list_name: ListName) -> None:
    """Let a person's list open with no view."""
    _lock(person)
    OpensFirst.objects.filter(person=person, list_name=list_name).delete()


def _lock(person: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _lock_view(pk: int) -> SavedView:
    view = SavedView.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if view is None:
        raise ViewRefused(_("This view no longer exists."))
    return view
