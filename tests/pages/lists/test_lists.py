"""The lists: tabs, facets, search, order, columns, pages both ways, the row beside one, saved views."""

import datetime as dt
import html
import itertools
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from referrals.answering.responding import accept_offer, decline_offer
from referrals.lists import offers as of_offers
from referrals.lists.listing import Listing, first_page
from referrals.lists.names import current_edition
from referrals.lists.offers import list_offers
from referrals.lists.paging import write_key
from referrals.lists.referrals import list_referrals
from referrals.lists.state import read_state
from referrals.models import Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
COUNTRIES = ("GB", "FR", "DE")


def make_many(number: int) -> list[Offer]:
    """Offers to one partner, each of a customer of its own."""
    now = timezone.now()
    world.make_partner(capacity=number + 5, countries=list(COUNTRIES))
    for place in range(number):
        words: dict[str, Any] = {"domain": f"c{place:03}.example", "customer_name": f"customer {place % 7}-{place:03}"}
        words |= {"country": COUNTRIES[place % 3], "workloads": [["INTUNE"], ["TEAMS"]][place % 2]}
        world.screened(now=now + dt.timedelta(seconds=place), **words)
    route_due(now=now + dt.timedelta(minutes=5))
    return list(Offer.objects.order_by("id"))


def offers_of(partner_id: int) -> Listing:
    person = Offer.objects.filter(partner=partner_id)[0].partner
    return list_offers(world.triager(person), [partner_id], current_edition())


def team_listing() -> Listing:
    user = world.by_team().user
    assert user
    return list_referrals(user, current_edition())


def walk(listing: Listing, query: str, step: str = "after", size: int = 4) -> list[list[str]]:
    """Every page from the first on (or back from the last), as public ids."""
    pages, key = [], ""
    while True:
        state = read_state(listing.shape, parse_qs(query) | ({step: [key]} if key else {}))
        page = listing.page(state, size)
        pages.append([row.public_id for row in page.rows])
        key = page.next_key if step == "after" else page.previous_key
        if not key or len(pages) > 50:
            return pages


@pytest.mark.parametrize("is_team", [False, True])
def test_every_order_pages_through_all_rows_once_both_ways(is_team: bool) -> None:
    partner = make_many(11)[0].partner_id
    listing = team_listing() if is_team else offers_of(partner)
    tab = "open" if is_team else "needs-answer"
    for sort, sign in itertools.product(listing.shape.orders, ("", "-")):
        query = f"tab={tab}&sort={sign}{sort}"
        whole = [row.public_id for row in listing.page(read_state(listing.shape, parse_qs(query)), 50).rows]
        assert len(set(whole)) == 11
        onward = walk(listing, query)
        assert list(itertools.chain(*onward)) == whole, query
        assert [len(page) for page in onward] == [4, 4, 3]
        last = listing.page(read_state(listing.shape, parse_qs(query)), 8).next_key
        back = listing.page(read_state(listing.shape, parse_qs(query) | {"before": [last]}), 4)
        assert [row.public_id for row in back.rows] == whole[3:7], query
        assert back.next_key
        assert back.previous_key


@pytest.mark.parametrize("most", [1, 8])
def test_partners_of_one_person_are_one_list(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_offers, "MOST_SHARES", most)
    of_offers._listing.cache_clear()
    first = make_many(8)[0].partner
    second = world.make_partner("Fabrikam", countries=list(COUNTRIES))
    Offer.objects.filter(pk__in=[offer.pk for offer in Offer.objects.all()[::2]]).update(
        partner=second, organisation=second.organisation
    )
    listing = list_offers(world.triager(first), [first.pk, second.pk], current_edition())
    ids = list(Offer.objects.order_by("-offered_at", "-id").values_list("public_id", flat=True))
    assert list(itertools.chain(*walk(listing, "tab=all", size=3))) == ids
    assert len(list(itertools.chain(*walk(listing, "tab=all&q=customer&country=GB", size=2)))) == 3
    assert {str(number) for number in listing.page(read_state(listing.shape, {})).numbers.values()} == {"8", "0"}
    of_offers._listing.cache_clear()


def test_pages_stay_put_while_rows_come_and_go(team_client: Client) -> None:
    offers = make_many(6)
    listing = offers_of(offers[0].partner_id)
    state = read_state(listing.shape, parse_qs("tab=needs-answer&sort=reference"))
    first = listing.page(state, 3)
    gone = Offer.objects.get(public_id=first.rows[0].public_id)
    accept_offer(gone.pk, by=world.by_partner(gone.partner), now=timezone.now())
    second = listing.page(
        read_state(listing.shape, parse_qs(f"tab=needs-answer&sort=reference&after={first.next_key}")), 3
    )
    assert not {row.public_id for row in first.rows} & {row.public_id for row in second.rows}
    assert len(second.rows) == 3


