"""Boundary values and three-valued cases that no labelled scenario has."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from benefits.choices import SeatRule, Status, ViewRule
from benefits.domain.catalogue import Edition, Settings
from benefits.domain.determination import determine
from benefits.domain.situation import Request, Situation, Subscription
from benefits.services.shipped import load_shipped_edition
from tests.editions import AUGUST

EDITION = load_shipped_edition(AUGUST)
TODAY = dt.date(2026, 11, 22)


def held(plan: str, paid: int | None, state: str = "enabled", tenant: str = "T1") -> Subscription:
    return Subscription(plan, tenant, state, paid_seats=paid)


def situation(*subs: Subscription, enablement: dict[str, Any] | None = None, **request: Any) -> Situation:
    on = request.pop("on", TODAY)
    by_tenant = {
        code: status if isinstance(status, dict) else {"*": status} for code, status in (enablement or {}).items()
    }
    return Situation("commercial", on, subs, Request(**request), by_tenant)


def outcome(*subs: Subscription, edition: Edition = EDITION, **words: Any) -> str:
    return determine(edition, situation(*subs, **words)).outcome


@pytest.mark.parametrize(
    ("seats", "expected"), [(149, "not_eligible"), (150, "benefit_realized"), (151, "benefit_realized")]
)
def test_seat_floor_at_its_boundary(seats: int, expected: str) -> None:
    assert outcome(held("EXO_P1", seats), enablement={"EXCHANGE_ONLINE": "enabled"}) == expected


def test_seats_of_several_tenants_are_never_added() -> None:
    assert outcome(held("O365_E3", 100), held("O365_E3", 100, tenant="T2")) == "not_eligible"


def test_unknown_seats_could_reach_the_floor() -> None:
    result = determine(EDITION, situation(held("EXO_P1", None)))
    assert result.outcome == "needs_information"
    assert result.rule == "seat_floor"
    assert result.missing_facts == ("EXO_P1 in T1: number of paid seats unknown",)
    assert result.to_confirm == ()


def test_unknown_seats_of_a_plan_already_held_change_nothing() -> None:
    subs = held("EXO_P1", 200), held("EXO_P1", None)
    assert outcome(*subs, enablement={"EXCHANGE_ONLINE": "enabled"}) == "benefit_realized"


def test_unmapped_product_could_bring_workloads() -> None:
    subs = held("EXO_P1", 200), held("UNMAPPED_SKU:NEW", 5)
    result = determine(EDITION, situation(*subs, enablement={"EXCHANGE_ONLINE": "enabled"}))
    assert (result.outcome, result.rule) == ("needs_information", "usable_subscriptions")
    assert len(result.missing_facts) == 1


def test_unmapped_product_below_the_floor_changes_nothing() -> None:
    assert outcome(held("EXO_P1", 100), held("UNMAPPED_SKU:NEW", 49)) == "not_eligible"
    assert outcome(held("EXO_P1", 100), held("UNMAPPED_SKU:NEW", 50)) == "needs_information"


@pytest.mark.parametrize("state", ["suspended", "lockedOut", "deleted"])
def test_unusable_unmapped_product_is_not_unknown(state: str) -> None:
    subs = held("EXO_P1", 200), held("UNMAPPED_SKU:NEW", 5, state)
    assert outcome(*subs, enablement={"EXCHANGE_ONLINE": "enabled"}) == "benefit_realized"


def test_unpaid_seats_are_zero_and_known() -> None:
    trial = Subscription("UNMAPPED_SKU:TRIAL", "T1", "enabled", unpaid_seats=500)
    assert outcome(held("EXO_P1", 200), trial, enablement={"EXCHANGE_ONLINE": "enabled"}) == "benefit_realized"


def test_conditional_plan_brings_its_workload_but_no_seats() -> None:
    assert outcome(held("M365_COPILOT", 500)) == "not_eligible"
    result = determine(EDITION, situation(held("EXO_P1", 150), held("M365_COPILOT", 1)))
    assert "M365_COPILOT" in result.to_confirm


def test_grace_period_counts_with_a_warning() -> None:
    result = determine(EDITION, situation(held("EXO_P1", 150, "warning"), enablement={"EXCHANGE_ONLINE": "enabled"}))
    assert result.outcome == "benefit_realized"
    assert any("grace period" in warning for warning in result.warnings)


def test_known_gap_decides_whatever_else_is_unknown() -> None:
    subs = held("EMS_E3", 200), held("UNMAPPED_SKU:NEW", None)
    result = determine(EDITION, situation(*subs, enablement={"INTUNE": "blocked"}))
    assert (result.outcome, result.remaining_workloads) == ("benefit_not_realized", ("INTUNE",))


def test_request_that_an_unknown_product_could_bring_in_is_undecided() -> None:
    subs = held("EXO_P1", 200), held("UNMAPPED_SKU:NEW", 1)
    result = determine(EDITION, situation(*subs, workloads=("INTUNE",)))
    assert (result.outcome, result.rule) == ("needs_information", "request_lines")
    assert result.not_entitled == ("INTUNE",)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(dt.date(2025, 12, 31), "needs_information"), (dt.date(2026, 1, 1), "out_of_scope")],
)
def test_viva_goals_counts_until_its_last_day(day: dt.date, expected: str) -> None:
    subs = held("VIVA_SUITE", 300), held("O365_E3", 300)
    assert outcome(*subs, workloads=("VIVA_GOALS",), on=day) == expected


@pytest.mark.parametrize(
    ("day", "seats", "expected"),
    [
        (dt.date(2026, 5, 3), 499, "out_of_scope"),
        (dt.date(2026, 5, 3), 500, "benefit_not_realized"),
        (dt.date(2026, 5, 4), 150, "benefit_not_realized"),
    ],
)
def test_migration_floor_depends_on_the_date(day: dt.date, seats: int, expected: str) -> None:
    words: dict[str, Any] = {"services": ("DATA_MIGRATION/run-by-fasttrack",), "on": day}
    words["enablement"] = {"DATA_MIGRATION": "not_enabled"}
    assert outcome(held("O365_E3", seats), **words) == expected


def test_service_is_out_when_one_of_its_items_is_out() -> None:
    words: dict[str, Any] = {"workloads": ("DATA_MIGRATION",), "on": dt.date(2026, 5, 3)}
    with_item = words | {"services": ("DATA_MIGRATION/run-by-fasttrack",)}
    assert outcome(held("O365_E3", 200), **with_item) == "out_of_scope"
    assert outcome(held("O365_E3", 200), **words) == "needs_information"


def test_least_advanced_tenant_decides() -> None:
    subs = held("EXO_P1", 200), held("EXO_P1", 200, tenant="T2")
    assert outcome(*subs, enablement={"EXCHANGE_ONLINE": {"T1": "enabled"}}) == "needs_information"
    both = {"EXCHANGE_ONLINE": {"T1": "enabled", "T2": "in_progress"}}
    assert outcome(*subs, enablement=both) == "benefit_not_realized"


def test_tenant_below_the_floor_does_not_count() -> None:
    subs = held("EXO_P1", 200), held("EMS_E3", 10, tenant="T2")
    assert outcome(*subs, enablement={"EXCHANGE_ONLINE": {"T1": "enabled"}}) == "benefit_realized"


def with_settings(**changes: Any) -> Edition:
    return replace(EDITION, settings=replace(Settings(), **changes))


def test_single_plan_rule_and_its_warning() -> None:
    subs = held("M365_E3", 100), held("M365_F3", 60)
    assert outcome(*subs, edition=with_settings(seat_rule=SeatRule.SINGLE)) == "not_eligible"
    result = determine(EDITION, situation(*subs))
    assert any("two ways of counting seats" in warning for warning in result.warnings)


def test_refused_workload_can_be_taken_out_of_view() -> None:
    enablement = {"ENTRA_ID_P1": "enabled", "PURVIEW_INFO_PROTECTION": "enabled", "INTUNE": Status.NO_INTENT.value}
    assert outcome(held("EMS_E3", 400), enablement=enablement) == "benefit_not_realized"
    lenient = with_settings(no_intent_remains=False)
    assert outcome(held("EMS_E3", 400), enablement=enablement, edition=lenient) == "benefit_realized"


def test_view_can_be_narrowed_to_the_requested_areas() -> None:
    narrow = with_settings(view_rule=ViewRule.REQUESTED_AREAS)
    words: dict[str, Any] = {"areas": ("endpoint",), "enablement": {"INTUNE": "enabled"}, "edition": narrow}
    assert outcome(held("EMS_E3", 400), **words) == "benefit_realized"


def test_business_plan_over_its_limit_gives_a_warning() -> None:
    result = determine(EDITION, situation(held("M365_BUSINESS_PREMIUM", 301)))
    assert any("sold with up to 300" in warning for warning in result.warnings)


def test_enabled_without_entitlement_gives_a_warning() -> None:
    result = determine(EDITION, situation(held("EXO_P1", 200), enablement={"INTUNE": "enabled"}))
    assert any("none of the customer’s plans includes it" in warning for warning in result.warnings)


def test_each_request_line_takes_its_own_course() -> None:
    result = determine(
        EDITION,
        situation(
            held("EMS_E3", 400),
            workloads=("INTUNE", "ENTRA_ID_P1", "TEAMS", "VIVA_GOALS"),
            services=("GENERAL/on-site-work",),
            enablement={"INTUNE": "not_enabled", "ENTRA_ID_P1": "enabled"},
        ),
    )
    assert {row.code: row.kind for row in result.advice} == {
        "INTUNE": "deliver_benefit",
        "ENTRA_ID_P1": "fee_based_already_enabled",
        "TEAMS": "not_licensed",
        "VIVA_GOALS": "retired",
        "GENERAL/on-site-work": "fee_based_out_of_scope",
    }


def test_unmapped_product_is_not_copilot_and_seats_at_once() -> None:
    subs = held("O365_E3", 500), held("UNMAPPED_SKU:X", 500, tenant="T2")
    assert outcome(*subs, workloads=("M365_COPILOT",)) == "out_of_scope"
    unsaid = held("O365_E3", 500), held("UNMAPPED_SKU:X", None, tenant="T2")
    assert outcome(*unsaid, workloads=("M365_COPILOT",)) == "out_of_scope"
    third = held("O365_E3", 150, tenant="T2")
    assert outcome(*subs, third, workloads=("M365_COPILOT",)) == "needs_information"


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({"T1": "declined", "T2": "not_enabled"}, "needs_information"),
        ({"T1": "enabled", "T2": "declined"}, "benefit_realized"),
    ],
)
def test_refused_in_one_tenant_is_read_with_the_other_when_that_could_count(
    statuses: dict[str, str], expected: str
) -> None:
    subs = held("EMS_E3", 300), held("EMS_E3", None, tenant="T2")
    enablement = {"INTUNE": statuses, "ENTRA_ID_P1": "enabled", "PURVIEW_INFO_PROTECTION": "enabled"}
    lenient = with_settings(no_intent_remains=False)
    assert outcome(*subs, enablement=enablement, edition=lenient) == expected
