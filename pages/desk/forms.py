"""Forms of due diligence: an export of the tenant, its subscriptions, and errors of the service description."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.domain.usage.tables import MAX_BYTES
from pages.fields import PlainForm, PlanRowsForm, long_text


class ReportForm(PlainForm):
    text = long_text(_("What’s wrong?"), _("Describe what the source says and where you found it."), rows=4)


class ExportForm(PlainForm):
    export = forms.FileField(
        label=_("Tenant export"),
        help_text=_(
            "A product list from Microsoft Graph, PowerShell, the CLI or the admin center (up to 8 MB), or a "
            "usage report (up to 80 MB). Per-person rows are counted, not stored."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,application/json,.csv,text/csv,.txt,text/plain"}),
    )

    directory = forms.FileField(
        label=_("Trials (optional)"),
        help_text=_(
            "A product list doesn’t show trials; the response of "
            "https://graph.microsoft.com/v1.0/directory/subscriptions does. Or mark trials in the next step."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,application/json,.txt,text/plain"}),
        required=False,
    )

    def clean_export(self) -> Any:
        upload = self.cleaned_data["export"]
        if upload.size > MAX_BYTES:
            sizes = {"size": f"{upload.size:,}", "most": f"{MAX_BYTES:,}"}
            raise ValidationError(gettext("The file has %(size)s bytes; the maximum is %(most)s.") % sizes)
        return upload


class SubscriptionsForm(PlanRowsForm):
    """A tenant's subscriptions, typed. ``seen`` is the newest record that the page showed."""

    rows = 8
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
