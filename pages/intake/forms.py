"""The request for deployment assistance: one form for the public and for the team."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold
from benefits.choices import Area, Audience, Delivery, Industry, SizeBand
from benefits.data.places import COUNTRIES, LANGUAGES
from benefits.domain.catalogue import Edition
from pages.fields import FormKeyField, PlanRowsForm, long_text
from partners.choices import ReferralType
from referrals.choices import RequesterKind, WantedFrom

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
RFA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
GENERAL_PREFIX = "GENERAL/"


def check_domain(value: str) -> None:
    if not DOMAIN.fullmatch(value):
        raise ValidationError(gettext("Enter a domain, for example contoso.com."))


def check_mail_can_be_sent(value: str) -> None:
    """The local part must be ASCII, and the domain must have an ASCII form."""
    local, _at, domain = value.rpartition("@")
    try:
        local.encode("ascii")
        domain.encode("idna")
    except UnicodeError:
        raise ValidationError(gettext("Enter a valid email address.")) from None


class DomainField(forms.CharField):
    """A domain, also when it was pasted as the address of a site."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return re.sub(r"^https?://", "", text, flags=re.IGNORECASE).split("/")[0].lower()


class RequestForm(PlanRowsForm):
    form_key = FormKeyField()
    requester_kind = forms.ChoiceField(
        label=_("I’m requesting as"), choices=RequesterKind.choices, widget=forms.RadioSelect
    )
    requester_name = forms.CharField(label=_("Your name"), max_length=120)
    requester_email = forms.EmailField(
        label=_("Your email address"), max_length=254, validators=[check_mail_can_be_sent]
    )
    requester_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    customer_name = forms.CharField(label=_("Customer"), max_length=200)
    domain = DomainField(
        label=_("Primary domain"),
        max_length=253,
        validators=[check_domain],
        help_text=_("For example, contoso.com."),
    )
    tenant_id = forms.UUIDField(
        label=_("Tenant ID"),
        required=False,
        help_text=_("Optional. Find it in Microsoft Entra admin center > Overview."),
    )
    rfa_id = forms.CharField(
        label=_("Microsoft’s RFA ID"),
        max_length=40,
        required=False,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*$", _("Use letters, digits and hyphens, as on the receipt."))
        ],
        help_text=_(
            "Optional. On your receipt, if you already submitted a request in the Microsoft 365 admin center "
            "or Setup portal."
        ),
    )
    country = forms.ChoiceField(label=_("Country"), choices=[("", _("Select a country")), *COUNTRIES])
    industry = forms.ChoiceField(label=_("Industry"), choices=Industry.choices)
    size_band = forms.ChoiceField(label=_("Size"), choices=SizeBand.choices, initial=SizeBand.S1000)
    audience = forms.ChoiceField(
        label=_("Cloud"),
        choices=Audience.choices,
        initial=Audience.COMMERCIAL,
        help_text=_("US government (GCC): Microsoft’s own FastTrack portal for you is gcc.fasttrack.microsoft.com."),
    )
    areas = forms.MultipleChoiceField(
        label=_("Solution areas"), choices=Area.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    workloads = forms.MultipleChoiceField(label=_("Workloads"), required=False, widget=forms.CheckboxSelectMultiple)
    services = forms.MultipleChoiceField(label=_("Other services"), required=False, widget=forms.CheckboxSelectMultiple)
    text = long_text(_("What do you want to achieve?"), _("Describe your goals."))
    delivery = forms.ChoiceField(
        label=_("How should help be delivered?"),
        choices=Delivery.choices,
        initial=Delivery.REMOTE,
        widget=forms.RadioSelect,
    )
    wanted_from = forms.ChoiceField(
        label=_("When do you want to start?"), choices=[("", _("No preference")), *WantedFrom.choices], required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you can work in"),
        choices=LANGUAGES,
        initial=["en"],
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("Your partner will speak at least one of these languages."),
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, edition=edition, **kwargs)
        active = sorted(edition.workloads.values(), key=lambda workload: fold(workload.name))
        groups: dict[str, list[tuple[str, str]]] = {str(label): [] for label in Area.labels}
        for workload in active:
            if workload.effective_to is None and not workload.replaced_by:
                groups[str(Area(workload.area).label)].append((workload.code, workload.name))
        self.fields["workloads"].choices = [  # type: ignore[attr-defined]
            (label, rows) for label, rows in groups.items() if rows
        ]
        self.fields["services"].choices = [  # type: ignore[attr-defined]
            (code, items[-1].text[:1].upper() + items[-1].text[1:])
            for code, items in edition.scope_items.items()
            if code.startswith(GENERAL_PREFIX) and not items[-1].in_scope
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("workloads") or data.get("areas") or data.get("services")) and "text" in data:
            self.add_error("areas", gettext("Select at least one solution area, workload or other service."))
        data["requested_type"] = data.get("requested_type") or ReferralType.BENEFIT.value
        return data

    def intake_data(self) -> dict[str, Any]:
        """What intake takes: plain JSON values."""
        data = {key: value for key, value in self.cleaned_data.items() if key not in NOT_FOR_INTAKE}
        data["tenant_id"] = str(data["tenant_id"]) if data.get("tenant_id") else ""
        return data


NOT_FOR_INTAKE = ("form_key", "consent", "website")


class RfaForm(RequestForm):
    """The public form: consent, and a field that only robots fill in."""

    website = forms.CharField(
        label=_("Leave this blank"), required=False, widget=forms.TextInput(attrs={"tabindex": -1})
    )
    consent = forms.BooleanField(
        label=_("I agree that my contact details and request may be shared with the assigned partner.")
    )


class TeamRequestForm(RequestForm):
    """The team's own form: it also says which type is asked for."""

    requested_type = forms.ChoiceField(label=_("Requested as"), choices=ReferralType.choices)
    no_incentive = forms.BooleanField(
        label=_("The workloads earn no incentive"),
        required=False,
        help_text=_("Only for partners that accept these referrals."),
    )
