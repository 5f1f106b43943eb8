"""All about one customer, for the team; for a partner, its own of it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from referrals.answering.responding import Availability, accept_offer, decline_offer
from referrals.models import Offer, Referral
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    offer = world.offered(plans=[["M365_E5", 500]], workloads=["INTUNE", "TEAMS"])[1]
    return accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)


def look(client: Client, referral: Referral) -> Any:
    return client.get(f"/customers/{referral.public_id}/")


def test_the_team_sees_referrals_plans_and_how_decisions_changed(team_client: Client, offer: Offer) -> None:
    world.record(offer.referral, world.by_partner(offer.partner), NOW + DAY, INTUNE="enabled", TEAMS="not_enabled")
    other = world.screened(customer_name="Second time", workloads=["TEAMS"], now=NOW + DAY)
    text = world.text(look(team_client, offer.referral))
    assert (offer.referral.public_id in text, other.public_id in text) == (True, True)
    assert "<strong>Microsoft 365 E5</strong> · 500 seats" in text
    assert "No longer to confirm: Microsoft Intune (MDM and MAM), Microsoft Teams (chat, channels, meetings)" in text
    assert "Now remaining: Microsoft Teams (chat, channels, meetings)" in text
    assert "Microsoft Intune (MDM and MAM): Enabled" in text


def test_a_status_over_time_is_told_as_differences(team_client: Client, offer: Offer) -> None:
    by = world.by_partner(offer.partner)
    world.record(offer.referral, by, NOW + DAY, INTUNE="not_enabled")
    world.record(offer.referral, by, NOW + 2 * DAY, INTUNE="enabled")
    text = world.text(look(team_client, offer.referral))
    assert "Microsoft Intune (MDM and MAM): Not started → Enabled" in text
    assert text.index("Not started → Enabled") < text.index(": Not started </div>"), "the newest first"


def test_a_partner_sees_its_own_referrals_of_it_alone(offer: Offer) -> None:
    decline_offer(
        offer.pk, world.said(correction=Availability(NOW + 9 * DAY)), by=world.by_partner(offer.partner), now=NOW + DAY
    )
    following = world.make_partner("Fabrikam")
    route_due(now=NOW + DAY)
    theirs = Offer.objects.get(partner=following)
    other = world.screened(customer_name="Second time", workloads=["TEAMS"], now=NOW + DAY)
    for partner, expected in ((offer.partner, True), (following, True)):
        answer = look(client_of(partner), offer.referral)
        assert (answer.status_code == 200) == expected
        assert other.public_id not in world.text(answer)
        assert look(client_of(partner), other).status_code == 404
    ended = world.text(look(client_of(offer.partner), offer.referral))
    assert "Workload status over time" not in ended, "what it no longer has, it reads as its own record"
    accept_offer(theirs.pk, by=world.by_partner(following), now=NOW + DAY)
    assert "Workload status over time" in world.text(look(client_of(following), offer.referral))


def test_who_had_it_before_learns_nothing_of_what_its_successor_decides(team_client: Client, offer: Offer) -> None:
    said = world.said(correction=Availability(NOW + 9 * DAY))
    decline_offer(offer.pk, said, by=world.by_partner(offer.partner), now=NOW + DAY)
    following = world.make_partner("Fabrikam")
    route_due(now=NOW + DAY)
    theirs = Offer.objects.get(partner=following)
    accept_offer(theirs.pk, by=world.by_partner(following), now=NOW + DAY)
    before = world.text(look(client_of(offer.partner), offer.referral)).split("Determinations")[1]
    world.record(offer.referral, world.by_partner(following), NOW + 2 * DAY, INTUNE="enabled", TEAMS="not_enabled")
    team_client.post(f"/team/reviews/{offer.public_id}/", {"note": "Read.", "acknowledge": "1"})
    after = world.text(look(client_of(offer.partner), offer.referral)).split("Determinations")[1]
    assert after == before
    assert "Benefit not fully realized" in world.text(look(client_of(following), offer.referral))


def test_a_partner_learns_of_others_only_what_it_may_know(offer: Offer) -> None:
    world.record(offer.referral, world.by_team(), NOW + DAY, INTUNE="enabled")
    text = world.text(look(client_of(offer.partner), offer.referral))
    assert "Microsoft Intune (MDM and MAM): Enabled" not in text, "it has not looked at it yet"


def test_the_page_of_a_referral_leads_there(team_client: Client, offer: Offer) -> None:
    link = f'href="/customers/{offer.referral.public_id}/"'
    assert link in team_client.get(f"/team/referrals/{offer.referral.public_id}/").content.decode()
    assert link in client_of(offer.partner).get(f"/offers/{offer.public_id}/").content.decode()
    assert look(Client(), offer.referral).status_code == 302
    assert look(client_of(world.make_partner("Strangers")), offer.referral).status_code == 404
