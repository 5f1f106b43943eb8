"""Forms of escalations: what is asked, and what is added to a thread. Posted twice, each has one effect."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.fields import FormKeyField, NoteForm, PlainForm, long_text
from partners.choices import Filter

REPORTED = (  # of the filters, those that a partner can know to be wrong
    *(Filter.ENDORSED, Filter.COUNTRY, Filter.LANGUAGE, Filter.INDUSTRY, Filter.SIZE, Filter.TYPE, Filter.CAPACITY),
    *(Filter.PAUSED, Filter.NO_INCENTIVE, Filter.EXCLUDED),
)


class EscalationForm(PlainForm):
    """A question or complaint to the team."""

    form_key = FormKeyField()
    subject = forms.CharField(label=_("What is it about?"), max_length=120)
    text = long_text(_("What should the team know or do?"), rows=5)


class RoutingReportForm(PlainForm):
    """What a partner holds for wrong in why it was chosen."""

    form_key = FormKeyField()
    wrong_filter = forms.ChoiceField(
        label=_("Which one isn’t true?"),
        choices=[(one.value, one.label) for one in REPORTED],
        widget=forms.RadioSelect,
    )
    text = long_text(_("What should it have been?"), rows=4)


class MessageForm(NoteForm):
    """Words that are added to a thread."""

    form_key = FormKeyField()


class ClosingForm(MessageForm):
    """A last word, which may be left out when there was an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False  # closing twice has one effect without a key
