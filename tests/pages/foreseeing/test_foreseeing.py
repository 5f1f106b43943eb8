"""Who would get a request that is not sent: the team sees a receipt, a partner its own filters; nothing is kept."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Partner
from referrals.models import Offer, Referral, RoutingRun
from referrals.routing.choosing import route_due
from referrals.routing.foreseeing import foresee_referral
from tests import world
from tests.conftest import client_of
from tests.pages.partner.test_profile import admin_of

pytestmark = pytest.mark.django_db
WHO = "/team/who-would-get/"
NEED: dict[str, Any] = {
    "requested_type": "benefit",
    "workloads": ["DEFENDER_ENDPOINT"],
    "country": "GB",
    "languages": ["en"],
    "industry": "commercial",
    "size_band": "251-1000",
}


@pytest.fixture
def partners() -> list[Partner]:
    """One that takes it, and one in another country."""
    return [world.make_partner(), world.make_partner("Fabrikam", countries=["DE"])]


def test_the_team_reads_the_receipt_of_a_need_that_is_no_referral(team_client: Client, partners: list[Partner]) -> None:
    before = world.fingerprint()
    text = world.text(team_client.get(WHO, NEED))
    assert f"{partners[0].name} would get it; 1 of 2 pass" in text
    assert "United Kingdom → Germany" in text, "names, not codes"
    assert world.fingerprint() == before
    assert not RoutingRun.objects.exists()


def test_the_team_tries_a_changed_profile_and_nothing_is_kept(team_client: Client, partners: list[Partner]) -> None:
    before = world.fingerprint()
    first, second = partners
    shown = team_client.get(WHO, NEED | {"partner": second.public_id})
    assert "Fabrikam with changes" in world.text(shown)
    assert list(shown.context["draft"]["countries"].value()) == ["DE"], "as it is"
    draft = {"partner": second.public_id, "changed": second.public_id, "capacity": "5", "own_languages": ["en"]}
    wider = draft | {"countries": ["DE", "GB"], "endorsed": ["DEFENDER_ENDPOINT"]}
    text = world.text(team_client.get(WHO, NEED | wider))
    assert f"{first.name} would get it; 1 of 2 pass." in text
    assert "With the change to Fabrikam:" in text
    assert "2 of 2 pass" in text
    for lost in ({"endorsed": ["TEAMS"]}, {"is_paused": "on"}, {"capacity": "0"}):
        text = world.text(team_client.get(WHO, NEED | wider | lost))
        assert "9999" not in text
        assert "With the change to Fabrikam: Contoso would get it; 1 of 2 pass." in text
    other = team_client.get(WHO, NEED | wider | {"partner": first.public_id})
    assert list(other.context["draft"]["countries"].value()) == ["GB"], "another's own, not what was tried before"
    assert world.fingerprint() == before
    wrong = team_client.get(WHO, NEED | wider | {"capacity": "many"})
    assert (wrong.status_code, 'value="many"' in world.text(wrong)) == (422, True)
    assert team_client.get(WHO, NEED | {"partner": "PAR-0000-0000"}).status_code == 422


def test_turns_and_capacity_count_as_in_routing(team_client: Client) -> None:
    now = timezone.now()
    words = {"last_offered_at": now - dt.timedelta(days=1)}
    world.make_partner("Full", capacity=1, open_offers=1, last_offered_at=now - dt.timedelta(days=9))
    world.make_partner("Recent", **words)
    world.make_partner("Longest", last_offered_at=now - dt.timedelta(days=5))
    text = world.text(team_client.get(WHO, NEED))
    assert "Longest would get it; 2 of 3 pass" in text
    assert "below 1 → 1 open" in text


def test_it_is_what_routing_then_does(partners: list[Partner]) -> None:
    now = timezone.now()
    referral = world.screened(now=now)
    foreseen = foresee_referral(referral, now).choice.chosen
    route_due(now=now)
    assert Offer.objects.get(referral=referral).partner_id == foreseen
    assert foresee_referral(referral, now).choice.chosen is None, "who was offered it is passed over"


def test_an_area_stands_for_its_workloads_and_nobody_is_said(team_client: Client, partners: list[Partner]) -> None:
    asked = NEED | {"workloads": [], "areas": ["security"], "country": "JP"}
    assert "No partner of 2 passes every filter" in world.text(team_client.get(WHO, asked))


def test_the_requests_own_form_asks_it_and_makes_nothing(team_client: Client, partners: list[Partner]) -> None:
    page = team_client.get("/team/request/").content.decode()
    assert f'formaction="{WHO}"' in page
    posted = NEED | {"requester_name": "Alex", "text": "Secret plans", "customer_name": "Woodgrove"}
    answer = team_client.post(WHO, posted)
    assert f"{partners[0].name} would get it" in world.text(answer)
    assert "Secret plans" not in world.text(answer)
    assert not Referral.objects.exists()


def test_what_is_missing_is_said_beside_its_field(team_client: Client) -> None:
    refused = team_client.get(WHO, {"requested_type": "benefit", "country": "XX"})
    text = world.text(refused)
    assert refused.status_code == 422
    for words in ("Select at least one solution area or workload.", "Select a size."):
        assert words in text


def test_a_partner_admin_reads_its_own_filters_and_nothing_of_others(partners: list[Partner]) -> None:
    own, other = partners
    page = f"/partners/{other.public_id}/would-we-get/"
    admin = admin_of(other)
    profile = {"countries": other.countries, "own_languages": other.languages, "capacity": "5"}
    text = world.text(admin.post(page, NEED | profile))
    assert "You don’t pass every filter." in text
    assert "United Kingdom → Germany" in text
    assert own.name not in text
    changed = world.text(admin.post(page, NEED | profile | {"countries": ["DE", "GB"]}))
    assert "You pass every filter." in changed
    assert "rank" not in changed.lower().split("<main")[1]
    other.refresh_from_db()
    assert other.countries == ["DE"], "nothing is saved"


def test_only_its_admins_ask_it(partners: list[Partner]) -> None:
    page = f"/partners/{partners[0].public_id}/would-we-get/"
    assert client_of(partners[0]).get(page).status_code == 404, "a triager"
    assert admin_of(partners[1]).get(page).status_code == 404, "another partner's admin"
    admin = admin_of(partners[0])
    assert admin.get(page).status_code == 200
    refused = admin.post(page, NEED | {"capacity": "many"})
    assert (refused.status_code, 'value="many"' in world.text(refused)) == (422, True)
