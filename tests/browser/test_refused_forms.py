"""WCAG 2.2 AA of error states: every form of every page, sent empty, and the page that refuses it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User
from referrals.answering.responding import accept_offer
from tests import world
from tests.browser.posting import refusals
from tests.browser.test_accessibility import partner_paths, public_paths, team_paths
from tests.browser.visiting import Visit
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, PUBLISHER, TEAM, Places
from tests.world import NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.accessibility,
]

ENOUGH = 2  # refusals of one address, which differ in their buttons only


def everywhere(stage: dict[str, Any]) -> Iterator[tuple[User | None, str]]:
    """People and the pages that they open."""
    offers = stage["offers"]
    yield from ((None, path) for path in public_paths(offers[1].referral))
    yield from ((stage["partner"], path) for path in partner_paths(offers))
    yield from ((stage["team"], path) for path in team_paths(offers))
    places = Places()
    accept_offer(places.offer.pk, by=world.by_partner(places.alpha), now=NOW)
    alpha, root = world.triager(places.alpha), world.make_user("root@triage.example", is_staff=True, is_superuser=True)
    people = {PUBLIC: None, PARTNER: alpha, PARTNER_OR_TEAM: alpha, TEAM: stage["team"], PUBLISHER: root}
    for name, (reach, _words) in OURS.items():
        yield people.get(reach, alpha), places.address(name)


def test_axe_finds_nothing_on_any_refusal(visit: Visit, stage: dict[str, Any]) -> None:
    looked = Counter[str]()
    for person, path in everywhere(stage):
        client = Client()
        if person:
            client.force_login(person)
        answer = client.get(path)
        if answer.status_code != 200 or b"<!doctype html>" not in getattr(answer, "content", b""):
            continue
        for address, page in refusals(client, path, answer.content.decode()):
            name = resolve(urlsplit(address).path).view_name
            looked[name] += 1
            if looked[name] <= ENOUGH:
                visit.look_at(person, address, page)
    assert len(looked) >= 24, sorted(looked)
    found = visit.found
    assert not found, "\n".join(found)
