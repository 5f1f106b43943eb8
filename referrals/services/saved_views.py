"""Keep lists under a name. A person's views change one after the other."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from referrals.models import ListName, SavedView

MOST_VIEWS = 30


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
        raise ViewRefused(_("You have a view of this name; delete it first, or choose another name."))
    if own.count() >= MOST_VIEWS:
        raise ViewRefused(_("You have %(most_views)s views; delete one first.") % {"most_views": MOST_VIEWS})
    view = SavedView.objects.create(owner=owner, list_name=list_name, address=address, name=name, **words)
    if opens_first:
        open_first(view)
    return view


@transaction.atomic
def open_first(view: SavedView) -> None:
    """Let its owner's list open with it, and with no other."""
    _lock(view.owner)
    SavedView.objects.filter(owner=view.owner, list_name=view.list_name, is_default=True).update(is_default=False)
    SavedView.objects.filter(pk=view.pk).update(is_default=True)


def _lock(owner: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
