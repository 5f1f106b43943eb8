"""The tenant's own service plans win in both directions, and bound what a product that nobody knows may bring."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from benefits.choices import ContentsRule, ServicePlanRule
from benefits.domain.catalogue import Edition, Grant, Plan, Settings
from benefits.domain.determination import Determination, determine
from benefits.domain.edition_on_date import edition_on
from benefits.domain.products import OutsideProduct, ServicePlan
from benefits.domain.service_plans import list_service_plans
from benefits.domain.situation import (
    HeldProduct,
    Listed,
    Request,
    Situation,
    Subscription,
    read_written,
    write_situation,
)
from benefits.services.shipped import load_shipped_edition
from tests.editions import AUGUST

DAY = dt.date(2026, 11, 28)
SHIPPED = load_shipped_edition(AUGUST)
FREE = OutsideProduct("f30db892-07e9-47e9-837c-80727f46fd3d", "SOME_FREE", "Something free", "free")
STORAGE = ServicePlan("11111111-0000-4000-8000-000000000001", "DYN_STORAGE", in_families=False)
RENAMED = ServicePlan("11111111-0000-4000-8000-000000000002", "ATP_ENTERPRISE")


def edition(**changes: Any) -> Edition:
    settings = Settings(contents_rule=ContentsRule.UNKNOWN, service_plan_rule=ServicePlanRule.BOTH_WAYS)
    words: dict[str, Any] = {"settings": settings, "products": (FREE,), "service_plans": (STORAGE, RENAMED)}
    return replace(SHIPPED, **(words | changes))


EDITION = edition()
OF_E3 = (
    *(
        "AAD_PREMIUM",
        "EXCHANGE_S_ENTERPRISE",
        "INTUNE_A",
        "OFFICESUBSCRIPTION",
        "RMS_S_PREMIUM",
        "SHAREPOINTENTERPRISE",
    ),
    *("TEAMS1", "WIN10_PRO_ENT_SUB", "YAMMER_ENTERPRISE", "WINDEFATP", "MDE_LITE", "MIP_S_CLP1"),
)


def listed(*names: str, off: tuple[str, ...] = (), by: Edition = EDITION) -> Listed:
    read = [("", name, True) for name in names] + [("", name, False) for name in off]
    return list_service_plans(by, read)


def held(plan: str, plans: Listed | None, seats: int | None = 300, sku_id: str = "") -> Subscription:
    return Subscription(plan, "T1", "enabled", seats, bought=HeldProduct(sku_id, plan, plans))


NOTHING: Mapping[str, str] = MappingProxyType({})


def decide(
    *subs: Subscription, by: Edition = EDITION, asked: tuple[str, ...] = (), of: Mapping[str, str] = NOTHING
) -> Determination:
    enablement = {code: {"T1": status} for code, status in of.items()}
    return determine(by, Situation("commercial", DAY, subs, Request(workloads=asked), enablement))


def entitled(result: Determination) -> set[str]:
    return {row.workload for row in result.findings}


def test_a_service_plan_that_is_on_grants_what_the_edition_does_not_expect_and_says_so() -> None:
    result = decide(held("M365_E3", listed(*OF_E3, "ATP_ENTERPRISE")))
    assert "DEFENDER_OFFICE365" in entitled(result)
    [beyond] = result.granted
    assert beyond.workload == "DEFENDER_OFFICE365"
    assert "service plan ATP_ENTERPRISE is turned on in Microsoft 365 E3 in T1" in beyond.why
    assert "granted" not in decide(held("M365_E3", listed(*OF_E3))).as_record()


def test_under_the_old_reading_a_service_plan_only_withholds() -> None:
    old = replace(EDITION, settings=Settings())
    result = decide(held("M365_E3", listed(*OF_E3, "ATP_ENTERPRISE", by=old)), by=old)
    assert "DEFENDER_OFFICE365" not in entitled(result)


def test_the_name_in_the_export_does_not_matter_where_the_id_is_known() -> None:
    found = list_service_plans(EDITION, [(RENAMED.id.upper(), "Whatever it is called now", True)])
    assert found == Listed(on=("atp_enterprise",))


def test_what_is_off_or_missing_is_withheld_and_says_why() -> None:
    on = (name for name in OF_E3 if name not in ("TEAMS1", "INTUNE_A"))
    result = decide(held("M365_E3", listed(*on, off=("INTUNE_A",))))
    assert not {"TEAMS", "INTUNE"} & entitled(result)
    why = {row.workload: row.why for row in result.withheld}
    assert "doesn’t include its service plan" in why["TEAMS"]
    assert "turned off" in why["INTUNE"]


def test_beside_a_service_plan_nobody_knows_a_missing_one_is_not_known() -> None:
    without = tuple(name for name in OF_E3 if name != "TEAMS1")
    statuses = dict.fromkeys(entitled(decide(held("M365_E3", listed(*without)))), "enabled")
    assert decide(held("M365_E3", listed(*without)), of=statuses).outcome == "benefit_realized"
    result = decide(held("M365_E3", listed(*without, "TEAMS_BY_A_NEW_NAME")), of=statuses)
    assert result.outcome == "needs_information"
    assert result.missing_facts == (
        "M365_E3 in T1: service plan teams_by_a_new_name is unknown and could stand for one that seems to be missing",
    )
    assert decide(held("M365_E3", listed(*without, "TEAMS_BY_A_NEW_NAME", off=("TEAMS1",))), of=statuses).outcome == (
        "benefit_realized"
    ), "listed and off is off"


def test_a_grant_by_a_pages_text_is_withheld_only_by_a_service_plan_that_is_off() -> None:
    plan = SHIPPED.plans["TEAMS_CALLING_PLAN"]
    assert plan.is_by_text(plan.grants[0])
    assert "TEAMS_PHONE" in entitled(decide(held("TEAMS_CALLING_PLAN", listed("MCOPSTN1", "ATP_ENTERPRISE"))))
    [name, *_others] = SHIPPED.workloads["TEAMS_PHONE"].service_plans
    assert "TEAMS_PHONE" not in entitled(decide(held("TEAMS_CALLING_PLAN", listed("ATP_ENTERPRISE", off=(name,)))))


def with_grants(code: str, *grants: Grant) -> Edition:
    plan = SHIPPED.plans[code]
    return edition(plans={**SHIPPED.plans, code: replace(plan, grants=(*plan.grants, *grants))})


def test_what_a_plan_or_sku_only_carries_is_a_note_and_no_grant() -> None:
    ours, other = "22222222-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
    plans = listed(*OF_E3, "ATP_ENTERPRISE")
    whole = with_grants("M365_E3", Grant(None, None, "DEFENDER_OFFICE365", is_limited=True))
    result = decide(held("M365_E3", plans), by=whole)
    assert "DEFENDER_OFFICE365" not in entitled(result)
    assert "Not entitled: Microsoft 365 E3 in T1 includes its service plan without granting the workload." in {
        row.why for row in result.withheld
    }
    single = with_grants("M365_E3", Grant(None, None, "DEFENDER_OFFICE365", is_limited=True, sku_id=ours))
    assert "DEFENDER_OFFICE365" not in entitled(decide(held("M365_E3", plans, sku_id=ours), by=single))
    assert "DEFENDER_OFFICE365" in entitled(decide(held("M365_E3", plans, sku_id=other), by=single))


def test_a_workload_may_need_more_of_its_service_plans() -> None:
    suite = SHIPPED.workloads["INTUNE_SUITE"]
    for needs, enough in (("any", 1), ("2", 2), ("all", len(suite.service_plans))):
        by = edition(workloads={**SHIPPED.workloads, "INTUNE_SUITE": replace(suite, needs=needs)})
        for number in range(len(suite.service_plans) + 1):
            result = decide(held("M365_E3", listed(*OF_E3, *suite.service_plans[:number], by=by)), by=by)
            assert ("INTUNE_SUITE" in entitled(result)) == (number >= enough)
            said = {row.why for row in result.withheld if row.workload == "INTUNE_SUITE"}
            assert bool(said) == (0 < number < enough)


def test_a_workload_follows_from_others_in_the_same_tenant() -> None:
    def without(code: str) -> Plan:
        plan = SHIPPED.plans[code]
        return replace(plan, grants=tuple(grant for grant in plan.grants if grant.workload != "VIVA_CONNECTIONS"))

    derived = replace(SHIPPED.workloads["VIVA_CONNECTIONS"], derived_from=("SHAREPOINT_ONLINE", "TEAMS"))
    workloads = {**SHIPPED.workloads, "VIVA_CONNECTIONS": derived}
    by = edition(plans={code: without(code) for code in SHIPPED.plans}, workloads=workloads)
    assert "VIVA_CONNECTIONS" in entitled(decide(held("M365_E3", None), by=by))
    no_teams = listed(*(name for name in OF_E3 if name != "TEAMS1"), by=by)
    assert "VIVA_CONNECTIONS" not in entitled(decide(held("M365_E3", no_teams), by=by))


def unknown(plans: Listed | None, seats: int | None = 300) -> Subscription:
    return Subscription("UNMAPPED_SKU:NEW", "T1", "enabled", seats, bought=HeldProduct("", "NEW", plans))


def test_an_unknown_product_is_bounded_by_its_service_plans() -> None:
    exchange = Subscription("EXO_P2", "T1", "enabled", 300)
    statuses = dict.fromkeys(entitled(decide(exchange)), "enabled")
    assert decide(exchange, unknown(None), of=statuses).outcome == "needs_information", "without a list, anything"
    on_date = edition_on(EDITION, DAY)
    assert not on_date.granted_by_text & on_date.numbering.bits["ENTRA_ID_GOVERNANCE"]
    rest = dict.fromkeys(SHIPPED.workloads, "enabled") | {"ENTRA_ID_GOVERNANCE": "not_enabled"}
    assert decide(exchange, unknown(listed("EXCHANGE_S_ENTERPRISE")), of=rest).outcome == "benefit_realized"
    [name, *_others] = SHIPPED.workloads["ENTRA_ID_GOVERNANCE"].service_plans
    for plans in (listed(name), listed("NEVER_SEEN"), None):
        assert decide(exchange, unknown(plans), of=rest).outcome == "needs_information"


def test_it_counts_no_seats_for_certain_and_may_count_them() -> None:
    assert decide(unknown(listed("EXCHANGE_S_ENTERPRISE"))).outcome == "needs_information"


def test_it_is_set_aside_when_its_service_plans_belong_to_no_family() -> None:
    result = decide(unknown(listed("DYN_STORAGE")), Subscription("EXO_P2", "T1", "enabled", 10))
    assert result.outcome == "not_eligible"
    assert (
        "its service plans belong to no eligible product family"
        in {row.plan: row.why for row in result.plans_held}["UNMAPPED_SKU:NEW"]
    )
    assert decide(unknown(listed(off=("DYN_STORAGE",)))).outcome == "needs_information", "none of them is on"


@pytest.mark.parametrize("named", [HeldProduct(FREE.sku_id, "OTHER"), HeldProduct("", "some_free"), None])
def test_a_known_product_outside_of_the_benefit_blocks_nothing(named: HeldProduct | None) -> None:
    plan = "UNMAPPED_SKU:SOME_FREE" if named is None else "UNMAPPED_SKU:X"
    result = decide(
        Subscription(plan, "T1", "enabled", 10_000, bought=named), Subscription("EXO_P2", "T1", "enabled", 10)
    )
    assert result.outcome == "not_eligible"
    assert "Not covered by the Benefit: free." in {row.why for row in result.plans_held}


def test_a_plan_of_unknown_contents_never_makes_a_request_out_of_scope() -> None:
    plan = Subscription("O365_G4", "T1", "enabled", 300)
    assert not SHIPPED.plans["O365_G4"].has_known_contents
    assert decide(plan, asked=("INTUNE",)).outcome == "needs_information"
    assert decide(plan, asked=("INTUNE",)).missing_facts == (
        "O365_G4 in T1: its workloads are not listed in the service description",
    )
    old = edition(settings=Settings())
    assert decide(plan, asked=("INTUNE",), by=old).outcome == "out_of_scope"
    exchange = Subscription("EXO_P2", "T1", "enabled", 300)
    assert decide(plan, exchange, of={"EXCHANGE_ONLINE": "not_enabled"}).outcome == "benefit_not_realized"


def test_products_stand_in_the_record_and_are_read_back() -> None:
    plans = listed(*OF_E3, "NEVER_SEEN", "DYN_STORAGE", off=("INTUNE_P2",))
    situation = Situation("commercial", DAY, (held("M365_E3", plans, sku_id="x"), held("M365_E3", None)), Request(), {})
    assert read_written(write_situation(situation)) == situation
    plain = Situation("commercial", DAY, (Subscription("M365_E3", "T1", "enabled", 300),), Request(), {})
    assert "product" not in str(write_situation(plain))
