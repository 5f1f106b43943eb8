"""Microsoft's table of products, read in every copy that people have, and what it proposes."""

import datetime as dt
from dataclasses import replace

import pytest

from benefits.domain.catalogue import Edition
from benefits.domain.exports.product_table import TableProduct, read_product_table
from benefits.domain.json_input import InputError
from benefits.domain.products import Sku
from benefits.domain.refreshing import Kind, Proposal, propose
from benefits.services.shipped import load_shipped_edition
from tests.editions import AUGUST, NOVEMBER
from tests.product_table import TABLE, Product, as_csv

DAY = dt.date(2026, 11, 29)
EDITION = load_shipped_edition(NOVEMBER)
CSV = as_csv(TABLE)
E3 = next(product for product in TABLE if product.part_number == "SPE_E3")
NEW_PLAN = ("11111111-2222-4333-8444-555555555555", "BRAND_NEW_SERVICE")


def read(text: str, encoding: str = "utf-8") -> dict[str, TableProduct]:
    return dict(read_product_table(text.encode(encoding)))


def renamed(product: Product, *, sku_id: str, part_number: str, name: str) -> Product:
    return product._replace(sku_id=sku_id, part_number=part_number, name=name)


NEW_E3 = renamed(
    E3, sku_id="aaaaaaaa-0000-4000-8000-000000000001", part_number="SPE_E3_NEW", name="Microsoft 365 E3 (new)"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_encoding_gives_the_same_products(encoding: str) -> None:
    text = as_csv([E3._replace(name="Microsoft 365 E3 – für alle")])
    [product] = read(text, encoding).values()
    assert (product.part_number, product.name) == ("SPE_E3", "Microsoft 365 E3 – für alle")
    assert dict(E3.service_plans).keys() == product.service_plans.keys()


def test_stray_blanks_in_header_and_cells_are_taken_off() -> None:
    head, _newline, rows = as_csv([E3]).partition("\r\n")
    untidy = head.replace("String_Id", " String_Id ") + "\r\n" + rows.replace("SPE_E3", "\tSPE_E3\u00a0")
    [product] = read(untidy).values()
    assert product.part_number == "SPE_E3"


def test_an_id_of_several_names_is_one_product() -> None:
    [product] = read(as_csv([E3, E3._replace(name="Microsoft 365 E3 Unattended")])).values()
    assert product.other_names == ["Microsoft 365 E3 Unattended"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "has no column product_display_name"),
        ("a,b\n1,2\n", "this is not Microsoft’s product table"),
        (CSV.splitlines()[0] + "\n", "lists no product"),
        (CSV.replace(E3.sku_id, "no-id"), "“no-id” is not an id"),
        (CSV.splitlines()[0] + "\nx,y\n", "has 2 cells"),
        (CSV.replace("SPE_E3", "SPE\0E3"), "a NUL character"),
    ],
)
def test_another_file_is_refused_with_the_way_to_the_right_one(text: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        read(text)


def test_the_newest_edition_that_ships_knows_all_of_its_table() -> None:
    assert propose(EDITION, read(CSV), DAY) == []


def test_the_edition_of_august_is_told_what_e3_gained() -> None:
    found = propose(load_shipped_edition(AUGUST), read(CSV), DAY)
    gained = {(row.plan, row.workload) for row in found if row.kind == Kind.GAINED}
    assert ("M365_E3", "DEFENDER_OFFICE365") in gained


def only(edition: Edition, *products: Product) -> Proposal:
    [found] = propose(edition, read(as_csv([*TABLE, *products])), DAY)
    return found


def test_a_new_form_of_a_known_product_is_proposed_for_its_plan() -> None:
    found = only(EDITION, NEW_E3)
    assert (found.kind, found.plan, found.sku_id) == (Kind.OF_PLAN, "M365_E3", NEW_E3.sku_id)
    assert "of its service plans are those of Microsoft 365 E3" in found.because


def test_another_number_or_a_trial_is_not_the_same_plan() -> None:
    for name in ("Microsoft 365 E9", "Microsoft 365 E3 Trial"):
        found = only(EDITION, NEW_E3._replace(name=name))
        assert found.kind == Kind.UNDECIDED, name


def test_a_product_of_other_families_is_proposed_as_outside() -> None:
    product = next(one for one in TABLE if one.name == "Dynamics 365 for Sales Enterprise Edition")
    sibling = renamed(product, sku_id=NEW_E3.sku_id, part_number="D365_NEW", name="Dynamics 365 for Sales Enterprise")
    found = only(EDITION, sibling)
    assert (found.kind, found.reason) == (Kind.OUTSIDE, "other_family")


def test_a_product_like_none_is_to_be_decided_with_its_new_service_plans() -> None:
    new = renamed(E3, sku_id=NEW_E3.sku_id, part_number="NEW", name="Something new")._replace(service_plans=(NEW_PLAN,))
    found = only(EDITION, new)
    assert (found.kind, found.service_plans) == (Kind.UNDECIDED, (NEW_PLAN,))


def test_a_new_service_plan_of_known_products_is_proposed_once() -> None:
    table = [one._replace(service_plans=(*one.service_plans, NEW_PLAN)) if one is E3 else one for one in TABLE]
    [found] = propose(EDITION, read(as_csv(table)), DAY)
    assert (found.kind, found.service_plans) == (Kind.SERVICE_PLAN, (NEW_PLAN,))


def test_a_service_plan_of_two_ids_is_proposed_once() -> None:
    twice = (NEW_PLAN, ("11111111-2222-4333-8444-555555555556", NEW_PLAN[1]))
    table = [one._replace(service_plans=(*one.service_plans, *twice)) if one is E3 else one for one in TABLE]
    [found] = propose(EDITION, read(as_csv(table)), DAY)
    assert found.service_plans == twice


def test_two_products_of_one_part_number_lose_nothing() -> None:
    less = tuple(row for row in E3.service_plans if row[1] != "EXCHANGE_S_ENTERPRISE")
    twin = E3._replace(sku_id=NEW_E3.sku_id, service_plans=less)
    plans = dict(EDITION.plans)
    e3 = plans["M365_E3"]
    plans["M365_E3"] = replace(e3, skus=(*e3.skus, Sku("SPE_E3", NEW_E3.sku_id, "")))
    found = propose(replace(EDITION, plans=plans), read(as_csv([*TABLE, twin])), DAY)
    assert [row for row in found if row.kind == Kind.LOST] == []


def test_a_product_without_an_id_is_known_by_its_part_number() -> None:
    plans = dict(EDITION.plans)
    skus = tuple(replace(sku, sku_id="") if sku.part_number == "SPE_E3" else sku for sku in plans["M365_E3"].skus)
    plans["M365_E3"] = replace(plans["M365_E3"], skus=skus)
    assert propose(replace(EDITION, plans=plans), read(CSV), DAY) == []


def test_a_workload_that_no_product_of_a_plan_carries_any_more_is_proposed_as_lost() -> None:
    names = EDITION.service_plan_names["INTUNE"]
    of_plan = {sku.sku_id for sku in EDITION.plans["EMS_E3"].skus}
    table = [
        one._replace(service_plans=tuple(row for row in one.service_plans if row[1].casefold() not in names))
        if one.sku_id in of_plan
        else one
        for one in TABLE
    ]
    found = propose(EDITION, read(as_csv(table)), DAY)
    assert ("EMS_E3", "INTUNE") in {(row.plan, row.workload) for row in found if row.kind == Kind.LOST}
