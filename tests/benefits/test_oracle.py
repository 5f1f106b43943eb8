"""The engine against the oracle, a slow second reading of the rules, on many random situations."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from benefits.domain.catalogue_file import read_edition
from benefits.domain.determination import determine
from benefits.domain.scenario import read_situation
from benefits.domain.shape import Node

from .oracle import expected_of, read_catalogue
from .random_situations import situations

SCENARIOS = Path(__file__).resolve().parents[2] / "benefits" / "data" / "scenarios.json"
RANDOM, UNDER_OTHER_SETTINGS = 20_000, 600
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
    catalogue = read_catalogue()
    found, outcomes = differences(catalogue, situations(catalogue, SEED, RANDOM))
    assert found == []
    assert outcomes.keys() == EVERY_OUTCOME
    assert min(outcomes.values()) > RANDOM // 10


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
    catalogue = {**read_catalogue(), "settings": settings}
    drawn = filter(names_something, situations(catalogue, SEED + 1, UNDER_OTHER_SETTINGS))
    found, _ = differences(catalogue, list(drawn))
    assert found == []


def readable_scenarios() -> list[dict]:
    """Those that the oracle can read: it knows workloads by code only, and one status for all tenants."""
    codes = {row["code"] for row in read_catalogue()["workloads"]}
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
    assert expected_of(read_catalogue(), scenario) == expected


def test_oracle_reads_nearly_every_scenario():
    assert len(readable_scenarios()) >= 340
