"""What tenants really hold, as the edition of November 2026 reads and decides it."""

import datetime as dt
import json

import pytest

from benefits.domain.determination import determine
from benefits.domain.exports.reading import read_export
from benefits.domain.exports.sorting import Export
from benefits.domain.scenario import Scenario, read_scenarios
from benefits.domain.situation import Request, Situation, Subscription
from benefits.services.shipped import load_shipped_edition
from tests.benefits.evidence.test_real_files import file_of, held
from tests.conftest import DATA
from tests.editions import NOVEMBER

DAY = dt.date(2026, 11, 29)
EDITION = load_shipped_edition(NOVEMBER)
SCENARIOS = read_scenarios((DATA / "real_customers.json").read_bytes(), EDITION, DAY)


def read(number: str) -> Export:
    return read_export(file_of(number).read_bytes(), EDITION, on=DAY)


def brought(number: str, tenant: str = "T1") -> set[str]:
    """The workloads that the products of a file bring their tenant."""
    subs = tuple(
        Subscription(row.plan, tenant, row.state, row.paid_seats, withheld=row.withheld)
        for row in read(number).subscriptions
    )
    return {row.workload for row in determine(EDITION, Situation("commercial", DAY, subs)).findings}


@pytest.mark.parametrize(
    ("number", "subscriptions"),
    [
        ("24", [("M365_E5", 500), ("TEAMS_ENTERPRISE", 500)]),
        ("25", [("M365_E7", 200)]),
        ("26", [("M365_COPILOT", 50)]),
        ("27", [("M365_APPS_ENTERPRISE_DEVICE", 200)]),
        ("28", [("WIN_E3", 200)]),
        ("29", [("TEAMS_CALLING_PLAN", 200)]),
        ("30", [("EXO_P1", 200)]),
        ("38", [("TEAMS_PREMIUM", 300)]),
        ("39", [("M365_BUSINESS_PREMIUM_COPILOT", 300)]),
        ("40", [("O365_A3", 300), ("M365_A5", 300)]),
        ("41", [("O365_A3", 300)]),
        ("48", [("TEAMS_ENTERPRISE", 300), ("M365_E3", 300)]),
        ("51", [("M365_E5", 500), ("M365_BUSINESS_BASIC", 10)]),
        ("53", [("M365_E5", 300)]),
    ],
)
def test_products_of_today_are_known(number: str, subscriptions: list[tuple[str, int]]) -> None:
    export = read(number)
    assert [(row.plan, row.paid_seats) for row in export.subscriptions] == subscriptions
    assert export.unknown == ()


@pytest.mark.parametrize("number", ["24", "48"])
def test_a_suite_without_teams_gets_it_from_teams_enterprise(number: str) -> None:
    by_plan = {row.plan: row for row in read(number).subscriptions}
    assert "TEAMS" not in dict(by_plan["TEAMS_ENTERPRISE"].withheld)
    assert "TEAMS" in brought(number)


@pytest.mark.parametrize(("number", "workload"), [("27", "M365_APPS"), ("28", "WINDOWS_11"), ("30", "EXCHANGE_ONLINE")])
def test_a_product_of_one_workload_brings_it(number: str, workload: str) -> None:
    assert not any(row.withheld for row in read(number).subscriptions)
    assert workload in brought(number)


def test_a_calling_plan_withholds_nothing() -> None:
    assert [row.withheld for row in read("29").subscriptions] == [()]


def test_defender_for_office_is_granted_by_e3_since_july() -> None:
    [e3] = read("31").subscriptions
    assert (e3.granted, "DEFENDER_OFFICE365" in dict(e3.withheld)) == ((), False)
    assert "DEFENDER_OFFICE365" in brought("31")
    [before] = read_export(file_of("31").read_bytes(), EDITION, on=dt.date(2026, 6, 30)).subscriptions
    assert [code for code, _service_plan in before.granted] == ["DEFENDER_OFFICE365"], (
        "by the tenant’s own service plan"
    )


def test_free_products_of_every_tenant_are_set_aside() -> None:
    export = read("33")
    assert held(export) == [("M365_E3", "enabled", 300)]
    assert (len(export.set_aside), export.unknown) == (9, ())
    assert {row.reason for row in export.set_aside} == {"free", "no_seats", "trial", "not_in_the_benefit"}


def test_education_products_that_cost_nothing_are_set_aside() -> None:
    assert {row.reason for row in read("40").set_aside} == {"free"}


def test_ten_seats_of_basic_beside_e5_are_never_below_the_floor() -> None:
    subs = tuple(Subscription(row.plan, "T1", row.state, row.paid_seats) for row in read("51").subscriptions)
    result = determine(EDITION, Situation("commercial", DAY, subs, Request(workloads=("INTUNE",))))
    assert result.outcome != "not_eligible"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda row: row.id)
def test_real_customers_are_decided_rightly(scenario: Scenario) -> None:
    expected = scenario.expected or {}
    result = determine(EDITION, scenario.situation)
    found = {key: getattr(result, key) for key in expected}
    assert {key: value if key == "outcome" else sorted(value) for key, value in found.items()} == expected


def test_the_file_of_real_customers_is_whole() -> None:
    rows = json.loads((DATA / "real_customers.json").read_text())["scenarios"]
    assert len(rows) == len(SCENARIOS) > 20
    assert all(row["expected"] for row in rows)
