"""What a person is told about the own account, and where."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals.email.sending import send_due_mail
from tests.accounts.doors import code_of, make_person, sign_in
from tests.world import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


def subjects(mailoutbox: list[Any]) -> list[tuple[str, list[str]]]:
    send_due_mail(timezone.now())
    told = [(mail.subject, mail.to) for mail in mailoutbox]
    mailoutbox.clear()
    return told


def test_a_new_device_is_news_and_a_known_one_is_not(mailoutbox: list[Any]) -> None:
    person = make_person(is_staff=False)
    first, second = Client(), Client(headers={"user-agent": "Another browser"})
    sign_in(first, person.email)
    assert subjects(mailoutbox) == [], "the first sign-in ever is the owner's own"
    first.post("/account/logout/")
    sign_in(first, person.email)
    assert subjects(mailoutbox) == []
    sign_in(second, person.email)
    send_due_mail(timezone.now())
    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("New sign-in to your account", [person.email])
    assert "Browser: Another browser" in mail.body


def test_a_changed_password_is_told(mailoutbox: list[Any]) -> None:
    person, client = make_person(is_staff=False), Client()
    sign_in(client, person.email)
    words = {"oldpassword": PASSWORD, "password1": "a-long-and-new-one-7", "password2": "a-long-and-new-one-7"}
    assert client.post("/account/password/change/", words).status_code == 302
    assert subjects(mailoutbox) == [("Password Changed", [person.email])]
    client.post("/account/logout/")
    sign_in(client, person.email, words["password1"])
    assert subjects(mailoutbox) == [], "the device is known, whatever the password was"


@pytest.mark.django_db(transaction=True)
def test_a_new_factor_is_told(mailoutbox: list[Any]) -> None:
    person, client = make_person(is_staff=False), Client()
    sign_in(client, person.email)
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    code = code_of(client.session["mfa.totp.secret"])
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    assert ("Authenticator App Activated", [person.email]) in subjects(mailoutbox)
