"""Forms of the lists: saved views, and what is done with several rows at once."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import seal
from pages.fields import PlainForm, long_text
from pages.partner.forms import PERSON
from partners.models import Partner
from referrals.models.list_export import FileKind

NOBODY = "nobody"


class SavedViewForm(PlainForm):
    """A name for the list as it is now."""

    name = forms.CharField(label=_("Name"), max_length=60)
    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Partner"), empty_label=None, to_field_name="public_id"
    )
    is_shared = forms.BooleanField(label=_("Share with my colleagues"), required=False)
    is_default = forms.BooleanField(label=_("Make this my default view"), required=False)

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if partners is None:
            del self.fields["partner"]
        else:
            self.fields["partner"].queryset = partners  # type: ignore[attr-defined]


class ViewNameForm(PlainForm):
    """Another name for a saved view."""

    name = forms.CharField(label=_("Name"), max_length=60)


class NothingToSayForm(PlainForm):
    """An act that needs no words."""


class BulkColleagueForm(PlainForm):
    """Whom several offers are given to: "Nobody" is a choice like any other, and none is made beforehand."""

    to = forms.ChoiceField(label=_("Assign to"))

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {seal(PERSON, person.pk): person for person in colleagues}
        names = [(key, str(person)) for key, person in self.people.items()]
        to = cast("forms.ChoiceField", self.fields["to"])
        to.choices = [("", _("Select …")), *names, (NOBODY, _("Unassigned"))]

    def clean_to(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])


class ExportKindForm(PlainForm):
    kind = forms.ChoiceField(label=_("File"), choices=FileKind.choices, initial=FileKind.XLSX, widget=forms.RadioSelect)


class ReviewNoteForm(PlainForm):
    note = long_text(_("Note for the record"), required=False, rows=2)
