"""The history by person and sitting, as differences, and what each reader is shown of it."""

import datetime as dt

import pytest
from django.test import Client

from pages.history.sittings import FACTS, NOTES, PAUSE, SYSTEM, Sitting, list_sittings
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import Event, Offer
from tests import world
from tests.conftest import client_of
from tests.world import NOW

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def offer() -> Offer:
    """Accepted, two days after it was offered; most statuses are unknown."""
    partner = world.make_partner()
    offer = world.offered(plans=[["M365_E5", 500]], workloads=["INTUNE", "TEAMS"])[1]
    return accept_offer(offer.pk, by=world.by_partner(partner), now=NOW + dt.timedelta(days=2))


def told(offer: Offer, *, shows_partners: bool = True) -> list[Sitting]:
    events = Event.objects.filter(referral=offer.referral).select_related("by", "partner").order_by("id")
    events = events if shows_partners else events.filter(partner=offer.partner)
    return list_sittings(events, shows_partners=shows_partners)


def words(sitting: Sitting) -> list[str]:
    return [str(line.what) for line in sitting.lines]


def record(offer: Offer, minutes: int, **statuses: str) -> None:
    at = offer.answered_at + minutes * MINUTE if offer.answered_at else NOW
    world.record(offer.referral, world.by_partner(offer.partner), at, **statuses)


def test_a_sitting_is_one_entry_and_each_workload_one_difference(offer: Offer) -> None:
    record(offer, 5, INTUNE="not_enabled")
    record(offer, 9, INTUNE="enabled", TEAMS="in_progress")
    newest = told(offer)[0]
    said = words(newest)
    assert "Microsoft Intune (MDM and MAM): Unknown → Enabled" in said, "what was between is not told"
    assert "Microsoft Teams (chat, channels, meetings): Unknown → In progress" in said
    assert sum("to confirm" in one for one in said) == 1
    assert newest.until - newest.since == 9 * MINUTE, "it began with accepting"


def test_a_longer_pause_begins_another_and_goes_on_from_what_stood(offer: Offer) -> None:
    record(offer, 5, INTUNE="not_enabled")
    record(offer, 6 + PAUSE // MINUTE, INTUNE="enabled")
    newest, before = told(offer)[:2]
    assert words(newest)[0] == "Microsoft Intune (MDM and MAM): Not started → Enabled"
    assert "Microsoft Intune (MDM and MAM): Unknown → Not started" in words(before)


def test_a_status_that_is_put_back_is_no_difference(offer: Offer) -> None:
    record(offer, 5, INTUNE="enabled")
    record(offer, 6, INTUNE="unknown")
    assert not any("Intune" in one for one in words(told(offer)[0]))


def test_events_of_before_tell_what_they_know(offer: Offer) -> None:
    record(offer, 5, INTUNE="enabled")
    event = Event.objects.filter(kind="facts_recorded").latest("id")
    event.data = {name: value for name, value in event.data.items() if name != "before"}
    assert words(list_sittings([event], shows_partners=True)[0]) == ["Microsoft Intune (MDM and MAM): Enabled"]


def test_every_line_is_a_note_a_fact_or_the_systems(offer: Offer) -> None:
    record(offer, 5, INTUNE="enabled")
    kinds = {str(line.what).split(":")[0]: line.kind for sitting in told(offer) for line in sitting.lines}
    assert kinds["Accepted"] == NOTES
    assert kinds["Microsoft Intune (MDM and MAM)"] == FACTS
    assert kinds["Offered"] == SYSTEM


def test_a_partner_reads_its_own_turn_and_no_words_of_the_team(offer: Offer) -> None:
    decline_offer(offer.pk, world.said("conflict"), by=world.by_partner(offer.partner), now=NOW + dt.timedelta(days=3))
    page = world.text(client_of(offer.partner).get(f"/offers/{offer.public_id}/"))
    assert ("Notes and history" in page, "Declined" in page) == (True, True)
    assert all(line.partner is None for sitting in told(offer, shows_partners=False) for line in sitting.lines)


def test_the_filter_stands_only_where_there_is_something(team_client: Client, offer: Offer) -> None:
    page = world.text(team_client.get(f"/team/referrals/{offer.referral.public_id}/"))
    for label in ("All", "Notes and actions", "Facts", "System"):
        assert label in page
    assert page.count('name="history"') == 4
