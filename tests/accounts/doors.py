"""People at the front door: who they are, and how they come in."""

import time
from typing import Any

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts.models import User
from tests import world
from tests.world import PASSWORD

DOOR = "/account/login/"


def make_person(email: str = "team@triage.example", **fields: Any) -> User:
    person = world.make_user(email, **(fields or {"is_processing_team": True, "is_staff": True, "is_superuser": True}))
    person.set_password(PASSWORD)
    person.save()
    return person


def add_totp(person: User) -> str:
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str) -> str:
    """The code of now, with five seconds left to send it: one that has just run out is refused, and rightly."""
    left = mfa_settings.TOTP_PERIOD - time.time() % mfa_settings.TOTP_PERIOD
    if left < 5:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(DOOR, {"login": email, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
