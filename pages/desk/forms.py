"""Forms of due diligence: an export of the tenant, its subscriptions, and errors of the service description."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.domain.usage.tables import MAX_BYTES
from pages.fields import PlainForm, PlanRowsForm, long_text


class ReportForm(PlainForm):
    text = long_text(_("What is wrong?"), _("Say what the source says, and where you saw it."), rows=4)


class ExportForm(PlainForm):
    export = forms.FileField(
        label=_("Export of the tenant"),
        help_text=_(
            "The tenant’s products as Microsoft Graph, PowerShell, the CLI or the admin center give them, "
            "at most 8 MB; or a usage report, at most 80 MB. Rows about people are counted and not kept."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,application/json,.csv,text/csv,.txt,text/plain"}),
    )

    def clean_export(self) -> Any:
        upload = self.cleaned_data["export"]
        if upload.size > MAX_BYTES:
            sizes = {"size": f"{upload.size:,}", "most": f"{MAX_BYTES:,}"}
            raise ValidationError(gettext("The file has %(size)s bytes; at most %(most)s are read.") % sizes)
        return upload


class SubscriptionsForm(PlanRowsForm):
    """A tenant's subscriptions, typed. ``seen`` is the newest record that the page showed."""

    rows = 8
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
