"""The labelled scenarios, and the article's two examples by name."""

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from benefits.domain.determination import Determination, determine
from benefits.domain.scenario import Scenario, read_scenarios
from benefits.services.shipped import load_shipped_edition, scenario_file
from tests.editions import AUGUST

if TYPE_CHECKING:
    from benefits.domain.catalogue import Edition

EDITION = load_shipped_edition(AUGUST)
TODAY = dt.date(2026, 11, 22)
SCENARIOS = read_scenarios(scenario_file(AUGUST).read_bytes(), EDITION, TODAY)


def result_of(scenario_id: str) -> Determination:
    scenario = next(row for row in SCENARIOS if row.id == scenario_id)
    return determine(EDITION, scenario.situation)


def test_all_labelled_scenarios_are_there() -> None:
    assert len(SCENARIOS) >= 363
    assert all(scenario.expected for scenario in SCENARIOS)
    assert len({scenario.id for scenario in SCENARIOS}) == len({scenario.title for scenario in SCENARIOS})


def test_scenarios_stand_on_both_sides_of_every_date_and_threshold() -> None:
    """The day before, the day and the day after each date in the catalogue; one below, at and above each floor."""
    days = {scenario.situation.on for scenario in SCENARIOS}
    items = [item for rows in EDITION.scope_items.values() for item in rows]
    for row in (*EDITION.plans.values(), *EDITION.workloads.values(), *items):
        for day, step in ((row.effective_from, -1), (row.effective_to, 1)):
            if day is not None:
                assert {day, day + dt.timedelta(days=step)} <= days, row
    seats = {sub.paid_seats for scenario in SCENARIOS for sub in scenario.situation.subscriptions}
    floors = {150, *(item.min_eligible_seats for item in items if item.min_eligible_seats)}
    assert all({floor - 1, floor, floor + 1} <= seats for floor in floors)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda row: f"{row.id} {row.title}")
def test_determine_labelled_scenario_gives_expected(scenario: Scenario) -> None:
    result = determine(EDITION, scenario.situation)
    lists = {name: list(getattr(result, name)) for name in ("remaining_workloads", "to_confirm", "not_entitled")}
    assert {"outcome": result.outcome, **lists} == scenario.expected


def test_article_example_intune_in_use_without_defender_for_endpoint_is_not_realized() -> None:
    result = result_of("S01")
    assert result.outcome == "benefit_not_realized"
    assert result.remaining_workloads == ("DEFENDER_ENDPOINT",)
    assert "INTUNE" not in result.remaining_workloads + result.to_confirm
    finding = next(row for row in result.findings if row.workload == "DEFENDER_ENDPOINT")
    assert finding.guide_url.startswith("https://")


def test_article_example_viva_connections_without_other_viva_products_is_not_realized() -> None:
    then, today = result_of("S02"), result_of("S03")
    assert set(then.remaining_workloads) == {"VIVA_GOALS", "VIVA_INSIGHTS", "VIVA_LEARNING"}
    assert set(today.remaining_workloads) == {"VIVA_INSIGHTS", "VIVA_LEARNING"}, "Viva Goals has ended"
    assert "VIVA_CONNECTIONS" not in today.remaining_workloads, "what is in use is not missing"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda row: row.id)
def test_every_determination_explains_itself(scenario: Scenario) -> None:
    result = determine(EDITION, scenario.situation)
    assert sum(step.decided for step in result.trace) == 1
    assert next(step for step in result.trace if step.decided).rule == result.rule
    assert all(step.sentence and step.found and step.source for step in result.trace)
    assert result.reason.endswith(".")
    assert len(result.advice) == len({*scenario.situation.request.workloads, *scenario.situation.request.services}) + (
        scenario.situation.request.delivery != "remote"
    )


def test_findings_cover_every_entitled_workload_by_area() -> None:
    result = result_of("S01")
    assert {"INTUNE", "DEFENDER_ENDPOINT", "TEAMS", "VIVA_ENGAGE"} <= {row.workload for row in result.findings}
    areas = [row.area for row in result.findings]
    assert areas == sorted(areas, key=areas.index), "rows of an area stand together"


def test_result_is_json() -> None:
    assert json.loads(json.dumps(result_of("S49").as_data()))["outcome"] == "benefit_not_realized"


def test_shipped_edition_is_complete() -> None:
    edition: Edition = EDITION
    assert (len(edition.families), len(edition.plans), len(edition.workloads)) == (5, 105, 60)
    assert sum(len(rows) for rows in edition.scope_items.values()) == 317
