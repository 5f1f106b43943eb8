"""What allauth's forms do differently here."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from django.http import HttpRequest


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Takes the same steps, and time, for an address with an account and for one without."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_: Any) -> str:
        email: str = self.cleaned_data["email"]
        get_adapter().send_reset_mail(email)
        return email
