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
from pages.fields import FormKeyField, PlainForm, PlanRowsForm, long_text
from partners.choices import ReferralType
from referrals.choices import RequesterKind, WantedFrom

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
RFA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
GENERAL_PREFIX = "GENERAL/"
TYPES_OF_ORGANIZATION = [
    (value, _("Business") if value == Industry.COMMERCIAL else label) for value, label in Industry.choices
]


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
    """What is asked. Nothing is selected beforehand: size, cloud and languages decide who gets the request."""

    rows = 1
    optional = ("requester_phone", "tenant_id", "rfa_id", "wanted_from")

    form_key = FormKeyField()
    requester_kind = forms.ChoiceField(
        label=_("I’m requesting as"),
        choices=RequesterKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select who you’re requesting as.")},
    )
    requester_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    requester_email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        validators=[check_mail_can_be_sent],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )
    requester_phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "class": "is-short"}),
    )
    customer_name = forms.CharField(
        label=_("Organization"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of the organization.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Select a country")), *COUNTRIES],
        widget=forms.Select(attrs={"autocomplete": "country"}),
        error_messages={"required": _("Select a country.")},
    )
    industry = forms.ChoiceField(
        label=_("Type of organization"),
        choices=TYPES_OF_ORGANIZATION,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select the type of organization.")},
    )
    size_band = forms.ChoiceField(
        label=_("Number of employees"),
        choices=[("", _("Select a size")), *SizeBand.choices],
        error_messages={"required": _("Select the number of employees.")},
    )
    domain = DomainField(
        label=_("Primary domain"),
        max_length=253,
        validators=[check_domain],
        help_text=_("For example, contoso.com."),
        error_messages={"required": _("Enter the primary domain.")},
    )
    audience = forms.ChoiceField(
        label=_("Microsoft cloud"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        help_text=_("If you don’t know of any other, it’s Commercial."),
        error_messages={"required": _("Select your Microsoft cloud.")},
    )
    tenant_id = forms.UUIDField(
        label=_("Tenant ID"),
        required=False,
        help_text=_("Find it in Microsoft Entra admin center > Overview."),
        error_messages={"invalid": _("Enter a tenant ID like 12345678-90ab-cdef-1234-567890abcdef.")},
    )
    rfa_id = forms.CharField(
        label=_("Microsoft’s RFA ID"),
        max_length=40,
        required=False,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*$", _("Use letters, digits and hyphens, as on the receipt."))
        ],
        help_text=_("On the receipt from the Microsoft 365 admin center or Setup portal."),
        widget=forms.TextInput(attrs={"class": "is-short"}),
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
        widget=forms.RadioSelect,
        error_messages={"required": _("Select how help should be delivered.")},
    )
    wanted_from = forms.ChoiceField(
        label=_("When do you want to start?"), choices=[("", _("No preference")), *WantedFrom.choices], required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you can work in"),
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Your partner will speak at least one of these languages."),
        error_messages={"required": _("Select at least one language.")},
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, edition=edition, **kwargs)
        self.fields["text"].error_messages["required"] = gettext("Describe what you want to achieve.")
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


class OtherAddressForm(PlainForm):
    """The address that a request is to be confirmed at instead."""

    requester_email = RequestForm.base_fields["requester_email"]
