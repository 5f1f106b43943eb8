"""Minimal cases in which too much, too little, or in the wrong order was asked, by the newest edition that ships."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from benefits.choices import GrantedBy, Outcome
from benefits.domain.asking.what_if import find_shortest_way
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.situation import HeldProduct, Listed, Request, Situation, Subscription
from benefits.domain.wording import TODAY
from benefits.services.shipped import load_shipped_edition
from tests.benefits.domain.tiny import DAY
from tests.editions import AUGUST, NOVEMBER

EDITION = load_shipped_edition(NOVEMBER)
ALL_ENABLED = {code: {"*": "enabled"} for code in EDITION.workloads}
Statuses = Mapping[str, Mapping[str, str]]
Held = tuple[str, str, int | None]


def _with_a_plan_without_contents() -> tuple[Edition, str]:
    """An edition in which a plan of which nobody knows the contents grants nothing, and such a plan."""
    august = load_shipped_edition(AUGUST)
    by = replace(august, settings=replace(august.settings, unknowns_rule="exact"))
    return by, next(code for code, plan in by.plans.items() if plan.counts_seats and not plan.has_known_contents)


CLOSED, EMPTY = _with_a_plan_without_contents()


def situation(held: list[Held], of: Statuses, asked: tuple[str, ...] = (), services: tuple[str, ...] = ()) -> Situation:
    subs = tuple(Subscription(plan, tenant, "enabled", seats) for plan, tenant, seats in held)
    return Situation("commercial", DAY, subs, Request(workloads=asked, services=services), of)


def decide(held: list[Held], of: Statuses, *asked: str, by: Edition = EDITION) -> Determination:
    return determine(by, situation(held, of, asked))


def asked_for(found: Determination) -> list[str]:
    return [question.text.rpartition(": ")[0] for question in found.questions if question.kind == "subscription"]


def test_seats_of_a_plan_that_counts_none_are_asked_for_when_its_workload_is() -> None:
    held: list[Held] = [("M365_E3", "T1", 150), ("M365_COPILOT", "T1", None)]
    found = decide(held, ALL_ENABLED, "M365_COPILOT")
    assert (found.outcome, found.rule) == (Outcome.NEEDS_INFORMATION, "request_lines")
    assert found.missing_facts == ("M365_COPILOT in T1: number of paid seats unknown",)
    assert found.how_to_settle == TODAY.one_answer
    [change] = find_shortest_way(EDITION, situation(held, ALL_ENABLED, ("M365_COPILOT",))).changes
    assert change.text == "Confirm Microsoft 365 Copilot in T1 has a paid seat"


def test_a_second_tenant_that_may_hold_what_is_in_view_is_asked_about() -> None:
    held: list[Held] = [("INTUNE_P1", "T1", 200), ("EXO_P1", "T2", 200), ("INTUNE_P1", "T2", None)]
    exchange = {"EXCHANGE_ONLINE": {"*": "enabled"}}
    found = decide(held, exchange | {"INTUNE": {"T1": "enabled", "T2": "not_enabled"}})
    assert asked_for(found) == ["INTUNE_P1 in T2"]
    assert found.how_to_settle == TODAY.one_answer
    found = decide(held, exchange)
    assert found.questions[0].text == "Is Microsoft Intune (MDM and MAM) enabled in T1?"
    assert asked_for(found) == ["INTUNE_P1 in T2"]
    assert found.how_to_settle != TODAY.one_answer


def test_an_empty_view_asks_for_what_may_fill_it() -> None:
    found = decide([(EMPTY, "T1", 200), ("INTUNE_P1", "T1", None)], ALL_ENABLED, by=CLOSED)
    assert (found.rule, asked_for(found)) == ("in_view", ["INTUNE_P1 in T1"])
    assert found.how_to_settle == TODAY.nothing_in_view
    alone = decide([(EMPTY, "T1", 200)], ALL_ENABLED, by=CLOSED)
    assert (alone.questions, alone.how_to_settle) == ((), TODAY.tell_an_admin)
    held: list[Held] = [(EMPTY, "T1", 200), ("INTUNE_P1", "T1", 0)]
    [change] = find_shortest_way(CLOSED, situation(held, ALL_ENABLED)).changes
    assert change.text == "Add a paid seat of Microsoft Intune Plan 1 in T1"


def test_what_settles_alone_is_asked_first_and_plans_without_seats_last() -> None:
    new_a, new_b = "UNMAPPED_SKU:A", "UNMAPPED_SKU:B"
    assert asked_for(decide([(new_a, "T1", 100), (new_b, "T1", 150)], ALL_ENABLED))[0] == f"{new_b} in T1"
    assert asked_for(decide([("M365_COPILOT", "T1", None), (new_b, "T1", 150)], {}))[0] == f"{new_b} in T1"


def test_what_cannot_change_anything_is_not_asked_for() -> None:
    assert asked_for(decide([("INTUNE_P1", "T1", None), ("M365_COPILOT", "T1", None)], ALL_ENABLED)) == [
        "INTUNE_P1 in T1"
    ]


def test_a_status_that_cannot_change_anything_is_not_asked_for() -> None:
    held: list[Held] = [("TEAMS_PHONE_STANDARD", "T1", 200), ("UNMAPPED_SKU:NEW", "T1", 5)]
    found = decide(held, {"WINDOWS_11": {"*": "blocked"}}, "WINDOWS_11")
    assert [question.kind for question in found.questions] == ["subscription"]


REFUSED = replace(EDITION, settings=replace(EDITION.settings, no_intent_remains=False))


def test_all_refused_is_realized_where_refusing_settles() -> None:
    found = decide([("INTUNE_P1", "T1", 200)], {"INTUNE": {"T1": "declined"}}, by=REFUSED)
    assert found.outcome == Outcome.REALIZED
    assert (
        found.reason
        == "The Benefit is fully realized. No workloads remain; the customer declined Microsoft Intune (MDM and MAM)."
    )
    assert found.sellable[0].why == "All counted workloads are enabled or declined by the customer."
    both: list[Held] = [("INTUNE_P1", "T1", 200), ("INTUNE_P1", "T2", 200)]
    of = {"INTUNE": {"T1": "enabled", "T2": "declined"}}
    assert decide(both, of, by=REFUSED).outcome == Outcome.REALIZED
    known, unknown = decide([both[0]], of, by=REFUSED), decide([both[0], ("INTUNE_P1", "T2", None)], of, by=REFUSED)
    assert known.outcome == unknown.outcome == Outcome.REALIZED


def test_what_everybody_gets_is_held_by_every_eligible_tenant() -> None:
    intune = replace(EDITION.workloads["INTUNE"], granted_by=GrantedBy.ANY_ELIGIBLE_PLAN)
    by = replace(EDITION, workloads={**EDITION.workloads, "INTUNE": intune})
    of = {"EXCHANGE_ONLINE": {"*": "enabled"}, "INTUNE": {"T1": "not_enabled", "T2": "enabled"}}
    held: list[Held] = [("EXO_P1", "T1", 200), ("INTUNE_P1", "T2", None)]
    assert decide(held, of, by=by).outcome == Outcome.NOT_REALIZED
    assert decide([held[0], ("INTUNE_P1", "T2", 200)], of, by=by).outcome == Outcome.NOT_REALIZED


def test_an_items_own_floor_is_reached_in_one_step() -> None:
    on = dt.date(2026, 4, 1)  # while FastTrack still ran migrations, from 500 seats
    asked = situation([("M365_E3", "T1", 100)], ALL_ENABLED, services=("DATA_MIGRATION/run-by-fasttrack",))
    [change] = find_shortest_way(EDITION, replace(asked, on=on)).changes
    assert change.text == "Add 400 paid seats of Microsoft 365 E3 in T1, to 500"


def test_looking_comes_before_buying() -> None:
    way = find_shortest_way(EDITION, situation([("M365_E3", "T1", None)], ALL_ENABLED))
    assert [change.text for change in way.changes] == ["Confirm Microsoft 365 E3 in T1 has 150 paid seats"]


def test_no_subscription_says_how_to_record_that_there_is_none() -> None:
    assert "record one with 0 paid seats" in decide([], {}).missing_facts[0]
    assert decide([("M365_E3", "T1", 0)], {}).outcome == Outcome.NOT_ELIGIBLE


@pytest.mark.parametrize("plans", [("M365_E3",), ("M365_E3", "INTUNE_P1", "EXO_P1", "TEAMS_PHONE_STANDARD")])
def test_many_unknown_products_are_each_asked_for(plans: tuple[str, ...]) -> None:
    held: list[Held] = [(plan, "T1", 20) for plan in plans]
    held += [(f"UNMAPPED_SKU:NEW_{number}", "T1", 50) for number in range(12)]
    assert len(asked_for(decide(held, {}))) == 12


def test_a_product_that_one_tenant_lists_and_another_does_not_is_still_asked_for() -> None:
    listed = HeldProduct("", "X", Listed((), ("x",)))
    state = "enabled"
    of = {code: dict.fromkeys("ab", "enabled") for code in EDITION.workloads}
    of["TEAMS"] = {"b": "not_enabled"}
    subs = (
        Subscription("M365_E3", "a", state, 300),
        Subscription("UNMAPPED_SKU:X", "a", state, 5, bought=listed),
        Subscription("UNMAPPED_SKU:X", "b", state, 200),
    )
    found = determine(EDITION, Situation("commercial", DAY, subs, enablement=of))
    assert found.how_to_settle != TODAY.one_answer
    assert asked_for(found)


def test_an_edition_without_plans_that_count_seats_still_asks() -> None:
    held: list[Held] = [("UNMAPPED_SKU:A", "T1", 200), ("UNMAPPED_SKU:B", "T1", None)]
    conditional = {code: plan for code, plan in EDITION.plans.items() if not plan.counts_seats}
    for plans in (conditional, {}):
        found = decide(held, {}, by=replace(EDITION, plans=plans))
        assert found.outcome == Outcome.NEEDS_INFORMATION


def test_hundreds_of_unknown_products_are_all_asked_for_at_once() -> None:
    held: list[Held] = [(f"UNMAPPED_SKU:{number}", "T1", 1) for number in range(500)]
    assert len(asked_for(decide(held, {}))) == 500
