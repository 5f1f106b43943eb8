"""What allauth's forms do differently here."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Takes the same steps, and time, for an address with an account and for one without."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **words: Any) -> str:
        email: str = self.cleaned_data["email"]
        get_adapter().send_reset_mail(email)
        return email


class CredentialMixin:
    """What is no credential at all is refused like a wrong one."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except KeyError:
            raise get_mfa_adapter().validation_error("incorrect_code") from None


class PasskeySignInForm(CredentialMixin, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class KeyFactorForm(CredentialMixin, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class KeyAgainForm(CredentialMixin, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["code"].label = _("Code from your authenticator app, or a recovery code")


class AuthenticatorAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["code"].label = _("Six-digit code")


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["name"].label = _("Name")
        alone = self.fields["passwordless"]
        alone.label, alone.initial = _("Sign in with this key alone"), True
        alone.help_text = _("Needs a key with a PIN, fingerprint or face. Clear for a key that has none.")

    def clean(self) -> Any:
        try:
            return super().clean()
        except KeyError:
            raise get_mfa_adapter().validation_error("incorrect_code") from None


class RenameKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["name"].label = _("Name")