def test_facets_narrow_each_other_and_values_widen() -> None:
    partner = make_many(12)[0].partner_id
    listing = offers_of(partner)

    def found(query: str) -> int:
        return len(listing.page(read_state(listing.shape, parse_qs(query))).rows)

    assert found("tab=needs-answer&country=GB") == 4
    assert found("tab=needs-answer&country=GB&country=FR") == 8
    assert found("tab=needs-answer&country=GB&workload=INTUNE") == 2
    assert found("tab=needs-answer&area=endpoint") == 6
    assert found("tab=needs-answer&area=endpoint&workload=TEAMS") == 0
    assert found("tab=needs-answer&flag=nobody") == 12
    assert found("tab=needs-answer&flag=mine") == 0
    assert found("tab=closed&country=GB") == 0


@pytest.mark.parametrize("is_team", [False, True])
def test_every_value_of_every_facet_can_be_asked_for(is_team: bool) -> None:
    partner = make_many(3)[0].partner_id
    listing = team_listing() if is_team else offers_of(partner)
    for facet in listing.shape.facets.values():
        for value in list(facet.choices)[:15]:
            state = read_state(listing.shape, {"tab": ["all"], facet.key: [value]})
            rows = [row.public_id for row in listing.page(state).rows]
            assert rows == [row.public_id for row in listing.matching(state).values_list("public_id", named=True)]
            assert not state.problems


def test_tabs_hold_every_row_once_and_count_it() -> None:
    offers = make_many(6)
    partner, now = offers[0].partner, timezone.now()
    by = world.by_partner(partner)
    accept_offer(offers[0].pk, by=by, now=now)
    decline_offer(offers[1].pk, world.said("conflict"), by=by, now=now)
    held: dict[str, Any] = {"until": now + dt.timedelta(days=3), "reason": "Wait.", "by": world.by_team(), "now": now}
    acts.hold(offers[2].referral_id, **held)
    listing = offers_of(partner.pk)
    counted = {key: str(count) for key, count in listing.page(read_state(listing.shape, {})).numbers.items()}
    assert counted == {"needs-answer": "3", "in-progress": "1", "waiting": "1", "closed": "1", "all": "6"}
    acts.cancel(offers[3].referral_id, reason="Asked by the customer.", by=world.by_team(), now=now)
    team = team_listing()
    counts = {key: int(str(count)) for key, count in team.page(read_state(team.shape, {})).numbers.items()}
    assert counts["open"] == Referral.objects.open().count() == 5
    for one in (listing, team):
        numbers = one.page(read_state(one.shape, {})).numbers
        assert set(numbers) == set(one.shape.tabs)
        for key, count in numbers.items():
            assert str(len(one.page(read_state(one.shape, {"tab": [key]})).rows)) == str(count), key


def test_address_says_the_state_and_nothing_else(team_client: Client) -> None:
    listing = team_listing()
    given = "tab=open&country=DE&country=GB&q=wood&sort=-customer&columns=customer,status,junk"
    state = read_state(listing.shape, parse_qs(given))
    again = read_state(listing.shape, parse_qs(state.address.removeprefix("?")))
    assert again.address == state.address
    assert (again.chosen, again.search, again.signed_sort) == ({"country": ("DE", "GB")}, "wood", "-customer")
    assert again.columns == ("status", "customer")
    chips = {chip.label: chip.without for chip in state.chips}
    assert set(chips) == {"“wood”", "Country: Germany", "Country: United Kingdom"}
    assert "country=GB" in chips["Country: Germany"]
    assert "country=DE" not in chips["Country: Germany"]
    assert parse_qs(state.cleared.removeprefix("?")).keys() == {"tab", "sort", "columns"}


def test_what_is_not_understood_is_said_and_left_out(team_client: Client) -> None:
    make_many(1)
    words = {"tab": "nonsense", "country": "XX", "sort": "price", "columns": "price", "q": "ab", "after": "1~2~x"}
    answer = team_client.get("/team/referrals/", words)
    text = world.text(answer)
    for said in (
        *(
            "View “nonsense” not found",
            "Unknown filter value “XX” for “Country” was ignored",
            "can’t be sorted by “price”",
        ),
        *(
            "Unknown columns were ignored; showing the default columns",
            "at least 3 characters",
            "That page doesn’t exist; showing the first page",
        ),
    ):
        assert said in text
    assert answer.status_code == 200
    listing = team_listing()
    long = read_state(listing.shape, {"q": ["x" * 500]})
    assert (len(long.search), bool(long.problems)) == (100, True)
    many = read_state(listing.shape, {"workload": ["INTUNE"] * 500})
    assert many.chosen == {"workload": ("INTUNE",)}
    _page, problem = first_page(listing, read_state(listing.shape, {"tab": ["open"], "before": ["9999-99-99~1"]}))
    assert problem


