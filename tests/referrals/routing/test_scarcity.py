"""Batches planned by scarcity on the database: what the receipt keeps of order, moves and demand, and its replay."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test import Client

from partners.models import RoutingPolicy
from referrals.choices import State
from referrals.models import Offer, Referral, RoutingBatch, RoutingRun
from referrals.routing.choosing import route_due
from referrals.routing.receipts import rebuild_receipt, replay_runs
from referrals.routing.retrying import retry_waiting
from tests import world
from tests.conftest import client_of
from tests.referrals.routing.test_receipts import copies
from tests.world import NOW

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DEFENDER, INTUNE, TEAMS = ["DEFENDER_ENDPOINT"], ["INTUNE"], ["TEAMS"]


def differences() -> list[str]:
    return [words for _run, words in replay_runs(RoutingRun.objects.all()) if words]


def three_in_a_row() -> list[Referral]:
    """Each of three partners has one place; only if the first two needs go elsewhere is there one for the third."""
    world.make_partner("Contoso", endorsed=[*DEFENDER, *INTUNE], capacity=1, last_offered_at=NOW - 9 * HOUR)
    world.make_partner("Fabrikam", endorsed=[*DEFENDER, *TEAMS], capacity=1, last_offered_at=NOW - 8 * HOUR)
    world.make_partner("Northwind", endorsed=[*TEAMS, *INTUNE], capacity=1, last_offered_at=NOW - HOUR)
    first = world.screened()
    rows = [first]
    for cover in (INTUNE, INTUNE):
        rows += copies(first, 1, cover=cover, workloads=cover)
    return rows


def team_client() -> Client:
    client = Client()
    client.force_login(world.by_team().user)  # type: ignore[arg-type]
    return client


def page(run: RoutingRun, asked: str = "") -> str:
    address = f"/team/referrals/{run.referral.public_id}/runs/{run.pk}/?partner={asked}"
    words = re.sub(r"<[^>]+>", " ", world.text(team_client().get(address)))
    return re.sub(r"\s+([:,])", r"\1", " ".join(html.unescape(words).split()))


def test_all_are_placed_and_the_receipt_says_in_which_order_and_what_moved() -> None:
    three_in_a_row()
    assert route_due(now=NOW) == 3
    assert Offer.objects.values("partner").distinct().count() == 3
    runs = list(RoutingRun.objects.order_by("position"))
    assert [run.order for run in runs] == [{"precedence": "candidates", "candidates": 2}] * 3
    [last] = [run for run in runs if run.moves]
    assert differences() == []
    assert all(rebuild_receipt(run).is_proved for run in runs)
    said = page(last)
    assert "was selected after another referral made room" in said
    assert "Planned 3 of 3: fewest candidates first, 2 candidates" in said
    assert "went from Contoso to Fabrikam" in said
    [[position, _giver, _taker]] = last.moves or []
    moved = runs[position]
    assert "the first choice was needed for another referral" in page(moved)
    assert "From Contoso to Fabrikam, to make room for" in page(moved)
    assert "Contoso: it was selected after another referral made room." in page(last, "Contoso")
    assert "Contoso: it came first (last offered" in page(moved, "Contoso")


def test_partner_reads_nothing_of_what_moved() -> None:
    three_in_a_row()
    route_due(now=NOW)
    for offer in Offer.objects.select_related("partner", "referral"):
        text = world.text(client_of(offer.partner).get(f"/offers/{offer.referral.public_id}/", follow=True))
        assert "it was your turn" in text, "this is its page"
        others = {"Contoso", "Fabrikam", "Northwind"} - {offer.partner.name}
        assert not [name for name in others if name in text]
        assert "candidate" not in text
        assert "made room" not in text


@pytest.mark.parametrize("column", ["moves", '"order"'])
def test_changed_order_or_move_is_found_and_the_receipt_still_opens(column: str) -> None:
    three_in_a_row()
    route_due(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_routingrun DISABLE TRIGGER routing_runs_are_append_only")
        cursor.execute(f"UPDATE referrals_routingrun SET {column} = '[[9, 4711, 4712]]' WHERE position = 2")
    assert differences() != []
    assert "Verification failed" in page(RoutingRun.objects.get(position=2))


def test_by_due_order_the_third_finds_nobody() -> None:
    three_in_a_row()
    RoutingPolicy.objects.create(version=2, effective_at=NOW - HOUR, batch_order="due", reason="Longest due first")
    route_due(now=NOW)
    assert Referral.objects.filter(state=State.IN_REVIEW).count() == 1
    assert set(RoutingRun.objects.values_list("order", "moves")) == {(None, None)}
    assert differences() == []


def test_demand_is_kept_with_the_batch_and_said_to_the_team_alone() -> None:
    world.make_partner("Contoso", endorsed=[*DEFENDER, *INTUNE], capacity=5, last_offered_at=NOW - 9 * HOUR)
    world.make_partner("Fabrikam", endorsed=DEFENDER, capacity=5, last_offered_at=NOW - HOUR)
    rules = ["least_wanted_elsewhere", "least_recently_offered"]
    RoutingPolicy.objects.create(
        version=2, effective_at=NOW - HOUR, tie_breaks=rules, pressure_below=100, reason="Keep places"
    )
    first = world.screened()
    copies(first, 2, cover=INTUNE, workloads=INTUNE, next_action_at=NOW + HOUR)
    assert route_due(now=NOW) == 1
    batch, offer = RoutingBatch.objects.get(), Offer.objects.select_related("partner").get()
    assert batch.wanted is not None
    assert offer.partner.name == "Fabrikam"
    assert differences() == []
    said = page(RoutingRun.objects.get())
    assert "wanted elsewhere by 2 open needs, 5 places free" in said
    assert "wanted elsewhere by 0 open needs, 5 places free" in said
    text = world.text(client_of(offer.partner).get(f"/offers/{first.public_id}/", follow=True))
    assert "it was your turn" in text, "this is its page"
    assert "elsewhere" not in text


def test_waiting_referral_that_a_pass_leaves_over_again_is_counted() -> None:
    """Two wait; a place for one is found. The other was left over once more."""
    first = world.screened()
    copies(first, 1)
    route_due(now=NOW)
    world.make_partner(capacity=1)
    assert retry_waiting(now=NOW + HOUR) == 1
    assert sorted(Referral.objects.values_list("state", "times_left")) == [
        (State.AWAITING_PARTNER, 1),
        (State.IN_REVIEW, 2),
    ]
