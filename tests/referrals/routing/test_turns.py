"""Turns on the database: in order whatever routes, given back when nobody looked, and receipts of before are proved."""

import base64
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from partners.models import MovingBase, Partner, ProfileRevision, RoutingPolicy
from referrals.answering.responding import accept_offer
from referrals.models import Offer, Referral, RoutingBatch, RoutingRun
from referrals.routing.choosing import route_due
from referrals.routing.receipts import Replay, replay_runs
from tests import world
from tests.referrals.racing import errors, race
from tests.referrals.routing.test_receipts import copies
from tests.world import NOW

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
OLDER = Path(__file__).with_name("receipts_of_engine_2.json")


def turns() -> list[int]:
    """In the order in which the offers were made."""
    return list(Offer.objects.order_by("run__batch_id", "run__position", "id").values_list("turn", flat=True))


@pytest.mark.parametrize("order", ["due", "scarcity"])
def test_equal_partners_differ_by_one_offer_with_batches_and_singles_mixed(order: str) -> None:
    """At one instant: the numbers alone tell what was later."""
    RoutingPolicy.objects.create(version=2, effective_at=NOW - HOUR, batch_order=order, reason="Try it")
    partners = [world.make_partner(f"P{number}", capacity=99) for number in range(3)]
    copies(world.screened(), 25)
    for limit in (2, 1, 2, 2, 1, 1, 4, 2, 3, 2, 2, 1, 3):
        assert route_due(now=NOW, limit=limit) == limit
        held = Counter(Offer.objects.values_list("partner", flat=True))
        counts = [held[partner.pk] for partner in partners]
        assert max(counts) - min(counts) <= 1, counts
    taken = turns()
    assert taken == sorted(set(taken)), "each is later than all before it"
    assert not any(words for _run, words in replay_runs(RoutingRun.objects.all()))


def test_newcomer_stands_between_two_and_its_turn_is_kept() -> None:
    for number in (1, 2, 3):
        world.make_partner(f"P{number}", capacity=99)
    copies(world.screened(), 6)
    route_due(now=NOW, limit=3)
    before = sorted(Partner.objects.values_list("last_turn", flat=True))
    newcomer = world.make_partner("New", capacity=99)
    route_due(now=NOW + HOUR, limit=1)
    newcomer.refresh_from_db()
    assert before[1] < newcomer.last_turn < before[2]
    order = list(Partner.objects.order_by("last_turn").values_list("name", flat=True))
    assert order == ["P2", "New", "P3", "P1"], "the first of three has just had its second turn"


def test_turn_of_an_answered_offer_stays_spent() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)
    partner.refresh_from_db()
    assert partner.last_turn == offer.turn > 0
    assert offer.last_turn_before == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_turns_of_routers_at_work_at_once_are_all_different_and_in_order_for_each_partner() -> None:
    world.ensure_defaults()
    for number in range(4):
        world.make_partner(f"P{number}", capacity=99)
    copies(world.screened(), 40)
    for _ in range(5):
        answers = race(*[lambda limit=limit: route_due(now=NOW, limit=limit) for limit in (3, 1, 2, 1)])
        assert errors(answers) == []
    while route_due(now=NOW):
        pass
    taken = turns()
    assert len(set(taken)) == len(taken) == 41
    for partner in Partner.objects.all():
        own = list(partner.offers.order_by("id").values_list("turn", flat=True))
        assert own == sorted(own)
        assert partner.last_turn == own[-1]
    counts = Counter(Offer.objects.values_list("partner", flat=True)).values()
    assert max(counts) - min(counts) <= 1


def older_batches() -> list[tuple[RoutingBatch, list[RoutingRun]]]:
    """What the version before turns had numbers has stored: singles and a batch, splits, newcomers, nobody left."""
    return [_read(row) for row in json.loads(OLDER.read_text())]


def _read(row: dict[str, Any]) -> tuple[RoutingBatch, list[RoutingRun]]:
    base = MovingBase(content_hash=row["base"]["content_hash"], packed=base64.b64decode(row["base"]["packed"]))
    MovingBase.objects.bulk_create([base], ignore_conflicts=True)
    batch = RoutingBatch(
        at=dt.datetime.fromisoformat(row["at"]),
        engine_version=row["engine_version"],
        start_hash=row["start_hash"],
        changes=base64.b64decode(row["changes"]),
        profiles=ProfileRevision(**row["profiles"]),
        base=base,
        policy=RoutingPolicy(**row["policy"], batch_order="due"),
    )
    names = {"chosen": "chosen_id"}
    runs = [RoutingRun(**{names.get(name, name): value for name, value in run.items()}) for run in row["runs"]]
    return batch, runs


def test_receipts_of_before_turns_had_numbers_are_proved_by_their_hash() -> None:
    proved = 0
    for batch, runs in older_batches():
        replay = Replay(batch, runs)
        assert len(list(replay.walk())) == len(runs)
        for run, _choice, is_proved in replay.prove():
            assert is_proved, run.position
            proved += 1
    assert proved == 9
    assert not RoutingBatch.objects.exists()


def test_policy_stored_before_it_had_an_order_plans_by_due_time() -> None:
    """What a database says where nobody has chosen."""
    policy = RoutingPolicy.objects.get(version=1)
    assert policy.batch_order == "scarcity", "a new installation"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_routingpolicy (version, effective_at, incumbent_first, most_partners, tie_breaks,"
            " waived, reason, created_at) VALUES (2, now(), true, 3, '{fewest_open}', '{}', 'As then', now())"
        )
    assert RoutingPolicy.objects.get(version=2).as_policy().batch_order == "due"


@pytest.mark.by_hand
def test_referral_that_nobody_took_counts_its_passes_until_it_is_offered() -> None:
    referral = world.screened()
    for number in (1, 2):
        assert route_due(now=NOW) == 1
        referral.refresh_from_db()
        assert referral.times_left == number
        Referral.objects.filter(pk=referral.pk).update(
            state="awaiting_partner", next_action="route", next_owner="system", next_action_at=NOW, waiting_since=None
        )
    world.make_partner()
    route_due(now=NOW)
    referral.refresh_from_db()
    assert referral.times_left == 0
    assert referral.runs.latest("id").order == {"precedence": "left_over", "candidates": 1}
