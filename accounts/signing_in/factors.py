"""Second factors and passkeys: secrets are sealed where they are kept, and keys belong to the one public host."""

import base64
import hashlib
import ipaddress
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User

SECRETS = ("secret", "seed")  # of authenticator apps, and of recovery codes
SEALED = "sealed:"  # before what is encrypted; what was kept before that was done has no such mark


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def encrypt(self, text: str) -> str:
        return SEALED + _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return _cipher().decrypt(encrypted_text.removeprefix(SEALED).encode()).decode()
        except InvalidToken:  # sealed with another SECRET_KEY: no code fits
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 (allauth's name)
        keys = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": keys + 1} if keys else _("Passkey")

    def get_totp_issuer(self) -> str:
        return _("Referral triage")

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Keys are made for the public host, by whatever name somebody reaches it."""
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        return entity if settings.LOCAL_MODE else entity | {"id": settings.SITE_HOST}


def seal_open_secrets(**_words: Any) -> None:
    """After every migration: seal what was kept before secrets were sealed."""
    adapter = FactorAdapter()
    for factor in Authenticator.objects.filter(data__has_any_keys=SECRETS):
        opened = [name for name in SECRETS if not factor.data.get(name, SEALED).startswith(SEALED)]
        if opened:
            factor.data |= {name: adapter.encrypt(factor.data[name]) for name in opened}
            factor.save(update_fields=["data"])


def may_use_passkeys(request: HttpRequest) -> bool:
    """Browsers make and use passkeys for names of hosts only, never for addresses such as 127.0.0.1."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factors" + settings.SECRET_KEY.encode()).digest()))
