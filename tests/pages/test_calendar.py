"""Deadlines as a calendar: what each person has to do, under an address that can be revoked; nobody is named."""

import datetime as dt
import re
from typing import Any

import icalendar
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from referrals.answering.releasing import request_release
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import CalendarFeed, Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers() -> list[Offer]:
    """One to answer, one in due diligence."""
    partner = world.make_partner(capacity=9)
    words = [{"domain": f"a{n}.example", "customer_name": f"Customer {n}"} for n in range(2)]
    made = [world.offered(now=timezone.now(), **one)[1] for one in words]
    accept_offer(made[1].pk, by=world.by_partner(partner), now=timezone.now())
    return list(Offer.objects.order_by("pk"))


def address_of(client: Client, **words: str) -> str:
    client.post("/notices/calendar/", words)
    address: str = client.get("/notices/calendar/").context["address"]
    return address.removeprefix(settings.SITE_URL)


def read(address: str) -> dict[str, Any]:
    """Title → event of the calendar, as a program without a session reads it."""
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_a_partners_deadlines_are_those_of_its_offers(offers: list[Offer]) -> None:
    events = read(address_of(client_of(offers[0].partner)))
    first, second = offers[0].referral, offers[1].referral
    assert set(events) == {f"Respond: {first.public_id}", f"Complete due diligence: {second.public_id}"}
    due = events[f"Respond: {first.public_id}"]
    assert due["dtstart"].dt == offers[0].respond_by.replace(microsecond=0)
    assert str(due["url"]) == f"{settings.SITE_URL}/offers/{first.public_id}/"


def test_no_customer_is_named_unless_the_person_says_so(offers: list[Offer]) -> None:
    client = client_of(offers[0].partner)
    assert b"Customer" not in Client().get(address_of(client)).content
    events = read(address_of(client, names_customers="on"))
    assert f"Respond: Customer 0, {offers[0].referral.public_id}" in events
    assert not any("Customer" in str(event["uid"]) + str(event["url"]) for event in events.values())


def test_an_event_is_the_same_one_when_its_day_moves(offers: list[Offer]) -> None:
    address = address_of(client_of(offers[0].partner))
    title = f"Respond: {offers[0].referral.public_id}"
    before = read(address)[title]
    later = offers[0].respond_by + dt.timedelta(days=1)
    Offer.objects.filter(pk=offers[0].pk).update(respond_by=later)
    after = read(address)[title]
    assert (before["uid"], after["dtstart"].dt) == (after["uid"], later.replace(microsecond=0))


def test_what_a_colleague_is_assigned_to_is_in_the_colleagues_calendar(offers: list[Offer]) -> None:
    partner = offers[0].partner
    other = world.make_user("second@contoso.example")
    address = address_of(client_of(partner))
    partner.memberships.create(user=other, role="triager")
    Offer.objects.filter(pk=offers[0].pk).update(colleague=other)
    assert not any(title.startswith("Respond") for title in read(address))
    client = Client()
    client.force_login(other)
    assert any(title.startswith("Respond") for title in read(address_of(client)))


def test_the_teams_deadlines_are_declines_and_releases(offers: list[Offer], team_client: Client) -> None:
    by = world.by_partner(offers[0].partner)
    decline_offer(offers[0].pk, world.said("conflict"), by=by, now=timezone.now())
    asking = world.offered(now=timezone.now(), domain="a3.example")[1]
    request_release(asking.pk, world.said("skills"), by=by, now=timezone.now())
    titles = set(read(address_of(team_client)))
    assert f"Review decline: {offers[0].referral.public_id}" in titles
    assert f"Decide release request: {asking.referral.public_id}" in titles


def answer_of(address: str) -> tuple[int, bytes]:
    answer = Client().get(address)
    return answer.status_code, re.sub(rb'("x-csrftoken": "|csrfmiddlewaretoken" value=")\w+', b"", answer.content)


def test_a_revoked_address_answers_like_one_that_never_was(offers: list[Offer]) -> None:
    client = client_of(offers[0].partner)
    first = address_of(client)
    second = address_of(client)
    assert answer_of(first)[0] == 404, "another address took its place"
    client.post("/notices/calendar/", {"revoke": "1"})
    assert not CalendarFeed.objects.exists()
    assert client.get("/notices/calendar/").context["address"] == ""
    assert answer_of(second) == answer_of(f"/calendar/{'0' * 32}.ics")


def test_who_has_left_reads_nothing_any_more(offers: list[Offer]) -> None:
    partner = offers[0].partner
    person, address = world.triager(partner), address_of(client_of(partner))
    partner.memberships.update(is_active=False)
    assert read(address) == {}
    person.is_active = False
    person.save()
    assert answer_of(address)[0] == 404


def test_queries_do_not_grow(offers: list[Offer], django_assert_max_num_queries: Any) -> None:
    address = address_of(client_of(offers[0].partner))
    for number in range(5, 12):
        world.offered(now=timezone.now(), domain=f"a{number}.example")
    with django_assert_max_num_queries(3):
        read(address)
