"""What the pages' tests start from."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from partners.models import Partner
from referrals.models import Notification, Offer
from tests import world
from tests.conftest import client_of
from tests.world import NOW


@pytest.fixture
def held(db: None) -> tuple[Client, Offer]:
    """A partner that has accepted an offer."""
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    client = client_of(partner)
    client.post(f"/offers/{offer.public_id}/accept/")
    offer.refresh_from_db()
    return client, offer


@pytest.fixture
def offered(db: None) -> tuple[Partner, Offer, User]:
    partner = world.make_partner()
    _referral, offer = world.offered(now=NOW)
    Notification.objects.filter(kind="received").delete()
    return partner, offer, world.triager(partner)
