"""A partner that has accepted an offer, as the pages' tests start from."""

import pytest
from django.test import Client
from django.utils import timezone

from referrals.models import Offer
from tests import world
from tests.conftest import client_of


@pytest.fixture
def held(db: None) -> tuple[Client, Offer]:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    client = client_of(partner)
    client.post(f"/offers/{offer.public_id}/accept/")
    offer.refresh_from_db()
    return client, offer
