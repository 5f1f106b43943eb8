"""An admin of the catalogue."""

import pytest
from django.test import Client

from tests import world


@pytest.fixture
def client(db: None) -> Client:
    found = Client()
    found.force_login(world.make_user("ada@triage.example", is_staff=True, is_superuser=True))
    return found
