"""What is kept of second factors, and by which name of the host passkeys are made."""

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client, RequestFactory

from accounts.signing_in.factors import may_use_passkeys
from tests.accounts.doors import DOOR, add_totp, code_of, is_signed_in, make_person, sign_in

pytestmark = pytest.mark.django_db


def test_a_secret_is_sealed_where_it_is_kept(settings: Any) -> None:
    settings.LOCAL_MODE = False
    person, client = make_person(), Client()
    secret = add_totp(person)
    assert secret not in str(Authenticator.objects.get().data)
    sign_in(client, person.email)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert is_signed_in(client)


def test_secrets_that_were_kept_open_are_sealed_and_go_on() -> None:
    person = make_person()
    kept = Authenticator.objects.create(user=person, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    for _ in range(2):  # a second run finds it sealed
        call_command("migrate", verbosity=0)
        kept.refresh_from_db()
        assert "JBSW" not in kept.data["secret"]
        assert get_adapter().decrypt(kept.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert TOTP(kept).validate_code(code_of("JBSWY3DPEHPK3PXP"))


@pytest.mark.parametrize(
    ("host", "works"),
    [("localhost:8000", True), ("triage.example", True), ("127.0.0.1:8000", False), ("[::1]:80", False)],
)
def test_passkeys_need_the_name_of_a_host(settings: Any, host: str, *, works: bool) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert may_use_passkeys(RequestFactory().get("/", headers={"host": host})) is works
    assert (b"Use a passkey" in Client(headers={"host": host}).get(DOOR).content) is works


def test_keys_belong_to_the_public_host(settings: Any) -> None:
    settings.LOCAL_MODE, settings.SITE_HOST, settings.ALLOWED_HOSTS = False, "triage.example", ["*"]
    client = Client(headers={"host": "other.example", "accept": "application/json"})
    options = client.get("/account/2fa/webauthn/login/")
    assert options.json()["request_options"]["publicKey"]["rpId"] == "triage.example"
