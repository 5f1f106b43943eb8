"""Routing: receipts, preference, batches."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from partners.domain.matching import Moving
from partners.domain.receipts import pack_moving
from partners.models import IncumbentClaim, Partner
from partners.services.snapshots import load_desk, read_version
from referrals.choices import Actor, State
from referrals.models import Notification, Offer, Referral, RoutingRun
from referrals.routing.choosing import route_due
from referrals.routing.receipts import rebuild_receipt, replay_runs
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def test_routing_offers_to_the_right_partner_with_a_receipt() -> None:
    right, wrong = world.make_partner("Right"), world.make_partner("Wrong", countries=["DE"])
    referral, offer = world.offered()
    assert (offer.partner, referral.state) == (right, State.OFFERED)
    assert referral.next_action_at == offer.expires_at == NOW + 7 * DAY
    assert offer.respond_by == NOW + 2 * DAY
    assert offer.respond_why.startswith("received Mon")
    right.refresh_from_db()
    assert (right.open_offers, right.last_offered_at is not None) == (1, True)
    assert offer.run is not None
    receipt = rebuild_receipt(offer.run)
    assert receipt.is_proved
    assert [candidate.name for candidate in receipt.candidates] == ["Right", "Wrong"]
    assert [verdict.filter for verdict in receipt.candidates[1].failed] == ["country"]
    assert wrong.offers.count() == 0
    assert Notification.objects.get(kind="offer").to == right.contact_email


def test_profiles_that_were_read_and_taken_back_do_not_stop_the_routing() -> None:
    """What memory holds in front was never committed, or is older: the profiles in force come to the front again."""
    partner = world.make_partner()
    world.offered()
    with transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(languages=["en", "de"])
        load_desk(NOW, read_version())
        transaction.set_rollback(True)
    _referral, offer = world.offered()
    assert offer.partner == partner


def test_replay_finds_a_tampered_receipt() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    run = RoutingRun.objects.get(offers=offer)
    assert [difference for _run, difference in replay_runs(RoutingRun.objects.all())] == [""]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_routingbatch DISABLE TRIGGER routing_batches_are_append_only")
    run.batch.changes = pack_moving({offer.partner_id: Moving(3)})
    run.batch.save()
    assert "another hash" in next(difference for _run, difference in replay_runs(RoutingRun.objects.all()))


def test_nobody_left_goes_to_the_team_with_advice() -> None:
    world.make_partner(countries=["DE"])
    referral = world.screened()
    route_due(now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.next_owner) == (State.IN_REVIEW, Actor.TEAM)
    assert "No matching partner" in referral.state_note
    assert referral.waiting_since == NOW
    assert referral.runs.get().chosen is None


def test_incumbent_is_asked_first() -> None:
    world.make_partner("Alpha")
    incumbent = world.make_partner("Beta", last_offered_at=NOW)
    referral = world.screened()
    IncumbentClaim.objects.create(partner=incumbent, customer=referral.customer, approved_on=NOW.date())
    route_due(now=NOW)
    offer = referral.offers.get()
    assert (offer.partner, offer.is_incumbent) == (incumbent, True)
    assert "already work with this customer" in offer.why


def test_capacity_is_never_exceeded_in_a_batch() -> None:
    partner = world.make_partner(capacity=2)
    for _ in range(4):
        world.screened()
    assert route_due(now=NOW) == 4
    assert Offer.objects.filter(partner=partner).count() == 2
    assert Referral.objects.filter(state=State.IN_REVIEW).count() == 2


def test_routing_a_batch_takes_the_same_few_statements_whatever_its_size(django_assert_max_num_queries: Any) -> None:
    world.make_partner(capacity=2000)
    base = world.screened()
    counts = []
    with django_assert_max_num_queries(33):
        assert route_due(now=NOW) == 1, "the first batch of a process plans anew on profiles that it has just read"
    for size in (3, 1000):
        rows = [Referral(**_copy(base)) for _ in range(size)]
        Referral.objects.bulk_create(rows)
        with django_assert_max_num_queries(17) as captured:
            assert route_due(now=NOW) >= size
        counts.append(len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[1] <= counts[0] <= 15


COPIED = (
    *(
        "customer_id",
        "tenant_id",
        "requester_kind",
        "requester_name",
        "requester_email",
        "text",
        "workloads",
        "source",
        "cover",
    ),
    *("created_at", "languages", "requested_type", "assigned_type", "determination_id", "state", "next_action"),
    "next_owner",
)


def _copy(referral: Referral) -> dict[str, Any]:
    return {name: getattr(referral, name) for name in COPIED} | {"next_action_at": NOW}


def test_routing_what_is_not_due_does_nothing() -> None:
    world.make_partner()
    world.screened(now=NOW + DAY)
    assert route_due(now=NOW) == 0
