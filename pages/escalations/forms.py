"""Forms of escalations: what is asked, and what is added to a thread. Posted twice, each has one effect."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.fields import FormKeyField, NoteForm, PlainForm, long_text


class EscalationForm(PlainForm):
    """A question or complaint to the team."""

    form_key = FormKeyField()
    subject = forms.CharField(label=_("What is it about?"), max_length=120)
    text = long_text(_("What should the team know or do?"), rows=5)


class MessageForm(NoteForm):
    """Words that are added to a thread."""

    form_key = FormKeyField()


class ClosingForm(MessageForm):
    """A last word, which may be left out when there was an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False  # closing twice has one effect without a key
