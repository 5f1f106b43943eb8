"""What is kept of second factors, and by which name of the host passkeys are made."""

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.signing_in.factors import may_use_passkeys
from referrals.email.sending import send_due_mail
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


def test_another_secret_key_leaves_nobody_a_code_and_fails_nowhere(settings: Any) -> None:
    settings.LOCAL_MODE = False
    person, client = make_person(), Client()
    secret = add_totp(person)
    settings.SECRET_KEY = "another-secret-key-of-at-least-32-letters"
    call_command("migrate", verbosity=0)
    sign_in(client, person.email)
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", ['{"id": "x"}', "{}", "[]", "null", "x"])
def test_what_is_no_credential_is_refused(credential: str) -> None:
    client = Client(raise_request_exception=False)
    assert client.post("/account/2fa/webauthn/login/", {"credential": credential}).status_code in (200, 302)
    assert not is_signed_in(client)


def test_an_admin_removes_the_factors_of_whoever_lost_them(client: Client, mailoutbox: list[Any]) -> None:
    person = make_person("lost@triage.example")
    add_totp(person)
    client.force_login(make_person("admin@triage.example"))
    words = {"action": "remove_second_factors", "_selected_action": [person.pk]}
    client.post("/admin/accounts/user/", words)
    assert not Authenticator.objects.exists()
    send_due_mail(timezone.now())
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([person.email], "Your two-step verification was removed")
    ]
