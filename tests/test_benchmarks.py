"""What the benchmark measures is right: its control decides the same, and its data is what a page would read."""

import datetime as dt
import gc
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from benchmarks import (
    data,
    determination,
    evidence,
    offers,
    pages,
    routing,
    routing_controls,
    routing_referrals,
    routing_state,
)
from benchmarks.__main__ import NAMES
from benchmarks.measuring import Row
from benchmarks.planning import optimum, quarter
from benchmarks.signing_in import telling
from benefits.domain.compiled import compile_situation
from benefits.domain.determination import decide_compiled
from benefits.domain.edition_on_date import edition_on
from benefits.models import Customer, ServiceDescription
from benefits.services.editions import load_edition
from benefits.services.situations import load_facts
from partners.models import Partner, RoutingPolicy
from referrals.choices import NextAct
from referrals.models import Event, Offer, Referral, RoutingRun
from referrals.routing.choosing import route_due
from tests import world

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.django_db
def test_control_and_both_ways_agree_on_the_measured_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    Customer.objects.all().delete()
    monkeypatch.setattr(determination, "OVER_ORM", 150)
    measured = determination.prepare(150)
    [row] = determination.measure_agreement(measured)
    assert row.ok, row
    edition = edition_on(load_edition(measured.edition.pk), data.DAY)
    for referral in Referral.objects.select_related("customer", "determination"):
        situation = load_facts(referral.customer).situation(referral.request, data.DAY, edition.edition)
        decided = decide_compiled(edition, compile_situation(edition, situation))
        assert decided.outcome == referral.determination.outcome  # type: ignore[union-attr]


@pytest.mark.django_db
def test_preview_of_one_plan_looks_at_its_customers_only() -> None:
    measured = determination.prepare(120)
    draft = determination._draft(
        measured, lambda row: row.plans.filter(code=data.SOME_PLAN).update(benefit_eligible="no")
    )
    _seconds, looked_at, _differing = determination._preview(draft)
    holding = sum(any(plan == data.SOME_PLAN for plan, _seats in one.held) for one in measured.made)
    assert 0 < looked_at == holding < 120
    assert ServiceDescription.objects.filter(state="draft").count() == 1


def test_row_says_whether_its_bar_is_reached() -> None:
    assert Row("a", 1.0, "×", "≥ 2", "control", ok=False).as_data()["ok"] is False


@pytest.mark.parametrize("name", ["no-such-row", "routing-batches"])
def test_unknown_row_is_refused(name: str) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"no row begins with {name}" in done.stderr


Chosen = dict[int, int | None]


def chosen() -> Chosen:
    """Referral id → the partner that it is offered to now."""
    live = dict(Offer.objects.live().values_list("referral_id", "partner_id"))
    return {pk: live.get(pk) for pk in Referral.objects.values_list("pk", flat=True)}


@pytest.fixture
def bench(db: None) -> routing.Bench:
    """80 partners and 120 referrals that await one; the last asks for something that nobody does."""
    made = routing_referrals.make_world(world.NOW, 80, 120)
    an_hour = dt.timedelta(hours=1)
    RoutingPolicy.objects.create(
        version=2, effective_at=world.NOW - an_hour, batch_order="due", reason="As the controls do, one by one"
    )
    Referral.objects.filter(pk=120).update(cover=["NOBODY_DOES_THIS"])
    retried = next(row for row in made.due if row.tried)
    Referral.objects.filter(pk=retried.id).update(
        retry_partner=retried.tried[0].id, round=2, round_by="system", round_reason="Later"
    )
    return routing.Bench(made, routing_state.remember())


@pytest.mark.django_db
def test_every_way_of_routing_chooses_the_same_partners(bench: routing.Bench) -> None:
    """Else the controls would measure something else."""
    ids = list(Referral.objects.due(NextAct.ROUTE, world.NOW).values_list("pk", flat=True))
    assert route_due(now=world.NOW) == len(ids) == 120
    by_product = chosen()
    assert sum(partner is None for partner in by_product.values()) == 1
    routing_state.restore(bench.before)
    assert not any(chosen().values())
    raw = connection.connection
    assert raw is not None
    routing_controls.route_over_sql(raw, ids, world.NOW)
    assert chosen() == by_product
    assert not Referral.objects.in_nobodys_hands().exists()
    routing_state.restore(bench.before)
    for pk in ids:
        routing_controls.route_over_orm(pk, world.NOW)
    assert chosen() == by_product


