"""Searching a list: where a text is found, by statements that are written once, whether it is rare or common."""

import itertools
import uuid
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benefits.models import Customer, Tenant
from pages.lists.lists import load_list
from referrals import keeping
from referrals.answering.responding import decline_offer
from referrals.choices import State
from referrals.lists import listing as of_lists
from referrals.lists import referrals as of_team
from referrals.lists.listing import Listing
from referrals.lists.searching import blank
from referrals.lists.state import read_state
from referrals.models import ColleagueNote, ListName, Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of
from tests.pages.lists.test_lists import COUNTRIES, make_many, offers_of, team_listing, walk

pytestmark = pytest.mark.django_db


def found(listing: Listing, text: str, tab: str = "all") -> list[str]:
    """Public ids of the first page; they are the same as where the whole list is gone through."""
    state = read_state(listing.shape, {"tab": [tab], "q": [text]})
    assert not state.problems
    rows = [row.public_id for row in listing.page(state).rows]
    assert rows == list(listing.matching(state).values_list("public_id", flat=True)), text
    return rows


def test_search_finds_in_every_place_and_marks_it(team_client: Client) -> None:
    offers = make_many(3)
    offer = offers[0]
    decline_offer(
        offer.pk,
        world.said("conflict", notes="Nobody here speaks Klingon yet."),
        by=world.by_partner(offer.partner),
        now=timezone.now(),
    )
    client, referral = client_of(offer.partner), offer.referral
    for text, shown in (
        (referral.public_id[:8].lower(), referral.public_id[:8]),
        (referral.customer.name.upper(), referral.customer.name),
        ("c000.exam", "c000.exam"),
        ("klingon", "Klingon"),
    ):
        for who, address, wanted in (
            (client, "/queue/", offer.public_id),
            (team_client, "/team/referrals/", referral.public_id),
        ):
            answer = who.get(address, {"q": text})
            assert [row.public_id for row in answer.context["page"].rows] == [wanted], (address, text)
        assert f"<mark>{shown}</mark>" in client.get("/queue/", {"q": text}).content.decode()


def test_a_partner_finds_nothing_of_others() -> None:
    offer = make_many(1)[0]
    decline_offer(
        offer.pk,
        world.said("conflict", notes="Nobody here speaks Klingon yet."),
        by=world.by_partner(offer.partner),
        now=timezone.now(),
    )
    words: dict[str, Any] = {"reason": "Go on.", "by": world.by_team(), "now": timezone.now()}
    acts.resume(offer.referral_id, to=State.AWAITING_PARTNER, **words)
    second = world.make_partner("Fabrikam", countries=list(COUNTRIES))
    route_due(now=timezone.now())
    client = client_of(second)
    assert [row.public_id for row in client.get("/queue/", {"q": "customer"}).context["page"].rows]
    assert client.get("/queue/", {"q": "Klingon"}).context["page"].rows == []
    assert client.get("/queue/", {"q": "Klingon"}).context["state"].is_narrowed


def test_search_pages_like_any_list(team_client: Client) -> None:
    make_many(9)
    listing = team_listing()
    pages = walk(listing, "tab=open&q=customer&sort=-customer")
    rows = list(itertools.chain(*pages))
    assert rows == list(Referral.objects.order_by("-customer__name").values_list("public_id", flat=True))


@pytest.mark.parametrize("few", [1, 50])
def test_rare_and_common_texts_are_found_alike(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_team, "FEW", few)
    of_team._ahead.cache_clear()
    offers = make_many(6)
    words = world.said("conflict", notes="Nobody here speaks Klingon yet.")
    decline_offer(offers[0].pk, words, by=world.by_partner(offers[0].partner), now=timezone.now())
    listing = team_listing()
    ids = {row.referral_id: row.referral.public_id for row in Offer.objects.select_related("referral")}
    first = offers[0].referral
    assert set(found(listing, "customer")) == set(ids.values())
    assert set(found(listing, "example", "open")) == set(ids.values())
    assert found(listing, "c003.exam") == [offers[3].referral.public_id]
    assert found(listing, "klingon") == [first.public_id]
    assert found(listing, first.public_id.lower()) == [first.public_id]
    assert found(listing, "klingon", "closed") == []
    assert found(listing, "no such thing") == []
    of_team._ahead.cache_clear()


