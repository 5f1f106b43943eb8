"""One number: a referral is REF-… wherever people look, and is found by the numbers of old email and documents."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.folding import fold
from referrals.answering.responding import accept_offer, decline_offer
from referrals.email.writing import REMINDERS, name_referral, remind_partner
from referrals.models import Notification, Offer, Referral
from tests import world
from tests.conftest import client_of
from tests.pages.addresses import OURS, PUBLIC, Places

OTHER = re.compile(r"OFR-[A-Z0-9]{4}-[A-Z0-9]{4}")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
ADDRESS = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    partner = world.make_partner()
    _referral, made = world.offered(now=timezone.now())
    accept_offer(made.pk, by=world.by_partner(partner), now=timezone.now())
    return Offer.objects.get()


def words_of(page: str) -> str:
    """What people read of a page: its text and title, and where its links lead."""
    return re.sub(r"<(?!title|/title)[^>]*>", " ", page) + " ".join(ADDRESS.findall(page))


def test_a_partner_reads_one_number_only(offer: Offer) -> None:
    client, number = client_of(offer.partner), offer.referral.public_id
    below = ("", "decline/", "together/")
    for path in ("/home/", "/queue/?tab=all", "/notices/", *(f"/offers/{number}/{one}" for one in below)):
        answer = client.get(path)
        assert answer.status_code == 200, path
        read = words_of(answer.content.decode())
        assert [read[found.start() - 60 : found.end()] for found in OTHER.finditer(read)] == [], path
    assert number in words_of(client.get("/home/").content.decode())


def test_an_older_offer_has_its_own_number_where_the_partner_was_asked_again(offer: Offer) -> None:
    by, number = world.by_partner(offer.partner), offer.referral.public_id
    decline_offer(offer.pk, world.said("conflict"), by=by, now=timezone.now())
    client = client_of(offer.partner)
    assert client.get(f"/offers/{number}/").context["offer"].pk == offer.pk, "the record of what was declined"
    again = Offer.objects.get(pk=offer.pk)
    again.pk, again.public_id, again.round, again.state = None, "OFR-2222-2223", again.round + 7, "expired"
    again.save(force_insert=True)
    assert client.get(f"/offers/{number}/").context["offer"].pk == again.pk
    assert client.get(f"/offers/{offer.public_id}/").context["offer"].pk == offer.pk
    shown = [row.shown_number for row in client.get("/queue/?tab=all").context["page"].rows]
    assert sorted(shown) == sorted([number, offer.public_id])


@pytest.mark.parametrize("written", [str.upper, str.lower, " {} ".format])
def test_numbers_of_old_email_are_found(offer: Offer, written: object) -> None:
    assert callable(written)
    world.offered(domain="b.example", customer_name="Somebody else", now=timezone.now())
    decided = Referral.objects.get(pk=offer.referral_id).determination
    assert decided is not None
    team = Client()
    team.force_login(world.make_user("clerk@triage.example", is_processing_team=True))
    for number in (offer.public_id, decided.public_id, offer.referral.public_id):
        own = client_of(offer.partner).get("/queue/", {"tab": "all", "q": written(number)}).context["page"].rows
        theirs = team.get("/team/referrals/", {"tab": "all", "q": written(number)}).context["page"].rows
        assert [row.public_id for row in own] == [offer.public_id], number
        assert [row.public_id for row in theirs] == [offer.referral.public_id], number


def test_a_partner_finds_nothing_by_numbers_of_others(offer: Offer) -> None:
    other = world.make_partner("Fabrikam")
    rows = client_of(other).get("/queue/", {"tab": "all", "q": offer.public_id}).context["page"].rows
    assert rows == []
    assert client_of(other).get(f"/offers/{offer.referral.public_id}/").status_code == 404


def test_subjects_name_the_customer_first(offer: Offer) -> None:
    for kind in REMINDERS:
        remind_partner(offer, kind, ["A line."], timezone.now())
    named = f"{offer.referral.customer.name} ({offer.referral.public_id})"
    told = Notification.objects.filter(offer=offer, kind__in=[*REMINDERS, "offer"])
    assert {row.subject.split(": ", 1)[1] for row in told} == {named}
    assert all(f"/offers/{offer.referral.public_id}/" in row.body for row in told)


def test_a_long_name_leaves_room_for_the_number() -> None:
    named = name_referral("REF-2222-2222", "Ä" * 200)
    assert named.endswith("…  (REF-2222-2222)".replace("  ", " "))
    assert len(named) < 110
    assert fold(named)


def test_every_title_follows_one_pattern() -> None:
    places = Places()
    clients = {"team": Client(), "partner": client_of(places.alpha)}
    everything = {"is_processing_team": True, "is_superuser": True, "is_staff": True}
    clients["team"].force_login(world.make_user("all@triage.example", **everything))
    seen = 0
    for name, (reach, _words) in OURS.items():
        client = clients["partner" if reach.startswith("partner") else "team"] if reach != PUBLIC else Client()
        answer = client.get(places.address(name))
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        found = TITLE.findall(answer.content.decode().split("<body")[0])
        if not found:
            continue
        title = " ".join(found[0].split())
        seen += 1
        assert title.endswith(" · Referral triage"), name
        assert not title.startswith(("·", " ·")), name
        assert "–" not in title, name
    assert seen > 40


def test_a_refused_form_says_so_in_its_title(offer: Offer) -> None:
    client = client_of(offer.partner)
    refused = client.post(f"/offers/{offer.public_id}/decline/", {"notes": ""})
    assert refused.status_code == 422
    assert TITLE.findall(refused.content.decode())[0].startswith(f"Error: {offer.referral.customer.name}")
    step = Client().post("/request/new/", {"form_key": str(uuid.uuid4())})
    assert step.status_code == 422
    assert TITLE.findall(step.content.decode())[0].startswith("Error: ")


def test_a_swapped_part_brings_no_title(offer: Offer) -> None:
    client, page = client_of(offer.partner), f"/offers/{offer.referral.public_id}/together/"
    assert TITLE.findall(client.get(page).content.decode())
    assert not TITLE.findall(client.get(page, HTTP_HX_REQUEST="true").content.decode())
    words: dict[str, Any] = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}
    assert TITLE.findall(client.get("/queue/", **words).content.decode()), "a list takes the page's place"