@pytest.mark.django_db
def test_restored_state_is_routed_the_same_again(bench: routing.Bench) -> None:
    before = list(Partner.objects.order_by("pk").values()), list(Referral.objects.order_by("pk").values())
    route_due(now=world.NOW)
    first = chosen()
    routing_state.restore(bench.before)
    assert before == (list(Partner.objects.order_by("pk").values()), list(Referral.objects.order_by("pk").values()))
    assert not Event.objects.exists()
    assert not RoutingRun.objects.exists()
    route_due(now=world.NOW)
    assert chosen() == first


@pytest.mark.django_db
def test_captured_statements_do_the_same_again(bench: routing.Bench) -> None:
    ids = [row.id for row in bench.made.due[:5]]
    kept = routing_state.sequences()
    captured = routing_controls.capture(lambda pk: route_due(now=world.NOW, only=[pk]), ids)
    assert len(captured) == 5
    assert not Event.objects.exists()
    routing_state.restore_sequences(kept)
    raw = connection.connection
    assert raw is not None
    routing_controls.replay(raw, captured)
    again = chosen()
    assert all(again[pk] for pk in ids)
    assert Event.objects.count() == RoutingRun.objects.count() == 5
    routing_state.restore(bench.before)
    for pk in ids:
        route_due(now=world.NOW, only=[pk])
    assert chosen() == again


@pytest.mark.django_db
def test_receipts_are_counted_by_their_stored_bytes(bench: routing.Bench) -> None:
    assert routing_state.receipt_bytes()[1] == 0
    [row] = routing.measure_receipt(bench)
    total, runs = routing_state.receipt_bytes()
    assert runs == 120
    assert row.value == total / runs
    one_run = max(sum(len(str(value)) for value in row) for row in RoutingRun.objects.values_list())
    assert 100 < row.value < 2 * one_run


@pytest.mark.django_db
def test_others_are_closed_or_offered_and_never_due(bench: routing.Bench) -> None:
    routing_referrals.add_other_referrals(bench.made, 200)
    assert Referral.objects.due(NextAct.ROUTE, world.NOW).count() == 120
    assert Referral.objects.open().count() == 130
    assert not Referral.objects.in_nobodys_hands().exists()
    rows = [row for row in bench.made.due if len(routing_referrals.distinct(row.passing)) > 5 and not row.tried][:3]
    routing_referrals.add_declined(bench.made, rows, 4)
    assert [Offer.objects.filter(referral=row.id, state="declined").count() for row in rows] == [4, 4, 4]


def test_optimum_of_the_benchmark_is_what_planning_by_scarcity_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "NEEDS", 120)
    for seed in range(4):
        batch = optimum.draw_batch(20, 1.0, seed)
        assert optimum.placed(batch, optimum.DUE) <= optimum.find_optimum(batch)
        assert optimum.placed(batch, optimum.SCARCITY) == optimum.find_optimum(batch) <= 120


def test_every_row_is_named_and_measured() -> None:
    modules = (determination, evidence, routing, telling, pages, offers, optimum, quarter)
    groups = [group for module in modules for group in module.GROUPS]
    assert sorted(name for names, _measure in groups for name in names) == sorted(NAMES)


@pytest.mark.django_db
def test_every_kind_of_page_is_measured_on_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in (("FEW", 400), ("MANY", 600), ("PARTNERS", 20), ("CUSTOMERS", 60), ("OWN", 90), ("PAGES", 1)):
        monkeypatch.setattr(pages, name, number)
    monkeypatch.setattr(routing_state, "tidy", lambda: None)
    monkeypatch.setattr(gc, "collect", lambda: 0)  # what a process of tests holds takes a second each time
    rows = list(pages.measure_pages(pages.prepare()))
    assert sorted(row.name for row in rows) == sorted(pages.GROUPS[0][0])
    assert all(row.value > 0 for row in rows)
