"""The engine against the oracle, a slow second reading of the rules, on many random situations."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benefits.domain.catalogue_file import read_edition
from benefits.domain.determination import determine
from benefits.domain.scenario import read_situation
from benefits.domain.shape import Node
from tests.benefits.domain import book as books
from tests.benefits.domain import oracle
from tests.benefits.domain.fillings import fill
from tests.benefits.domain.oracle import expected_of, read_catalogue
from tests.benefits.domain.random_situations import situations
from tests.editions import AUGUST, NOVEMBER
from tests.product_table import TABLE

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

SCENARIOS = Path(__file__).resolve().parents[3] / "benefits" / "data" / "editions" / "2026-08-18.scenarios.json"
RANDOM, UNDER_OTHER_SETTINGS, WITH_PRODUCTS = 20_000, 600, 800
TODAY = dt.date(2026, 11, 22)
SEED = 20_261_122
LISTS = ("remaining_workloads", "to_confirm", "not_entitled")
EVERY_OUTCOME = {
    "not_eligible",
    "out_of_scope",
    "benefit_not_realized",
    "benefit_realized",
    "needs_information",
}


def names_something(scenario: dict) -> bool:
    """With requested areas judged, the text leaves open what is in view when nothing is named."""
    return any(scenario["request"][key] for key in ("areas", "workloads", "services"))


def differences(catalogue: dict, scenarios: list[dict]) -> tuple[list[dict], Counter]:
    """Situations on which the two disagree, and how often the oracle gave each outcome."""
    edition = read_edition(json.dumps(catalogue))
    found: list[dict] = []
    outcomes: Counter[str] = Counter()
    for scenario in scenarios:
        expected = expected_of(catalogue, scenario)
        result = determine(edition, read_situation(Node(scenario), edition, TODAY))
        actual = {"outcome": str(result.outcome), **{name: list(getattr(result, name)) for name in LISTS}}
        outcomes[expected["outcome"]] += 1
        if actual != expected:
            found.append({"scenario": scenario, "oracle": expected, "engine": actual})
    return found, outcomes


def test_engine_and_oracle_agree_on_random_situations():
    catalogue = read_catalogue(AUGUST)
    found, outcomes = differences(catalogue, situations(catalogue, SEED, RANDOM))
    assert found == []
    assert outcomes.keys() == EVERY_OUTCOME
    assert min(outcomes.values()) > RANDOM // 10


@pytest.mark.parametrize("part", range(3))
def test_engine_and_oracle_agree_on_products_of_the_public_table(part):
    """The edition of November: service plans that win both ways and bound, derivations, contents nobody knows."""
    catalogue = read_catalogue(NOVEMBER)
    found, outcomes = differences(catalogue, situations(catalogue, SEED + 10 + part, WITH_PRODUCTS, TABLE))
    assert found == []
    assert outcomes.keys() == EVERY_OUTCOME


@pytest.mark.parametrize(
    "settings",
    [
        {"seat_rule": "single_plan"},
        {"no_intent_remains": False},
        {"view_rule": "requested_areas"},
        {"seat_rule": "single_plan", "no_intent_remains": False, "view_rule": "requested_areas"},
    ],
    ids=lambda settings: "+".join(settings),
)
def test_engine_and_oracle_agree_under_other_settings(settings):
    catalogue = {**read_catalogue(AUGUST), "settings": settings}
    drawn = filter(names_something, situations(catalogue, SEED + 1, UNDER_OTHER_SETTINGS))
    found, _ = differences(catalogue, list(drawn))
    assert found == []


LEAST_ADVANCED = ("not_enabled", "blocked", "in_progress", "partly_enabled", "declined", "unknown", "enabled")


def collapse(catalogue: dict, scenario: dict, per_tenant: dict) -> dict[str, str]:
    """One status a workload: the least advanced among the eligible tenants that hold it, or all where none does."""
    book = books.open_book(catalogue, scenario)
    world = [fill(book, row)[0] for row in scenario["customer"]["subscriptions"]]
    held = [holding for holding in world if holding is not None]
    eligible = oracle._seats(book, tuple(held))
    statuses = {}
    for code, by_tenant in per_tenant.items():
        holders = {one.tenant for one in held if one.seats and code in book.grants[one.plan] - one.without}
        counting = [by_tenant.get(tenant, "unknown") for tenant in (holders & eligible.keys() or eligible)]
        statuses[code] = min(counting, key=LEAST_ADVANCED.index, default="unknown")
    return statuses


def is_known(scenario: dict) -> bool:
    subscriptions = scenario["customer"]["subscriptions"]
    is_doubtful = any(row["plan"].startswith("UNMAPPED") or row.get("paid_seats", 0) is None for row in subscriptions)
    return bool(subscriptions) and not is_doubtful


def test_engine_and_oracle_agree_on_statuses_per_tenant():
    """With every subscription known, statuses per tenant come to what one status a workload would give."""
    catalogue, dice = read_catalogue(AUGUST), Random(SEED)
    edition, compared = read_edition(json.dumps(catalogue)), 0
    for scenario in filter(is_known, situations(catalogue, SEED + 2, 5_000)):
        tenants = sorted({row["tenant"] for row in scenario["customer"]["subscriptions"]})
        per_tenant = {
            code: {tenant: dice.choice((status, status, *LEAST_ADVANCED)) for tenant in tenants}
            for code, status in scenario["enablement"].items()
        }
        collapsed = {**scenario, "enablement": collapse(catalogue, scenario, per_tenant)}
        result = determine(edition, read_situation(Node({**scenario, "enablement": per_tenant}), edition, TODAY))
        actual = {"outcome": str(result.outcome), **{name: list(getattr(result, name)) for name in LISTS}}
        assert actual == expected_of(catalogue, collapsed), scenario["id"]
        compared += len(tenants) > 1
    assert compared > 300


def readable_scenarios() -> list[dict]:
    """Those that the oracle can read: it knows workloads by code only, and one status for all tenants."""
    codes = {row["code"] for row in read_catalogue(AUGUST)["workloads"]}
    rows = json.loads(SCENARIOS.read_text())["scenarios"]
    return [
        row
        for row in rows
        if codes >= {*row["enablement"], *row["request"]["workloads"]}
        and not any(isinstance(status, dict) for status in row["enablement"].values())
        and not any("withheld" in sub for sub in row["customer"]["subscriptions"])
    ]


@pytest.mark.parametrize("scenario", readable_scenarios(), ids=lambda row: row["id"])
def test_oracle_gives_what_the_scenarios_expect(scenario):
    expected = {key: scenario["expected"][key] for key in ("outcome", *LISTS)}
    assert expected_of(read_catalogue(AUGUST), scenario) == expected


def test_oracle_reads_nearly_every_scenario():
    assert len(readable_scenarios()) >= 340
