"""The grid of workloads: an area's rows come when it is opened, for whoever may see the referral."""

import pytest
from django.utils import timezone

from referrals.answering.responding import accept_offer
from referrals.models import Offer
from tests import world
from tests.conftest import client_of
from tests.world import text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    _referral, made = world.offered(now=timezone.now())
    accept_offer(made.pk, by=world.by_partner(partner), now=timezone.now())
    return Offer.objects.get()


def test_closed_areas_bring_their_rows_when_they_are_opened(offer: Offer) -> None:
    client, number = client_of(offer.partner), offer.referral.public_id
    page = text(client.get(f"/offers/{number}/"))
    assert 'id="status-INTUNE"' not in page
    address = f"/facts/{offer.public_id}/areas/endpoint/"
    assert f"/facts/{number}/areas/endpoint/" in page
    area = text(client.get(f"{address}?tenant=woodgrove.example", headers=HTMX))
    assert 'id="status-INTUNE"' in area
    assert "All of Endpoint:" in area
    assert 'id="status-TEAMS"' not in area


def test_without_a_script_the_page_comes_with_the_area_open(offer: Offer) -> None:
    client = client_of(offer.partner)
    answer = client.get(f"/facts/{offer.public_id}/areas/endpoint/", {"tenant": "woodgrove.example"})
    assert answer.status_code == 302
    assert 'id="status-INTUNE"' in text(client.get(answer["Location"].partition("#")[0]))


def test_an_area_is_open_where_something_is_known_and_something_is_left(offer: Offer) -> None:
    client, by = client_of(offer.partner), world.by_partner(offer.partner)

    def areas() -> dict[str, bool]:
        return {area.code: area.is_open for area in client.get(f"/offers/{offer.number}/").context["workspace"].areas}

    assert not any(areas().values())
    world.record(offer.referral, by, timezone.now(), DEFENDER_ENDPOINT="enabled", INTUNE="enabled")
    assert areas()["security"], "of others in it nothing is known"
    assert not areas()["endpoint"], "all of it is enabled"


def test_an_area_that_is_not_there_and_others_referrals_are_not_found(offer: Offer) -> None:
    client = client_of(offer.partner)
    assert client.get(f"/facts/{offer.public_id}/areas/nowhere/", headers=HTMX).status_code == 404
    other = world.make_partner("Fabrikam")
    assert client_of(other).get(f"/facts/{offer.public_id}/areas/endpoint/", headers=HTMX).status_code == 404


def test_who_only_reads_sees_no_fields(offer: Offer) -> None:
    client = client_of(offer.partner)
    offer.partner.memberships.update(role="viewer")
    area = text(client.get(f"/facts/{offer.public_id}/areas/endpoint/", headers=HTMX))
    assert "Microsoft Intune" in area
    assert "<select" not in area
    assert "Apply to all" not in area


def test_a_question_is_answered_whether_or_not_its_row_is_shown(offer: Offer) -> None:
    client = client_of(offer.partner)
    said = {"tenant": "woodgrove.example", "asked": "INTUNE", "status:INTUNE": "enabled"}
    for extra, is_shown in (({}, False), ({"in_grid": "1", "status:INTUNE": "not_enabled"}, True)):
        answer = client.post(f"/facts/{offer.public_id}/statuses/", said | extra, headers=HTMX)
        assert ('id="fields-INTUNE"' in text(answer)) is is_shown
        assert 'id="count-endpoint"' in text(answer)


def test_an_offer_that_needs_information_is_light(offer: Offer) -> None:
    page = client_of(offer.partner).get(f"/offers/{offer.number}/")
    assert page.context["workspace"].decided.outcome == "needs_information"
    assert len(page.content) <= 60_000
