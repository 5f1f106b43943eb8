"""“Routed wrongly?”: a report with its filter, the receipt beside it for the team; no decline, and no clock stops."""

import pytest
from django.test import Client
from django.utils import timezone

from referrals.models import Escalation, Offer
from tests import world
from tests.conftest import client_of
from tests.pages.escalations.test_escalations import new_key

pytestmark = pytest.mark.django_db
WORDS = {"wrong_filter": "language", "text": "We have nobody who speaks this language."}


@pytest.fixture
def offer() -> Offer:
    world.make_partner()
    return world.offered(now=timezone.now())[1]


def report(offer: Offer, **changes: str) -> Escalation:
    client_of(offer.partner).post(f"/offers/{offer.number}/routing/", WORDS | changes | new_key())
    return Escalation.objects.latest("pk")


def test_the_team_reads_it_with_the_receipt(offer: Offer, team_client: Client) -> None:
    assert "Routed wrongly?" in client_of(offer.partner).get(f"/offers/{offer.number}/").content.decode()
    made = report(offer)
    page = team_client.get(f"/escalations/{made.public_id}/").content.decode()
    receipt = f"/team/referrals/{offer.referral.public_id}/runs/{offer.run_id}/"
    assert "Routed wrongly: Language" in page
    assert receipt in page
    assert team_client.get(receipt).status_code == 200
    own = client_of(offer.partner).get(f"/escalations/{made.public_id}/").content.decode()
    assert receipt not in own


def test_it_is_no_decline_and_stops_no_clock(offer: Offer) -> None:
    before = Offer.objects.values().get(pk=offer.pk)
    report(offer)
    assert Offer.objects.values().get(pk=offer.pk) == before
    offer.referral.refresh_from_db()
    assert offer.referral.state == "offered"


def test_reports_are_counted_by_filter(offer: Offer, team_client: Client) -> None:
    for wrong in ("language", "language", "country"):
        report(offer, wrong_filter=wrong)
    context = team_client.get("/team/fairness/", {"days": "30"}).context
    assert context["wrong_filters"] == [("language", 2), ("country", 1)]


def test_what_is_wrong_has_to_be_said_and_nobody_else_says_it(offer: Offer) -> None:
    client = client_of(offer.partner)
    answer = client.post(f"/offers/{offer.number}/routing/", WORDS | {"wrong_filter": ""} | new_key())
    assert answer.status_code == 422
    assert WORDS["text"] in answer.content.decode()
    stranger = client_of(world.make_partner("Fabrikam"))
    assert stranger.get(f"/offers/{offer.number}/routing/").status_code == 404
    offer.partner.memberships.update(role="viewer")
    assert client.post(f"/offers/{offer.number}/routing/", WORDS | new_key()).status_code == 403
    assert not Escalation.objects.exists()
