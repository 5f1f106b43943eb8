"""A partner's home: its numbers lead to lists with as many rows, and nothing of anybody else stands there."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from pages.partner.first_steps import list_first_steps
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import Inquiry, Offer
from referrals.reviewing.calendar import make_feed
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db


def test_numbers_lead_to_lists_with_as_many_rows() -> None:
    offers = make_many(5)
    client, person = client_of(offers[0].partner), world.triager(offers[0].partner)
    now, by = timezone.now(), world.by_partner(offers[0].partner)
    Offer.objects.filter(pk=offers[0].pk).update(respond_by=now - dt.timedelta(hours=1))
    for offer in offers[1:3]:
        accept_offer(offer.pk, by=by, now=now)
    Offer.objects.filter(pk=offers[1].pk).update(colleague=person)
    Inquiry.objects.create(referral=offers[2].referral, side="partner", asked_at=now, questions=[], answered_at=now)
    context = client.get("/home/").context
    numbers = {flag: number for flag, _words, number, _look in context["numbers"]}
    looks = {flag: look for flag, _words, _number, look in context["numbers"]}
    assert (looks["late"], looks["today"]) == ("is-bad", "is-zero")
    assert (numbers["today"], numbers["overdue"]) == (0, 0), "what is late is counted once"
    assert (numbers["late"], numbers["mine"], numbers["proposed"]) == (1, 1, 1)
    for flag, number in numbers.items():
        assert len(client.get(f"/queue/?tab=all&flag={flag}").context["page"].rows) == number, flag
    assert context["clocks"][0].pk == offers[0].pk, "what is most overdue comes first"
    assert sum(week.offered for week in context["weeks"]) == 5
    assert context["weeks"][-1].taken == 2
    assert client.get("/")["Location"] == "/home/"


def test_nothing_of_other_partners_stands_there(offer: Offer) -> None:
    first = offer.partner
    decline_offer(offer.pk, world.said(notes="CANARY " + world.NOTES), by=world.by_partner(first), now=timezone.now())
    second = world.make_partner("Fabrikam", is_fasttrack_ready=False, takes_benefit=False)
    route_due(now=timezone.now())
    text = world.text(client_of(second).get("/home/"))
    assert "CANARY" not in text
    assert first.name not in text
    assert "declined" not in text.split("What changed")[1].split("Guides")[0]
    mine = world.text(client_of(first).get("/home/"))
    assert second.name not in mine


def test_a_person_without_partner_and_a_quiet_morning(team_client: Client) -> None:
    lonely = Client()
    lonely.force_login(world.make_user("lonely@contoso.example"))
    assert "You’re not a member of a partner yet" in world.text(lonely.get("/home/"))
    quiet = world.text(client_of(world.make_partner()).get("/home/"))
    assert "You’re all caught up. New referrals appear here and by email" in quiet
    assert "No offers in the last 12 weeks" in quiet
    assert team_client.get("/home/")["Location"] == "/team/"


def test_somebody_new_is_told_what_to_set_up_until_it_is_done_or_two_weeks_are_over() -> None:
    partner = world.make_partner(role="admin")
    client, person = client_of(partner), world.triager(partner)
    text = world.text(client.get("/home/"))
    for words in ("Getting started", "Enter your working hours", "Invite your colleagues", "Choose which emails"):
        assert words in text, words
    make_feed(person, names_customers=False, now=timezone.now())
    assert "Done:</span> Add your deadlines" in world.text(client.get("/home/"))
    later = timezone.now() + dt.timedelta(days=15)
    assert list_first_steps(person, [partner], later) == []


def test_a_triager_is_not_told_to_keep_the_profile() -> None:
    text = world.text(client_of(world.make_partner()).get("/home/"))
    assert ("Getting started" in text, "Invite your colleagues" in text) == (True, False)
