import pytest

from referrals.answering.responding import decline_offer
from referrals.models import Referral
from referrals.routing.choosing import route_due
from tests import world
from tests.world import NOW


@pytest.fixture
def referral(db: None) -> Referral:
    """One with a history of two offers."""
    world.make_partner("Gamma", is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(NOW, plans=[["O365_E3", 100]], workloads=["TEAMS"])
    said = world.said(notes="“Ünïcode” \\ and 'quotes' | \n" + world.NOTES)
    decline_offer(offer.pk, said, by=world.by_partner(offer.partner), now=NOW)
    world.make_partner("Alpha")
    route_due(now=NOW)
    return referral
