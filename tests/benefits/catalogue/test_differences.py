"""Compare editions, and that whatever is outside its reach cannot come out otherwise."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from benefits.domain.catalogue import Edition, Grant, Settings
from benefits.domain.compiled import compile_situation
from benefits.domain.determination import Verdict, decide_compiled
from benefits.domain.differences import Reach, compare_editions, find_reach
from benefits.domain.edition_on_date import edition_on
from benefits.domain.products import Sku
from benefits.domain.scenario import read_scenarios
from benefits.domain.situation import Situation
from benefits.services.shipped import load_shipped_edition, scenario_file
from tests.editions import AUGUST

EDITION = load_shipped_edition(AUGUST)
SERVICES = ("DATA_MIGRATION", "CROSS_TENANT_MIGRATION", "APP_ASSURE")
SCENARIOS = read_scenarios(scenario_file(AUGUST).read_bytes(), EDITION, EDITION.as_of)


def with_plan(code: str, **changes: Any) -> Edition:
    return replace(EDITION, plans={**EDITION.plans, code: replace(EDITION.plans[code], **changes)})


def with_workload(code: str, **changes: Any) -> Edition:
    return replace(EDITION, workloads={**EDITION.workloads, code: replace(EDITION.workloads[code], **changes)})


def with_item(code: str, **changes: Any) -> Edition:
    items = tuple(replace(item, **changes) for item in EDITION.scope_items[code])
    return replace(EDITION, scope_items={**EDITION.scope_items, code: items})


def rows(new: Edition) -> list[tuple[str, ...]]:
    return [
        (row.section, row.code, row.change, row.field, row.before, row.after) for row in compare_editions(EDITION, new)
    ]


def test_equal_editions_differ_in_nothing() -> None:
    assert compare_editions(EDITION, replace(EDITION, name="other")) == ()
    assert find_reach(EDITION, replace(EDITION, name="other")) == Reach(False, frozenset(), frozenset(), frozenset())


def test_each_kind_of_change_is_named() -> None:
    assert rows(with_plan("EXO_P1", max_seats=300)) == [("plans", "EXO_P1", "changed", "max_seats", "–", "300")]
    assert rows(replace(EDITION, settings=Settings(seat_rule="single_plan"))) == [
        ("settings", "settings", "changed", "seat_rule", "sum_of_eligible", "single_plan")
    ]
    gone = replace(EDITION, plans={code: plan for code, plan in EDITION.plans.items() if code != "EXO_P1"})
    assert rows(gone) == [("plans", "EXO_P1", "removed", "", "", "")]
    granted = with_plan("EXO_P1", grants=(*EDITION.plans["EXO_P1"].grants, Grant(None, None, "TEAMS")))
    [added] = rows(granted)
    assert added[:3] == ("entitlements", "EXO_P1", "added")
    assert "Microsoft Teams" in added[3]
    [threshold] = rows(
        replace(EDITION, thresholds=(replace(EDITION.thresholds[0], value=200), *EDITION.thresholds[1:]))
    )
    assert threshold[:4] == ("thresholds", "BENEFIT_MIN_LICENSES", "changed", "value")


def test_words_only_reach_nobody() -> None:
    assert find_reach(EDITION, with_plan("EXO_P1", name="Exchange Online (Plan 1)")).plans == frozenset()
    assert not find_reach(EDITION, with_workload("INTUNE", notes="other")).plans


def test_changed_skus_reach_those_who_hold_an_unknown_product() -> None:
    sku = Sku("NEW", "11111111-2222-3333-4444-555555555555", "")
    reach = find_reach(EDITION, with_plan("EXO_P1", skus=(*EDITION.plans["EXO_P1"].skus, sku)))
    assert (reach.products, reach.plans, reach.is_nobody) == (True, frozenset(), False)


def test_retired_service_reaches_those_who_ask_for_its_scope_items() -> None:
    reach = find_reach(EDITION, with_workload("DATA_MIGRATION", effective_to=EDITION.as_of))
    assert any(code.startswith("DATA_MIGRATION/") for code in reach.scope_items)


def is_reached(situation: Situation, reach: Reach) -> bool:
    held = {sub.plan for sub in situation.subscriptions}
    unknown = any(plan.startswith("UNMAPPED") for plan in held)
    request = situation.request
    asked = reach.workloads & set(request.workloads) or reach.scope_items & set(request.services)
    return reach.everybody or unknown or bool(held & reach.plans) or bool(asked)


def decide(edition: Edition, situation: Situation) -> Verdict:
    on_date = edition_on(edition, situation.on)
    return decide_compiled(on_date, compile_situation(on_date, situation))


def random_edit(dice: Random) -> Edition:
    plan, workload = dice.choice(sorted(EDITION.plans)), dice.choice(sorted(EDITION.workloads))
    item = dice.choice(sorted(EDITION.scope_items))
    grants = EDITION.plans[plan].grants
    others = tuple(grant for grant in grants if grant.workload != workload)
    granted = others if len(others) < len(grants) else (*grants, Grant(None, None, workload))
    return dice.choice(
        [
            with_plan(plan, benefit_eligible=dice.choice(["yes", "no", "conditional"])),
            with_plan(plan, grants=granted),
            with_plan(plan, grants=tuple(replace(grant, effective_from=EDITION.as_of) for grant in grants)),
            with_plan(plan, effective_to=EDITION.as_of),
            with_workload(workload, counts_toward_full_value=not EDITION.workloads[workload].counts_toward_full_value),
            with_workload(workload, effective_to=EDITION.as_of),
            with_workload(dice.choice(SERVICES), effective_to=EDITION.as_of),
            with_workload(workload, kind=dice.choice(["workload", "service"])),
            with_workload(workload, granted_by=dice.choice(["plans", "any_eligible_plan"])),
            with_item(item, in_scope=dice.choice([True, False])),
            with_item(item, min_eligible_seats=dice.choice([None, 200, 1000])),
        ]
    )


@pytest.mark.parametrize("seed", range(60))
def test_nobody_outside_the_reach_comes_out_otherwise(seed: int) -> None:
    edited = random_edit(Random(seed))
    reach = find_reach(EDITION, edited)
    for scenario in SCENARIOS:
        before, after = (decide(edition, scenario.situation) for edition in (EDITION, edited))
        if before.gist != after.gist:
            assert is_reached(scenario.situation, reach), scenario.id


def test_what_decides_products_that_were_read_reaches_those_who_hold_any() -> None:
    teams = EDITION.workloads["TEAMS"]
    for new in (
        with_workload("TEAMS", service_plans=(*teams.service_plans, "TEAMS_NEW")),
        with_plan("M365_E3", entitlement_basis="plan name / page text"),
        with_plan("M365_E3", skus=()),
        with_workload("VIVA_CONNECTIONS", derived_from=("TEAMS",)),
    ):
        assert find_reach(EDITION, new).products
    assert "EXO_P1" not in find_reach(EDITION, with_workload("VIVA_CONNECTIONS", derived_from=("TEAMS",))).plans
    assert "M365_E3" in find_reach(EDITION, with_workload("VIVA_CONNECTIONS", derived_from=("TEAMS",))).plans
