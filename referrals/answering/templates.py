"""Keep templates for decline notes. A person's templates change one after the other."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import Partner
from referrals.models import NoteTemplate

MOST_TEMPLATES = 50  # of a person at a partner


class TemplateRefused(Exception):
    """It was not saved; the message says why."""


@transaction.atomic
def save_template(owner: User, partner: Partner, pk: int | None = None, **words: Any) -> NoteTemplate:
    """Save a new template, or other ``words`` for one of the owner's (``pk``).

    Raises:
        TemplateRefused: the name is taken, there are too many, or the template is gone.
    """
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    own = NoteTemplate.objects.filter(owner=owner, partner=partner)
    if own.filter(name=words["name"]).exclude(pk=pk or 0).exists():
        raise TemplateRefused(_("You already have a template with this name. Enter another name."))
    if pk is None:
        if own.count() >= MOST_TEMPLATES:
            raise TemplateRefused(_("You have %(most)s templates. Delete one first.") % {"most": MOST_TEMPLATES})
        return NoteTemplate.objects.create(owner=owner, partner=partner, **words)
    if not own.filter(pk=pk).update(**words):
        raise TemplateRefused(_("This template no longer exists."))
    return own.get(pk=pk)


def delete_template(owner: User, partner: Partner, pk: int) -> None:
    """Delete one of the owner's templates. Deleting it again changes nothing."""
    NoteTemplate.objects.filter(owner=owner, partner=partner, pk=pk).delete()
