"""Every product of Microsoft's public table, read by the newest edition that ships: none raises, none stays unknown."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benefits.choices import Outcome, Status
from benefits.domain.catalogue import Edition
from benefits.domain.determination import determine
from benefits.domain.edition_on_date import edition_on
from benefits.domain.exports.reading import read_export
from benefits.domain.service_plans import list_service_plans, read_plan
from benefits.domain.situation import UNMAPPED_PREFIX, HeldProduct, Listed, Request, Situation, Subscription
from benefits.services.shipped import load_shipped_edition
from tests.editions import NOVEMBER
from tests.product_table import TABLE, Product, as_export

DAY = dt.date(2026, 11, 29)
EDITION = load_shipped_edition(NOVEMBER)
REVIEWED: set[tuple[str, str]] = set()  # (plan, workload): upward grants that were looked at and are right
SETTLED = (Outcome.NOT_ELIGIBLE, Outcome.OUT_OF_SCOPE, Outcome.REALIZED, Outcome.NOT_REALIZED)

pytestmark = pytest.mark.no_cover  # so many determinations are not traced: others tell what is covered


def test_every_product_alone_is_known() -> None:
    for product in TABLE:
        for lists in (True, False):
            export = read_export(as_export([product], lists=lists), EDITION, on=DAY)
            assert not export.unknown, product.part_number
            assert len(export.subscriptions) + len(export.set_aside) == 1, product.part_number


def test_all_products_together_are_known() -> None:
    export = read_export(as_export(TABLE), EDITION, on=DAY)
    assert export.unknown == ()
    assert len(export.set_aside) + len(export.products) >= len(TABLE)
    subs = tuple(Subscription(row.plan, "T1", row.state, row.paid_seats) for row in export.subscriptions)
    assert determine(EDITION, Situation("commercial", DAY, subs)).missing_facts == ()


def test_free_products_block_nothing() -> None:
    free = [row for row in EDITION.products if row.reason == "free"]
    assert len(free) > 20
    known = {product.sku_id: product for product in TABLE}
    export = read_export(as_export([known[row.sku_id] for row in free if row.sku_id in known]), EDITION, on=DAY)
    assert {row.reason for row in export.set_aside} == {"free"}
    assert (export.subscriptions, export.unknown) == ((), ())


def find_upward_grants(edition: Edition) -> set[tuple[str, str]]:
    """What products of plans would grant beyond the edition, were all of their service plans on."""
    on = edition_on(edition, DAY)
    found = set()
    for product in TABLE:
        plan = edition.plan_by_sku_id.get(product.sku_id)
        if plan is not None and plan.code in on.plans:
            read = read_plan(on, plan, product.sku_id, listed(edition, product))
            found |= {(plan.code, workload) for workload, _service_plan in read.granted}
    return found


def test_every_upward_grant_was_reviewed() -> None:
    assert find_upward_grants(EDITION) == REVIEWED


def test_upward_grants_would_be_found_without_what_the_edition_says_is_carried() -> None:
    plans = {
        code: replace(plan, grants=tuple(grant for grant in plan.grants if not grant.is_limited))
        for code, plan in EDITION.plans.items()
    }
    assert ("PLANNER_PLAN_1", "SHAREPOINT_ONLINE") in find_upward_grants(replace(EDITION, plans=plans))


# --- leaving one out: knowing a product never turns one decided outcome into another


def listed(edition: Edition, product: Product) -> Listed:
    return list_service_plans(edition, [(key, name, True) for key, name in product.service_plans])


def without(product: Product) -> Edition:
    """The edition before anybody told it of this product; its plans grant what they grant."""
    plans = {
        code: replace(plan, skus=tuple(sku for sku in plan.skus if not _is(product, sku.sku_id, sku.part_number)))
        for code, plan in EDITION.plans.items()
    }
    outside = tuple(row for row in EDITION.products if not _is(product, row.sku_id, row.part_number))
    return replace(EDITION, plans=plans, products=outside)


def _is(product: Product, sku_id: str, part_number: str) -> bool:
    return sku_id == product.sku_id or part_number == product.part_number


def situations(bought: Subscription, asked: tuple[str, ...]) -> Iterator[Situation]:
    """The product alone, beside a plan that is eligible, and beside one below the floor; asked for, enabled, or not."""
    e3 = Subscription("M365_E3", "T1", "enabled", 500)
    few = Subscription("O365_E1", "T1", "enabled", 100)
    statuses = [
        {code: {"T1": status.value} for code in EDITION.workloads} for status in (Status.ENABLED, Status.NOT_STARTED)
    ]
    for beside in ((), (e3,), (few,)):
        for enablement in ({}, *statuses):
            for workloads in ((), ("TEAMS_PHONE",), *((code,) for code in asked)):
                request = Request(workloads=workloads)
                yield Situation("commercial", DAY, (*beside, bought), request, enablement)


def unknown(product: Product, plans: Listed | None, seats: int) -> Subscription:
    bought = HeldProduct(product.sku_id, product.part_number, plans)
    return Subscription(f"{UNMAPPED_PREFIX}{product.part_number}", "T1", "enabled", seats, bought=bought)


def known(product: Product, plans: Listed | None, seats: int) -> Subscription:
    plan = EDITION.plan_by_sku_id.get(product.sku_id)
    return replace(unknown(product, plans, seats), plan=plan.code) if plan else unknown(product, plans, seats)


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("lists", [True, False], ids=["with service plans", "without"])
def test_knowing_a_product_turns_no_decided_outcome_into_another(part: int, *, lists: bool) -> None:
    decided = 0
    for product in TABLE[part::4]:
        before = without(product)
        plan = EDITION.plan_by_sku_id.get(product.sku_id)
        asked = plan.workloads[:2] if plan else ()
        for seats in (1, 300):
            strange = unknown(product, listed(before, product) if lists else None, seats)
            mapped = known(product, listed(EDITION, product) if lists else None, seats)
            for one, other in zip(situations(strange, asked), situations(mapped, asked), strict=True):
                told, then = determine(before, one).outcome, determine(EDITION, other).outcome
                assert told not in SETTLED or told == then, (product.part_number, one, told, then)
                decided += told in SETTLED
    assert decided > 1_000
