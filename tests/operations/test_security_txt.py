"""Where a weakness is reported is told where scanners and people look for it (RFC 9116)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db
ADDRESS = "/.well-known/security.txt"


def test_contacts_are_told_with_a_day_until_which_they_hold(settings: Any) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@triage.example", "https://triage.example/security"]
    settings.SITE_URL = "https://triage.example"
    answer = Client().get(ADDRESS)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    *fields, end = answer.content.decode().split("\n")
    assert end == ""
    assert fields[:2] == ["Contact: mailto:security@triage.example", "Contact: https://triage.example/security"]
    assert fields[3] == f"Canonical: https://triage.example{ADDRESS}"
    expires = dt.datetime.fromisoformat(fields[2].removeprefix("Expires: "))
    assert dt.timedelta(days=30) < expires - timezone.now() < dt.timedelta(days=365)


def test_installation_without_a_contact_has_none(settings: Any) -> None:
    settings.SECURITY_CONTACT = []
    assert Client().get(ADDRESS).status_code == 404
