"""Forms of a partner's acts on its offers, and of what its people do among themselves."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import seal, unseal
from pages.fields import PlainForm, long_text
from referrals.answering.colleagues import LONGEST_TAG, MOST_TAGS
from referrals.choices import Channel, CloseOutcome


class PartnerCloseForm(PlainForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            (outcome.value, outcome.label)
            for outcome in (CloseOutcome.DELIVERED, CloseOutcome.FEE_WORK_AGREED, CloseOutcome.NO_FEE_WORK)
        ],
    )
    note = long_text(_("Note for the record"), required=False, rows=3)


class AttemptForm(PlainForm):
    """One attempt to reach the customer."""

    tried_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


PERSON = "person"  # kind of the sealed numbers of people


def seal_person(value: Any) -> Any:
    """A person or its number as a form shows it; what was posted stays as it is."""
    number = value.pk if isinstance(value, User) else value
    return seal(PERSON, number) if isinstance(number, int) else number


class PersonField(forms.ModelChoiceField):
    """One of the people; their numbers are sealed."""

    def prepare_value(self, value: Any) -> Any:
        return seal_person(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        return super().to_python(unseal(PERSON, str(value)) or 0)


class PeopleField(forms.ModelMultipleChoiceField):
    """Several of the people; their numbers are sealed."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Iterable) and not isinstance(value, str):
            return [seal_person(one) for one in value]
        return seal_person(value)

    def clean(self, value: Any) -> Any:
        numbers = [unseal(PERSON, str(one)) or 0 for one in value or ()]
        return super().clean([str(number) for number in numbers])


class ShownPersonField(forms.CharField):
    """Whom the page showed, nobody among them; ``None`` where it does not say."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> Any:
        return seal(PERSON, value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        return unseal(PERSON, str(value or ""))


class ColleagueForm(PlainForm):
    to = PersonField(User.objects.none(), label=_("Assign to"), required=False, empty_label=_("Unassigned"))
    was = ShownPersonField(required=False)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class TagsForm(PlainForm):
    """Tags to add and to take off, as people write them: with commas between."""

    add = forms.CharField(label=_("Add"), required=False, max_length=200, help_text=_("Separated by commas."))
    remove = forms.CharField(label=_("Remove"), required=False, max_length=200)

    def clean_add(self) -> list[str]:
        return read_tags(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        return read_tags(self.cleaned_data["remove"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data["add"] and not data["remove"]:
            self.add_error("add", gettext("Enter at least one tag to add or remove."))
        return data


def read_tags(text: str) -> list[str]:
    tags = sorted({" ".join(part.split()).lower() for part in re.split(r"[,;]", text)} - {""})
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise ValidationError(gettext("Tags can have up to %(most)s characters.") % {"most": LONGEST_TAG})
    if len(tags) > MOST_TAGS:
        raise ValidationError(gettext("Enter up to %(most)s tags.") % {"most": MOST_TAGS})
    return tags


class ColleagueNoteForm(PlainForm):
    text = long_text(_("Internal note"), _("Visible only to your company."), rows=2)
    tell = PeopleField(
        User.objects.none(), label=_("Notify by email"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tell"].queryset = colleagues  # type: ignore[attr-defined]
