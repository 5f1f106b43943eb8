"""Worlds that differ in everything but one partner's own rows look the same to that partner, to the byte.

A few of each kind of address that the partner can reach are fetched; every row of others is changed as far as the
database lets it, some come and some go; they are fetched again with the clock stopped and nothing kept in memory. What
others record about its customers it may know from the next day on: exactly that differs.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import unified_diff
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from partners.models import Partner
from referrals import keeping
from referrals.answering.responding import accept_offer
from referrals.models import Referral
from tests import world
from tests.conftest import client_of
from tests.isolation.changing import add_rows, change_rows, remove_rows
from tests.isolation.owning import count, find_earlier, find_others
from tests.isolation.visiting import Pages, fetch, fetch_all

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
BEGIN = ["/", "/queue/", "/notices/", "/escalations/"]
KNOWN_LATER = ("closed_at", "created_at", "close_outcome", "cover")
WRITTEN_ONCE = {"benefits.Determination", "referrals.Event", "referrals.RoutingRun"}  # the database refuses changes
LEAST = 200  # addresses
CHANGED = re.compile(r'\s*<section class="panel is-warn" id="changed-facts".*?</section>', re.DOTALL)
TAG = re.compile(r"<[^<>]*>")
INTUNE = "Microsoft Intune (MDM and MAM)"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Clock:
    """Stands still until it is put on; nothing is kept for a moment meanwhile, which would hide what has changed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(keeping, "this_moment", itertools.count().__next__)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The demo: twelve partners with all that happens between them."""
    call_command("load_demo")
    return Clock(monkeypatch)


@pytest.fixture
def person(clock: Clock) -> User:
    return User.objects.get(email="partner@demo.example")


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def partner_of(person: User) -> Partner:
    return person.memberships.get().partner


@contextmanager
def another_world() -> Iterator[None]:
    """What is written within is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def look(client: Client, addresses: Any) -> Pages:
    return {address: fetch(client, address) for address in addresses}


def text_of(page: tuple[int, str, bytes]) -> str:
    return page[2].decode("utf-8", "replace")


def plain(text: str) -> str:
    """Its words alone."""
    return " ".join(TAG.sub(" ", text).split())


def differences(before: Pages, after: Pages) -> list[str]:
    """Each line that one of them has alone, below its address."""
    found = []
    for address, one in before.items():
        other = after[address]
        if one != other:
            lines = unified_diff(text_of(one).splitlines(), text_of(other).splitlines(), n=0)
            found += [address, *(line for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++"))]
    return found


def everything(client: Client) -> Pages:
    found = fetch_all(client, BEGIN)
    assert len(found) > LEAST
    again = look(client, found)
    assert differences(again, look(client, found)) == [], "fetched twice, and nothing happened"
    return again


def test_nothing_of_others_shows(client: Client, person: User) -> None:
    partner = partner_of(person)
    others = find_others(partner)
    sizes = count(others)
    assert sizes["partners.Partner"] == Partner.objects.count() - 1
    assert len(sizes) > len(WRITTEN_ONCE)
    before = everything(client)
    with another_world():
        changed = change_rows(others)
        earlier = change_rows({Referral: find_earlier(partner)}, KNOWN_LATER)
        assert differences(before, look(client, before)) == []
        assert {name for name, columns in changed.items() if not columns} == WRITTEN_ONCE
        assert len(earlier["referrals.Referral"]) > 20
    with another_world():
        add_rows()
        assert differences(before, look(client, before)) == []
    with another_world():
        gone = remove_rows(others)
        assert differences(before, look(client, before)) == []
        assert sum(gone.values()) > sum(sizes.values()) / 10


def test_what_others_record_about_an_own_customer_shows_from_the_next_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    clock.now = clock.now.replace(hour=9)
    own = world.make_partner(capacity=1)
    referral, offer = world.offered(clock.now)
    accept_offer(offer.pk, by=world.by_partner(own), now=clock.now)
    other = world.make_partner("Fabrikam")
    again, others_offer = world.offered(clock.now, workloads=["INTUNE"])
    assert (referral.tenant, others_offer.partner) == (again.tenant, other)
    clock.now += HOUR
    today = look(client_of(own), fetch_all(client_of(own), BEGIN))
    with another_world():
        clock.now += DAY
        next_day = look(client_of(own), today)
        clock.now -= DAY
    accept_offer(others_offer.pk, by=world.by_partner(other), now=clock.now)
    world.record(again, world.by_partner(other), clock.now, INTUNE="enabled")
    assert differences(today, look(client_of(own), today)) == []
    clock.now += DAY
    found = look(client_of(own), today)
    told = {plain(said) for page in found.values() for said in CHANGED.findall(text_of(page))}
    day = date_format(clock.now - DAY, "j M Y")
    assert [f"{INTUNE}: was Unknown, is Enabled woodgrove.example, {day} Recorded" in said for said in told] == [True]
    for address, page in next_day.items():
        assert plain(CHANGED.sub("", text_of(found[address]))) == plain(CHANGED.sub("", text_of(page))), address


def test_view_that_leaks_a_count_is_caught(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.isolation.leaking"
    own = world.make_partner()
    world.make_partner("Fabrikam", countries=["DE"], languages=["de"])
    client = client_of(own)
    before = look(client, ["/queue/"])
    assert before["/queue/"][0] == 200
    with another_world():
        add_rows()
        assert differences(before, look(client, before)) == ["/queue/", "-Offers that wait: 0", "+Offers that wait: 2"]
