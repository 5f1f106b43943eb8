"""An admin of the service description, signed in, and a draft to work on."""

import pytest
from django.test import Client

from accounts.models import User
from benefits.models import ServiceDescription
from benefits.services.editions import copy_to_draft
from tests import world
from tests.world import NOW


@pytest.fixture
def admin(db: None) -> User:
    return world.make_user("ada@triage.example", is_staff=True, is_superuser=True)


@pytest.fixture
def client(admin: User) -> Client:
    found = Client()
    found.force_login(admin)
    return found


@pytest.fixture
def draft(db: None) -> ServiceDescription:
    return copy_to_draft(ServiceDescription.objects.get(), now=NOW)
