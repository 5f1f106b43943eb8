"""What would make it realized: the changes do, and no smaller set of them does."""

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefits.choices import Outcome
from benefits.domain.asking.what_if import apply_change, find_shortest_way
from benefits.domain.determination import determine
from benefits.domain.scenario import read_scenarios
from benefits.domain.situation import Request, Situation, Subscription
from benefits.services.shipped import scenario_file
from tests.benefits.domain.test_laws import EDITION, SETTLED, situations
from tests.editions import AUGUST

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

DAY = dt.date(2026, 11, 22)


def outcome_after(situation: Situation, changes: tuple) -> str:
    for change in changes:
        situation = apply_change(situation, change)
    return determine(EDITION, situation).outcome


def held(plan: str, seats: int | None, tenant: str = "T1", **words: object) -> Subscription:
    return Subscription(plan, tenant, "enabled", paid_seats=seats, **words)  # type: ignore[arg-type]


def situation(*subs: Subscription, request: Request | None = None, **statuses: str) -> Situation:
    enablement = {code: {"*": status} for code, status in statuses.items()}
    return Situation("commercial", DAY, subs, request or Request(), enablement)


@settings(max_examples=150, deadline=None)
@given(st.one_of(SETTLED, situations))
def test_the_way_leads_to_realized_and_no_part_of_it_does(one: Situation) -> None:
    way = find_shortest_way(EDITION, one)
    if way.why_not:
        assert not way.changes
        return
    assert outcome_after(one, way.changes) == Outcome.REALIZED
    for left_out in range(min(len(way.changes), 6)):
        part = way.changes[:left_out] + way.changes[left_out + 1 :]
        assert outcome_after(one, part) != Outcome.REALIZED, way.changes[left_out]


@pytest.mark.parametrize(
    "scenario", read_scenarios(scenario_file(AUGUST).read_bytes(), EDITION, DAY)[:60], ids=lambda row: row.id
)
def test_way_of_a_realized_scenario_is_empty(scenario: object) -> None:
    one = scenario.situation  # type: ignore[attr-defined]
    way = find_shortest_way(EDITION, one)
    is_realized = determine(EDITION, one).outcome == Outcome.REALIZED
    assert is_realized == (not way.changes and not way.why_not)


def test_remaining_workload_is_enabled() -> None:
    one = situation(held("INTUNE_P1", 200), INTUNE="not_enabled")
    assert [change.text for change in find_shortest_way(EDITION, one).changes] == [
        "Enable Microsoft Intune (MDM and MAM) in T1"
    ]


def test_missing_seats_are_added_to_the_floor() -> None:
    one = situation(held("INTUNE_P1", 100), INTUNE="enabled")
    [change] = find_shortest_way(EDITION, one).changes
    assert change.text == "Add 50 paid seats of Microsoft Intune Plan 1 in T1, to 150"


def test_unknown_product_is_set_aside_rather_than_everything_enabled() -> None:
    one = situation(held("INTUNE_P1", 200), held("UNMAPPED_SKU:NEW", 5), INTUNE="enabled")
    [change] = find_shortest_way(EDITION, one).changes
    assert change.text == "Confirm NEW in T1 is not covered by the Benefit"


def test_request_outside_the_benefit_leaves_its_line_out() -> None:
    one = situation(held("INTUNE_P1", 200), request=Request(workloads=("TEAMS",)), INTUNE="enabled")
    [change] = find_shortest_way(EDITION, one).changes
    assert change.kind == "leave_out"


@pytest.mark.parametrize(
    "sub",
    [
        held("INTUNE_P1", 0),
        Subscription("INTUNE_P1", "T1", "enabled", unpaid_seats=500),
        Subscription("INTUNE_P1", "T1", "suspended", paid_seats=500),
    ],
)
def test_plan_without_paid_seats_gets_them(sub: Subscription) -> None:
    way = find_shortest_way(EDITION, situation(sub, INTUNE="enabled"))
    assert [change.text for change in way.changes] == ["Add 150 paid seats of Microsoft Intune Plan 1 in T1, to 150"]


def test_nothing_recorded_has_no_way() -> None:
    assert "No subscriptions are recorded" in find_shortest_way(EDITION, situation()).why_not


@pytest.mark.parametrize(
    "one",
    [
        situation(held("INTUNE_P1", 200), held("EXO_P1", 200), INTUNE="not_enabled", EXCHANGE_ONLINE="blocked"),
        situation(held("INTUNE_P1", 149), held("EXO_P1", None), INTUNE="enabled"),
        situation(held("INTUNE_P1", 200), held("EXO_P1", 200, "T2"), INTUNE="blocked"),
        situation(held("INTUNE_P1", 100), held("EXO_P1", 100, "T2"), INTUNE="enabled"),
    ],
)
def test_no_smaller_set_of_such_changes_leads_there(one: Situation) -> None:
    """Every smaller set out of all changes that were tried."""
    from benefits.domain.asking import what_if
    from benefits.domain.edition_on_date import edition_on

    on_date = edition_on(EDITION, DAY)
    tried = {change for step in what_if._steps(on_date, one) for change in what_if._enable_all(on_date, step) or ()}
    way = find_shortest_way(EDITION, one)
    for size in range(len(way.changes)):
        for changes in combinations(sorted(tried), size):
            assert outcome_after(one, changes) != Outcome.REALIZED