def test_signs_of_patterns_are_only_signs(team_client: Client) -> None:
    offers = make_many(4)
    names = ["100% Design", "100 Designs", "under_score", "underscore"]
    for offer, name in zip(offers, names, strict=True):
        Customer.objects.filter(pk=offer.referral.customer_id).update(name=name)
    Customer.objects.filter(pk=offers[3].referral.customer_id).update(name="back\\slash")
    for listing, ids in (
        (team_listing(), [offer.referral.public_id for offer in offers]),
        (offers_of(offers[0].partner_id), [offer.public_id for offer in offers]),
    ):
        assert found(listing, "100%") == [ids[0]]
        assert found(listing, "r_s") == [ids[2]]
        assert found(listing, "k\\s") == [ids[3]]
        assert found(listing, "%%%") == []
        assert found(listing, blank("text")) == []
        assert found(listing, f"'; {blank('customers')} %s") == []


def test_tenant_ids_are_found_whole_by_the_team_and_in_part_by_the_partner() -> None:
    offers, own_id = make_many(3), uuid.uuid4()
    Tenant.objects.filter(pk=offers[1].referral.tenant_id).update(directory_id=own_id)
    for text in (str(own_id), str(own_id).upper(), own_id.hex, f"{{{own_id}}}"):
        assert found(team_listing(), text) == [offers[1].referral.public_id], text
    assert found(offers_of(offers[0].partner_id), str(own_id)[:13]) == [offers[1].public_id]
    assert found(offers_of(offers[0].partner_id), str(own_id)[:7]) == []
    assert found(team_listing(), str(own_id)[:11]) == [offers[1].referral.public_id], "from its beginning"
    assert found(team_listing(), str(own_id)[9:]) == []
    assert found(team_listing(), str(uuid.uuid4())) == []


@pytest.mark.parametrize("is_team", [False, True])
def test_a_search_is_written_once_for_every_text(is_team: bool) -> None:
    listing = offers_of(make_many(3)[0].partner_id)
    listing = team_listing() if is_team else listing
    found(listing, "customer")
    before = of_lists._write_parts.cache_info().misses
    for text in ("c001", "nothing like it", "customer 1"):
        found(listing, text)
    assert of_lists._write_parts.cache_info().misses == before
    found(listing, "customer", "open" if is_team else "closed")
    assert of_lists._write_parts.cache_info().misses == before + 1


