"""Addresses and fields that no page of ours would send: never a failure of ours."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from benefits.models import Enablement
from referrals.answering.responding import Availability, decline_offer
from referrals.choices import ReviewState
from referrals.models import DeclineReview
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        *("/status/%00/", "/status/%00/answer/", "/request/confirm/%00/", "/offers/%00/", "/facts/%00/plans/"),
        *("/partners/%00/lapse/", "/team/referrals/%00/", "/team/reviews/%00/", "/mailbox/?to=%00"),
        *("/service-description/?q=%00", "/account/email/", "/service-description/plans/NOPE/"),
    ],
)
def test_odd_addresses_are_not_found_or_harmless(address: str, team_client: Client) -> None:
    for client in (Client(), team_client):
        assert client.get(address).status_code in (200, 302, 404)
        assert client.post(address).status_code in (302, 403, 404, 405)


@pytest.mark.parametrize(
    "after", ["x", "~", "2026-01-01T00:00:00+23:00~1", "0001-01-01T00:00:00+14:00~1", "9999-12-31~9", "1" * 30, "\x00"]
)
def test_absurd_page_keys_show_the_first_page(after: str, team_client: Client) -> None:
    client = client_of(world.make_partner())
    for tab in ("needs-answer", "closed", "nonsense"):
        assert client.get("/queue/", {"tab": tab, "after": after}).status_code == 200
        assert client.get("/queue/", {"tab": tab, "before": after, "sort": "-customer"}).status_code == 200
    for tab in ("team", "open", "closed", "nonsense"):
        for sort in ("answer", "-customer", "round", "nonsense"):
            words = {"tab": tab, "after": after, "sort": sort, "flag": "nobody", "state": "nonsense"}
            assert team_client.get("/team/referrals/", words).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {"status:INTUNE": "nonsense"},
        {"status:NOPE": "enabled"},
        {"status:INTUNE": "declined"},
        {"set_area": "endpoint", "area-status:endpoint": "", "in-area:endpoint": "INTUNE"},
        {"status:INTUNE": "partly_enabled"},
        {"status:INTUNE": "enabled", "evidence:INTUNE": "x" * 2001},
    ],
)
def test_statuses_that_make_no_sense_change_nothing(data: dict[str, Any]) -> None:
    partner = world.make_partner()
    referral, offer = world.offered(now=timezone.now())
    address = f"/facts/{offer.public_id}/statuses/"
    data = data | {"tenant": referral.tenant.domain}
    client = client_of(partner)
    answer = client.post(address, data | {"evidence:TEAMS": "KEEP ME", "status:TEAMS": "enabled"})
    assert answer.status_code == 422
    assert "KEEP ME" in answer.content.decode()
    assert "There is a problem" in answer.content.decode()
    assert client.post(address, data, headers={"HX-Request": "true"}).status_code == 200
    assert not Enablement.objects.exists()


def test_control_characters_in_evidence_become_blanks() -> None:
    partner = world.make_partner()
    referral, offer = world.offered(now=timezone.now())
    data = {"set_area": "endpoint", "area-status:endpoint": "enabled", "area-evidence:endpoint": "a\x00b\x07c"}
    data |= {"in-area:endpoint": "INTUNE", "tenant": referral.tenant.domain}
    client_of(partner).post(f"/facts/{offer.public_id}/statuses/", data)
    assert Enablement.objects.get().evidence == "a b c"


def test_tenant_of_another_customer_is_not_found() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    other = world.submit(domain="other.example").tenant
    client = client_of(partner)
    for tenant in (other.pk, "", "x", "9" * 30):
        assert client.post(f"/facts/{offer.public_id}/statuses/", {"tenant": tenant}).status_code == 404


def test_note_of_a_review_that_is_too_long_is_refused_and_kept(team_client: Client) -> None:
    partner, now = world.make_partner(), timezone.now()
    _referral, offer = world.offered(now=now)
    pause = Availability(now + dt.timedelta(days=2))
    decline_offer(offer.pk, world.said(correction=pause), by=world.by_partner(partner), now=now)
    answer = team_client.post(f"/team/reviews/{offer.public_id}/", {"note": "KEEP ME" + "x" * 4000})
    assert answer.status_code == 422
    assert "KEEP ME" in answer.content.decode()
    assert DeclineReview.objects.get().state == ReviewState.OPEN


@pytest.mark.parametrize("text", ["\x00", "OFR-\x00", "' OR 1=1", "x" * 20_000, "\U0001f600", "9" * 40, "&" * 500])
def test_odd_ids_and_words_in_lists_are_no_errors(text: str, team_client: Client) -> None:
    client = client_of(world.make_partner())
    for who, place in ((client, "/queue/"), (team_client, "/team/referrals/")):
        assert who.get(place, {"q": text, "country": text, "columns": text}).status_code == 200
        assert who.get(place, {"sort": "-customer", "before": f"{text}~1"}).status_code == 200
        assert who.post(f"{place}bulk/", {"row": [text], "act": "accept", "list": text}).status_code == 302
        assert who.get("/escalations/new/", {"about": text}).status_code == 404
    asked = client.post("/exports/offers/new/", {"row": [text], "list": text, "kind": text})
    assert asked.status_code == 302
    assert client.post("/views/offers/", {"view": text, "act": "delete"}).status_code == 404
    assert client.get("/views/offers/", {"list": text}).status_code == 200