def test_closed_rows_are_not_sorted_by_what_they_lack(team_client: Client) -> None:
    answer = team_client.get("/team/referrals/", {"tab": "closed", "sort": "answer"})
    assert "can’t be sorted by “answer”" in world.text(answer)


def test_columns_are_chosen_one_by_one(team_client: Client) -> None:
    make_many(1)
    text = world.text(team_client.get("/team/referrals/?tab=open&columns=customer&columns=language"))
    assert ">Languages</a>" in text
    assert ">Determination</a>" not in text


# --- from a row's page


def test_rows_beside_one_are_those_of_the_list_it_was_opened_from() -> None:
    offers = make_many(5)
    client = client_of(offers[0].partner)
    rows = client.get("/queue/", {"tab": "needs-answer", "sort": "-customer"}).context["page"].rows
    listed = client.get("/queue/", {"tab": "needs-answer", "sort": "-customer"})
    address = f"/offers/{rows[2].public_id}/" + listed.context["place"]
    beside = client.get(address).context["beside"]
    assert rows[1].shown_number in beside.previous
    assert rows[3].shown_number in beside.following
    assert "sort=-customer" in beside.back
    answered = client.post(f"/offers/{rows[2].public_id}/accept/" + listed.context["place"])
    after = client.get(answered["Location"])
    assert rows[3].shown_number in after.context["beside"].following, "the row has left the list, its place has not"
    assert client.get(f"/offers/{rows[2].public_id}/").context["beside"] is None
    assert client.get(f"/offers/{rows[2].public_id}/?list=%00%FF&list=?tab=x").status_code == 200


def test_acts_lead_back_to_the_page_of_the_list() -> None:
    offers = make_many(5)
    client, second = client_of(offers[0].partner), {"tab": "needs-answer", "sort": "customer"}
    first = client.get("/queue/", second).context["page"].rows
    listed = client.get("/queue/", second | {"after": write_key(first[1].sort_key, first[1].id)})
    row, place = listed.context["page"].rows[0], listed.context["place"]
    address = f"/offers/{row.public_id}/" + place
    page = client.get(address)
    assert "after=" in page.context["beside"].back
    assert f"/decline/{html.escape(place)}" in page.content.decode()
    client.post(f"/offers/{row.public_id}/accept/" + place)
    sent = client.post(
        f"/offers/{row.public_id}/note/", {"note-note": "Called."}, HTTP_REFERER="http://testserver" + address
    )
    assert sent["Location"] == f"/offers/{row.shown_number}/" + place, "the page with the button says it"
    elsewhere = client.post(
        f"/offers/{row.public_id}/note/", {"note-note": "Again."}, HTTP_REFERER="http://x.example" + address
    )
    assert elsewhere["Location"] == f"/offers/{row.shown_number}/"


def test_a_place_without_rows_shows_the_first_page() -> None:
    client = client_of(make_many(3)[0].partner)
    row = seal("row", 1)
    for query in (f"after=9999-12-30T00:00:00%2B00:00~{row}", f"before=0001-01-01T00:00:00%2B00:00~{row}"):
        answer = client.get(f"/queue/?tab=needs-answer&{query}")
        assert len(answer.context["page"].rows) == 3
        assert "No more rows; showing the first page" in world.text(answer)


def test_the_customer_is_always_shown_because_it_opens_the_row() -> None:
    offer = make_many(1)[0]
    answer = client_of(offer.partner).get("/queue/?tab=all&columns=status&columns=type")
    assert answer.context["state"].columns == ("status", "customer", "type")
    assert f'href="/offers/{offer.referral.public_id}/' in answer.content.decode()


def test_work_in_progress_is_sorted_by_its_next_act() -> None:
    offers = make_many(3)
    for offer in offers:
        accept_offer(offer.pk, by=world.by_partner(offer.partner), now=timezone.now())
    for days, offer in zip((9, 2, 5), offers, strict=True):
        Referral.objects.filter(pk=offer.referral_id).update(next_action_at=timezone.now() + dt.timedelta(days=days))
    rows = (
        offers_of(offers[0].partner_id)
        .page(read_state(offers_of(offers[0].partner_id).shape, {"tab": ["in-progress"]}))
        .rows
    )
    assert [row.public_id for row in rows] == [offers[place].public_id for place in (1, 2, 0)]


def test_who_sees_everything_has_the_list_of_referrals(team_client: Client) -> None:
    assert team_client.get("/queue/")["Location"] == "/team/referrals/"
