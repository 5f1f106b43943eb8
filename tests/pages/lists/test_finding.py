"""The command palette finds referrals, plans, workloads and pages; only what the person may see."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals.models import Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers() -> list[Offer]:
    """Of two partners one each: the second customer is not the first partner's."""
    now = timezone.now()
    world.make_partner("Contoso")
    mine = world.offered(now=now, customer_name="Woodgrove Bank", domain="woodgrove.example")[1]
    world.make_partner("Fabrikam", capacity=9)
    type(mine.partner).objects.filter(pk=mine.partner_id).update(capacity=0)
    other = world.offered(now=now, customer_name="Woodland Toys", domain="woodland.example")[1]
    assert mine.partner_id != other.partner_id
    return [mine, other]


def found(client: Client, sought: str, **headers: str) -> Any:
    return client.get("/find/", {"q": sought}, headers={"HX-Request": "true"} | headers)


def test_a_partner_finds_its_own_referrals_by_each_of_their_words(offers: list[Offer]) -> None:
    mine, other = offers
    client = client_of(mine.partner)
    address = f"/offers/{mine.referral.public_id}/"
    for sought in ("woodgrove bank", "woodgrove.example", mine.referral.public_id, mine.public_id, "wood"):
        page = found(client, sought)
        assert [hit.address for hit in page.context["referrals"]] == [address], sought
        assert "Woodland" not in page.content.decode()
    assert found(client, other.referral.public_id).context["referrals"] == []


def test_the_team_finds_every_referral(offers: list[Offer], team_client: Client) -> None:
    page = found(team_client, "wood")
    assert {hit.address for hit in page.context["referrals"]} == {
        f"/team/referrals/{offer.referral.public_id}/" for offer in offers
    }


def test_workloads_and_plans_are_found_and_the_referrals_about_them(offers: list[Offer]) -> None:
    client = client_of(offers[0].partner)
    hits = {str(hit.words): hit.address for hit in found(client, "intune").context["catalogue"]}
    assert hits["Microsoft Intune (MDM and MAM)"] == "/service-description/workloads/INTUNE/"
    narrowed = hits["Referrals for Microsoft Intune (MDM and MAM)"]
    assert client.get(narrowed).context["state"].chosen == {"workload": ("INTUNE",)}
    assert "/service-description/plans/M365_E5/" in {
        hit.address for hit in found(client, "SPE_E5").context["catalogue"]
    }


def test_pages_are_those_of_the_role(offers: list[Offer], team_client: Client) -> None:
    client = client_of(offers[0].partner)
    team, partner = (
        {str(hit.address) for letter in "aeiou" for hit in found(one, letter).context["places"]}
        for one in (team_client, client)
    )
    assert {"/team/reviews/", "/team/insights/", "/team/request/"} <= team
    assert not {address for address in partner if address.startswith(("/team/", "/admin/"))}
    assert f"/partners/{offers[0].partner.public_id}/" in partner
    for one, addresses in ((team_client, team), (client, partner)):
        for address in addresses:
            if address.startswith("/"):
                assert one.get(address).status_code == 200, address


def test_it_is_a_page_of_its_own_without_a_script(offers: list[Offer]) -> None:
    client = client_of(offers[0].partner)
    page = client.get("/find/", {"q": "woodgrove"})
    assert "<!doctype html>" in page.content.decode()
    assert "Woodgrove Bank" in page.content.decode()
    assert "No results." in client.get("/find/", {"q": "no such thing"}).content.decode()
    assert client.get("/find/", {"q": "\x00" + "x" * 5000}).status_code == 200
