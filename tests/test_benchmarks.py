"""What the benchmark measures is right: its control decides the same, and its data is what a page would read."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import data, determination
from benchmarks.measuring import Row
from benefits.domain.compiled import compile_situation, edition_on
from benefits.domain.determination import decide_compiled
from benefits.models import Customer, ServiceDescription
from benefits.services.customers import load_facts
from benefits.services.editions import load_edition
from referrals.models import Referral

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.django_db
def test_control_and_both_ways_agree_on_the_measured_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    Customer.objects.all().delete()
    monkeypatch.setattr(determination, "OVER_ORM", 150)
    world = determination.prepare(150)
    [row] = determination.measure_agreement(world)
    assert row.ok, row
    edition = edition_on(load_edition(world.edition.pk), data.DAY)
    for referral in Referral.objects.select_related("customer", "determination"):
        situation = load_facts(referral.customer).situation(referral.request, data.DAY, edition.edition)
        decided = decide_compiled(edition, compile_situation(edition, situation))
        assert decided.outcome == referral.determination.outcome  # type: ignore[union-attr]


@pytest.mark.django_db
def test_preview_of_one_plan_looks_at_its_customers_only() -> None:
    world = determination.prepare(120)
    draft = determination._draft(world, lambda row: row.plans.filter(code=data.SOME_PLAN).update(benefit_eligible="no"))
    _seconds, looked_at, _differing = determination._preview(draft)
    holding = sum(any(plan == data.SOME_PLAN for plan, _seats in one.held) for one in world.made)
    assert 0 < looked_at == holding < 120
    assert ServiceDescription.objects.filter(state="draft").count() == 1


def test_row_says_whether_its_bar_is_reached() -> None:
    assert Row("a", 1.0, "×", "≥ 2", "control", ok=False).as_data()["ok"] is False


def test_unknown_row_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "no-such-row"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no row begins with no-such-row" in done.stderr
