"""A row's assignee and tags are changed where a list shows them; what is refused changes nothing and stays typed."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal
from pages.partner.forms import PERSON
from referrals.answering import colleagues
from referrals.answering.responding import decline_offer
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.models import Event, Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def client() -> Client:
    made = Client()
    made.force_login(User.objects.get(email="contoso@triager.example"))
    return made


def me(offer: Offer) -> By:
    return By(Actor.PARTNER, User.objects.get(email="contoso@triager.example"), offer.partner)


def assignee(offer: Offer) -> str:
    return reverse("pages:offer-assignee", args=[offer.public_id]) + "?at=row"


def tags(offer: Offer) -> str:
    return reverse("pages:offer-own-tags", args=[offer.public_id]) + "?at=row"


def colleague(offer: Offer, name: str = "robin", role: str = "triager") -> Any:
    user = world.make_user(f"{name}@contoso.example")
    offer.partner.memberships.create(user=user, role=role)
    return user


def give(offer: Offer, to: Any, was: int = 0) -> Any:
    sealed = {"colleague-to": seal(PERSON, to.pk) if to else "", "colleague-was": seal(PERSON, was)}
    return client().post(assignee(offer), sealed)


def test_the_queue_offers_both_to_those_who_act(offer: Offer) -> None:
    address = reverse("pages:queue") + "?tab=all&columns=colleague,tags"
    page = client().get(address).content.decode()
    assert f"edit-assignee-row-{offer.number}" in page
    assert f"edit-tags-row-{offer.number}" in page
    viewer = Client()
    viewer.force_login(colleague(offer, "viewer", "viewer"))
    page = viewer.get(address).content.decode()
    assert "edit-assignee" not in page
    assert "edit-tags" not in page
    assert viewer.get(assignee(offer)).status_code == 403
    assert viewer.post(tags(offer), {"tags": "vip"}).status_code == 403


def test_a_colleague_is_chosen_and_the_page_is_told(offer: Offer) -> None:
    robin = colleague(offer)
    shown = world.text(client().get(assignee(offer)))
    assert "robin" in shown
    assert "Unassigned" in shown
    answer = give(offer, robin)
    assert "robin" in world.text(answer)
    told = json.loads(answer["HX-Trigger"])["in-place"]
    assert told == {"what": "assignee", "number": offer.number, "at": "row"}
    offer.refresh_from_db()
    assert offer.colleague == robin
    assert "robin" in world.text(client().get(assignee(offer) + "&as=shown"))


def test_what_a_colleague_did_meanwhile_is_said_and_not_overwritten(offer: Offer) -> None:
    robin, kim = colleague(offer), colleague(offer, "kim")
    colleagues.give_to_colleague(offer.pk, to=robin, by=me(offer), now=timezone.now())
    answer = give(offer, kim, was=0)
    assert "assigned it to robin while you were editing" in world.text(answer)
    assert "HX-Trigger" not in answer
    offer.refresh_from_db()
    assert offer.colleague == robin


def test_an_ended_offer_and_a_stranger_are_refused_in_place(offer: Offer) -> None:
    stranger = world.make_user("stranger@fabrikam.example")
    assert "Select a valid choice" in world.text(give(offer, stranger))
    robin = colleague(offer)
    decline_offer(offer.pk, world.said(), by=me(offer), now=timezone.now())
    assert 'role="alert"' in give(offer, robin).content.decode()
    offer.refresh_from_db()
    assert offer.colleague is None


def test_tags_are_saved_as_differences_to_those_shown(offer: Offer) -> None:
    by, now = me(offer), timezone.now()
    colleagues.tag_offer(offer.pk, add=["vip", "mine"], by=by, now=now)
    mine = client()
    shown = mine.get(tags(offer)).content.decode()
    assert 'value="mine, vip"' in shown
    colleagues.tag_offer(offer.pk, add=["theirs"], by=by, now=now)
    answer = mine.post(tags(offer), {"tags": "VIP, new", "tags-were": "mine, vip"})
    assert json.loads(answer["HX-Trigger"])["in-place"]["what"] == "tags"
    offer.refresh_from_db()
    assert offer.tags == ["new", "theirs", "vip"]


def test_what_the_page_shows_is_what_it_sends_back(offer: Offer) -> None:
    """Whatever a tag is made of, it is taken off again."""
    colleagues.tag_offer(offer.pk, add=["r&d", "o'neil", 'so "called"', "<b>"], by=me(offer), now=timezone.now())
    page = client().get(tags(offer)).content.decode()
    sent = html.unescape(re.findall(r"hx-vals='({.*?})'", page)[0])
    assert "r&d" in json.loads(sent)["tags-were"]
    client().post(tags(offer), {"tags": "o'neil", **json.loads(sent)})
    offer.refresh_from_db()
    assert offer.tags == ["o'neil"]


@pytest.mark.parametrize("typed", ["x" * 31, "a\x07b", ",".join(f"tag{n}" for n in range(12))])
def test_tags_that_are_refused_stay_typed(offer: Offer, typed: str) -> None:
    before = Event.objects.count()
    answer = client().post(tags(offer), {"tags": typed, "tags-were": ""})
    assert typed in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    offer.refresh_from_db()
    assert (offer.tags, Event.objects.count()) == ([], before)
    nul = client().post(tags(offer), {"tags": "a\x00b", "tags-were": ""})
    assert (nul.status_code, 'role="alert"' in nul.content.decode()) == (200, True)
    offer.refresh_from_db()
    assert offer.tags == []


def test_nothing_is_said_to_others(offer: Offer) -> None:
    other = client_of(world.make_partner("Fabrikam"))
    for address in (assignee(offer), tags(offer)):
        assert other.get(address).status_code == 404
        assert other.post(address, {}).status_code == 404