@pytest.mark.parametrize(
    "query", ["tab=all", "tab=all&country=GB&type=benefit", "tab=all&q=customer", "tab=all&q=c001"]
)
def test_a_list_takes_three_queries_and_one_more_now_and_then(
    query: str, team_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = make_many(3)[0].partner
    team = world.by_team().user
    assert team
    for person, name in ((world.triager(partner), ListName.OFFERS), (team, ListName.REFERRALS)):
        load_list(person, name, parse_qs(query))
        for moment, most in ((keeping.this_moment(), 3), (-1, 4)):
            with monkeypatch.context() as later, CaptureQueriesContext(connection) as asked:
                later.setattr(keeping, "this_moment", lambda moment=moment: moment)
                assert load_list(person, name, parse_qs(query))["page"].rows
            assert len(asked) <= most, [one["sql"][:80] for one in asked]
            assert any("declinereason" in one["sql"] for one in asked) == (moment == -1)


def test_notes_are_found_by_who_may_read_them_and_shown(team_client: Client) -> None:
    offer = make_many(2)[0]
    partner, now = offer.partner, timezone.now()
    by, team = world.by_partner(partner), world.by_team()
    acts.add_note(offer.referral_id, note="The walrus waits.", by=by, now=now, offer=offer)
    acts.add_note(offer.referral_id, note="The narwhal is ours.", by=team, now=now, offer=offer)
    ColleagueNote.objects.create(offer=offer, by=world.triager(partner), at=now, text="Ask about the dugong.")
    Offer.objects.filter(pk=offer.pk).update(tags=["manatee", "urgent"])
    client, ours, theirs = client_of(partner), offer.public_id, offer.referral.public_id
    for text, partners, teams in (
        *(("walrus", [ours], [theirs]), ("narwhal", [], [theirs]), ("dugong", [ours], []), ("anatee", [ours], [])),
        (theirs.removeprefix("REF-").lower(), [ours], [theirs]),
    ):
        assert found(offers_of(partner.pk), text) == partners, text
        assert found(team_listing(), text) == teams, text
    for text in ("walrus", "dugong"):
        assert f"<mark>{text}</mark>" in client.get("/queue/", {"q": text}).content.decode()
    assert "<mark>narwhal</mark>" in team_client.get("/team/referrals/", {"q": "NARWHAL"}).content.decode()


NAMES = ("Zebra AG", "Ångström AB", "apple Inc", "Émile Zola SA", "Müller GmbH", "İstanbul A.Ş.", "Große Straße KG")


def name_customers(offers: list[Offer]) -> None:
    for offer, name in zip(offers, NAMES, strict=True):
        customer = offer.referral.customer
        customer.name = name
        customer.save(update_fields=["name"])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("émile", "Émile Zola SA"),
        ("EMILE", "Émile Zola SA"),
        ("e\u0301mile", "Émile Zola SA"),
        ("MÜLLER", "Müller GmbH"),
        ("müller gmbh", "Müller GmbH"),
        ("istanbul", "İstanbul A.Ş."),
        ("İSTANBUL", "İstanbul A.Ş."),
        ("STRASSE", "Große Straße KG"),
        ("straße", "Große Straße KG"),
        ("ångström", "Ångström AB"),
        ("angstrom", "Ångström AB"),
    ],
)
def test_names_are_found_as_people_write_them(team_client: Client, typed: str, name: str) -> None:
    offers = make_many(len(NAMES))
    name_customers(offers)
    [wanted] = [offer for offer in offers if offer.referral.customer.name == name]
    assert found(team_listing(), typed) == [wanted.referral.public_id]
    assert found(offers_of(wanted.partner_id), typed) == [wanted.public_id]
    assert "<mark>" in team_client.get("/team/referrals/", {"q": typed}).content.decode()


def test_notes_are_found_as_people_write_them() -> None:
    offer = make_many(1)[0]
    said = world.said("conflict", notes="Der Kunde in Köln hat\n  niemanden für Größe XL.")
    decline_offer(offer.pk, said, by=world.by_partner(offer.partner), now=timezone.now())
    for typed in ("koln hat niemanden", "GRÖSSE", "größe"):
        assert found(team_listing(), typed) == [offer.referral.public_id]
        assert found(offers_of(offer.partner_id), typed) == [offer.public_id]


def test_names_are_sorted_for_people_on_every_database() -> None:
    offers = make_many(len(NAMES))
    name_customers(offers)
    order = ["Ångström AB", "apple Inc", "Émile Zola SA", "Große Straße KG", "İstanbul A.Ş.", "Müller GmbH", "Zebra AG"]
    ids = {offer.public_id: offer.referral.customer.name for offer in offers}
    pages = walk(offers_of(offers[0].partner_id), "tab=all&sort=customer", size=2)
    assert [ids[public_id] for page in pages for public_id in page] == order
    assert [*Customer.objects.values_list("name", flat=True)] == order


def test_a_reference_is_found_from_its_beginning_by_its_unique_index() -> None:
    """Under any locale: the ids are compared bytewise."""
    rows = Referral.objects.filter(public_id__startswith="REF-7K").order_by()  # or another index is read for its order
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {rows.query.sql_with_params()[0]}", rows.query.sql_with_params()[1])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond" in plan, plan


def test_admins_find_names_as_people_write_them() -> None:
    world.make_partner("Müller Beratung")
    admin = Client()
    admin.force_login(world.make_user("émile@triage.example", is_staff=True, is_superuser=True))
    for typed in ("MULLER", "müller b"):
        assert "Müller Beratung" in admin.get("/admin/partners/partner/", {"q": typed}).content.decode()
    assert "Müller Beratung" not in admin.get("/admin/partners/partner/", {"q": "miller"}).content.decode()
