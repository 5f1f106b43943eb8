"""Whose network a request comes from, behind proxies that write addresses in their own ways."""

import ipaddress
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import RequestFactory

from accounts.networks import client_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.9:51234", "203.0.113.9"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", None),
    ],
)
def test_an_address_is_read_as_gateways_write_it(settings: Any, written: str, address: str | None) -> None:
    settings.PROXIES = 1
    found = client_address(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=f"192.0.2.1, {written}"))
    assert found == (ipaddress.ip_address(address) if address else None)


@pytest.mark.parametrize(
    ("said", "proxies"), [("", 0), ("false", 0), ("No", 0), ("true", 1), ("on", 1), ("0", 0), ("2", 2)]
)
def test_how_many_proxies_is_read_from_words_and_numbers(said: str, proxies: int) -> None:
    told = "from config import settings; print(settings.PROXIES)"
    env = {**os.environ, "BEHIND_PROXY": said}
    shown = subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == str(proxies)
