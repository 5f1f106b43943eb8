import pytest
from django.core.cache import cache

from accounts.models import User
from tests import world
from tests.world import PASSWORD


@pytest.fixture
def fresh_limits(db: None) -> None:
    """What one test has tried counts for no other."""
    cache.clear()


@pytest.fixture
def person(fresh_limits: None) -> User:
    """Of a partner, with a password."""
    person = world.triager(world.make_partner())
    person.set_password(PASSWORD)
    person.save()
    return person
