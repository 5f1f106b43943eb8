"""Forms of escalations: what is asked, and what is added to a thread. Posted twice, each has one effect."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .forms import FormKeyField, NoteForm, PlainForm, long_text


class EscalationForm(PlainForm):
    """A question or complaint to the team."""

    form_key = FormKeyField()
    subject = forms.CharField(label=_("What is it about?"), max_length=120)
    text = long_text(_("What should the team know or do?"), rows=5)


class MessageForm(NoteForm):
    """Words that are added to a thread."""

    form_key = FormKeyField()
