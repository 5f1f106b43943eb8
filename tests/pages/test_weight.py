"""What a page weighs with everything that it loads, compressed; and that it shows itself without scripts."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
MOST = 150_000
ASSET = re.compile(rb'(?:href|src)="/static/([^"?]+)"')


def weight(client: Client, path: str) -> int:
    """Bytes of a page and of its style sheets, scripts and icon, each compressed."""
    page = client.get(path).content
    files = {found.decode() for found in ASSET.findall(page)}
    assert {Path(name).suffix for name in files} >= {".css", ".js", ".svg"}
    return len(gzip.compress(page)) + sum(
        len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in files
    )


def test_pages_are_light() -> None:
    partner = world.make_partner(capacity=60)
    for number in range(50):
        world.offered(domain=f"c{number}.example", customer_name=f"Customer {number} of a rather long name")
    team = Client()
    team.force_login(world.make_user("clerk@triage.example", is_processing_team=True))
    offer = partner.offers.latest("id").public_id
    weights = {path: weight(client_of(partner), path) for path in ("/queue/?tab=all", f"/offers/{offer}/", "/home/")}
    weights |= {path: weight(team, path) for path in ("/team/", "/team/referrals/?tab=open")}
    assert max(weights.values()) <= MOST, weights


def test_an_offer_that_needs_information_is_light() -> None:
    """Bytes of HTML before they are compressed, for a customer with everything that Microsoft 365 E5 brings."""
    partner = world.make_partner()
    offer = world.offered(plans=[["M365_E5", 1000]], workloads=["INTUNE"])[1]
    assert offer.referral.determination
    assert offer.referral.determination.outcome == "needs_information"
    assert len(client_of(partner).get(f"/offers/{offer.public_id}/").content) <= 60_000
