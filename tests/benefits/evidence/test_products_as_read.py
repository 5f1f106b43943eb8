"""Products are kept as they were read: what they bring is worked out by the edition that decides."""

import json
from io import BytesIO
from typing import Any

import pytest

from benefits.choices import ServicePlanRule
from benefits.domain.catalogue import Edition
from benefits.domain.determination import determine
from benefits.domain.situation import Request, Situation, read_written, write_situation
from benefits.domain.situation import Subscription as Held
from benefits.models import ServiceDescription, Subscription, Tenant
from benefits.services.customers import Author, record_typed_plans
from benefits.services.editions import load_edition
from benefits.services.evidence import apply_export, read_staged, stage_upload
from benefits.services.many_customers import load_many
from benefits.services.previewing import preview_upload
from benefits.services.shipped import load_shipped_edition
from benefits.services.situations import load_facts
from tests import world
from tests.conftest import DATA
from tests.editions import NOVEMBER
from tests.world import NOW

pytestmark = pytest.mark.django_db
BY = Author("team")
FILES = DATA / "real_files"


@pytest.fixture
def tenant() -> Tenant:
    found = world.tenant_of(world.submit())
    found.subscriptions.all().delete()
    return found


def published() -> Edition:
    return load_edition(ServiceDescription.objects.get(state="published").pk)


def both_ways() -> Edition:
    """A draft of the edition in force under the other reading."""
    draft = ServiceDescription.objects.filter(state="draft").first() or _draft()
    return load_edition(draft.pk)


def _draft() -> ServiceDescription:
    from benefits.services.editions import copy_to_draft

    draft = copy_to_draft(ServiceDescription.objects.get(), now=NOW)
    draft.service_plan_rule = ServicePlanRule.BOTH_WAYS
    draft.save()
    draft.outsideproducts.create(part_number="POWER_BI_STANDARD", product_name="Fabric (free)", reason="free")
    return draft


def upload(tenant: Tenant, raw: bytes) -> None:
    staged = stage_upload(tenant, BytesIO(raw), "products.json", by=BY, now=NOW)
    found: Any = read_staged(staged, published())
    assert apply_export(staged, found, published(), by=BY, now=NOW)


def file(number: str) -> bytes:
    [path] = FILES.glob(f"{number}-*")
    return path.read_bytes()


def situation(tenant: Tenant, edition: Edition) -> Situation:
    return load_facts(tenant.customer).situation(Request(), NOW.date(), edition)


def granted(tenant: Tenant, edition: Edition) -> set[str]:
    return {row.workload for row in determine(edition, situation(tenant, edition)).findings}


def test_a_product_is_kept_with_every_service_plan(tenant: Tenant) -> None:
    upload(tenant, file("31"))
    row = tenant.subscriptions.current().get()
    shown = json.loads(file("31"))["value"][0]
    assert (row.plan_code, row.paid_seats, row.withheld) == ("M365_E3", 300, {})
    assert row.read is not None
    assert (row.read["sku_id"], row.read["part_number"]) == (shown["skuId"], shown["skuPartNumber"])
    assert row.read["service_plans"] == [
        [plan["servicePlanId"], plan["servicePlanName"], plan["provisioningStatus"]] for plan in shown["servicePlans"]
    ]


def test_the_edition_that_decides_works_out_what_it_brings(tenant: Tenant) -> None:
    upload(tenant, file("31"))
    old, new = published(), both_ways()
    assert "DEFENDER_OFFICE365" not in granted(tenant, old)
    assert "DEFENDER_OFFICE365" in granted(tenant, new), "without another upload"
    assert situation(tenant, old).subscriptions[0].bought is None, "the older record keeps its form"
    assert situation(tenant, new).subscriptions[0].bought is not None


@pytest.mark.parametrize("number", ["02", "21", "33", "46", "48", "51"])
def test_many_customers_are_read_as_one(tenant: Tenant, number: str) -> None:
    upload(tenant, file(number))
    customer = tenant.customer
    many = load_many([customer.pk])
    for edition in (published(), both_ways()):
        quick = many.situation(customer.pk, customer.audience, Request(), NOW.date(), edition)
        slow = load_facts(customer).situation(Request(), NOW.date(), edition)
        assert [row.bought for row in quick.subscriptions] == [row.bought for row in quick.subscriptions]
        assert determine(edition, quick) == determine(edition, _nameless(slow))


def _nameless(found: Situation) -> Situation:
    """As a reading of many customers gives it: unknown products bear numbers."""
    from dataclasses import replace

    from benefits.services.situations import number_unmapped

    return replace(found, subscriptions=tuple(number_unmapped((row, False) for row in found.subscriptions)))


def test_a_product_outside_of_the_benefit_is_set_aside_by_the_edition_that_knows_it(tenant: Tenant) -> None:
    upload(tenant, file("33"))
    assert "POWER_BI_STANDARD" in load_facts(tenant.customer).unmapped(published())
    assert "POWER_BI_STANDARD" not in load_facts(tenant.customer).unmapped(both_ways())
    new = situation(tenant, both_ways())
    assert "OUTSIDE_SKU:POWER_BI_STANDARD" in {sub.plan for sub in new.subscriptions}
    why = {row.plan: row.why for row in determine(both_ways(), new).plans_held}
    assert why["OUTSIDE_SKU:POWER_BI_STANDARD"] == "Not covered by the Benefit: free."


def two_skus_of_one_plan() -> tuple[dict[str, Any], dict[str, Any]]:
    one = json.loads(file("31"))["value"][0]
    other = next(row for row in json.loads(file("48"))["value"] if "no_Teams" in row["skuPartNumber"])
    return one, other


def test_typed_seats_keep_what_was_read(tenant: Tenant) -> None:
    one, other = two_skus_of_one_plan()
    upload(tenant, json.dumps([one, other]).encode())
    assert {row.plan_code for row in tenant.subscriptions.current()} == {"M365_E3"}
    record_typed_plans(tenant, [Held("M365_E3", tenant.domain, "enabled", 650)], by=BY, now=NOW)
    rows = tenant.subscriptions.current()
    assert sorted(row.paid_seats or 0 for row in rows) == [300, 350]
    assert {row.read and row.read["sku_id"] for row in rows} == {one["skuId"], other["skuId"]}
    record_typed_plans(tenant, [Held("M365_E3", tenant.domain, "enabled", 100)], by=BY, now=NOW)
    assert tenant.subscriptions.current().get().paid_seats == 100


def test_seats_of_several_skus_are_one_figure_in_the_preview(tenant: Tenant) -> None:
    staged = stage_upload(tenant, BytesIO(json.dumps(two_skus_of_one_plan()).encode()), "products.json", by=BY, now=NOW)
    preview = preview_upload(staged, published())
    assert [(row.name, row.after) for row in preview.plans if row.after] == [("Microsoft 365 E3", "600")]


def test_the_preview_lists_no_product_twice_and_says_what_an_unknown_one_could_bring(tenant: Tenant) -> None:
    staged = stage_upload(tenant, BytesIO(file("33")), "products.json", by=BY, now=NOW)
    preview = preview_upload(staged, both_ways())
    aside = {name for name, _reason in preview.set_aside}
    assert ("POWER_BI_STANDARD", "Free") in preview.set_aside
    assert not [row.name for row in preview.plans if row.name.split(" (")[0] in aside]
    staged = stage_upload(tenant, BytesIO(file("51")), "products.json", by=BY, now=NOW)
    notes = {row.name: row.note for row in preview_upload(staged, both_ways()).plans}
    assert "Could include:" in notes["Microsoft_365_E5_(no_Teams) (not in the service description)"]


def test_rows_of_before_are_read_as_before(tenant: Tenant) -> None:
    words = {"tenant": tenant, "state": "enabled", "recorded_at": NOW, "author_party": "team"}
    Subscription.objects.create(plan_code="M365_E3", paid_seats=300, withheld={"TEAMS": "disabled"}, **words)
    Subscription.objects.create(part_number="OLD", paid_seats=5, service_plans={"intune_a": True}, **words)
    for edition in (published(), both_ways()):
        first, second = situation(tenant, edition).subscriptions
        assert (first.plan, first.withheld, first.bought) == ("M365_E3", (("TEAMS", "disabled"),), None)
        assert second.is_unmapped
        assert "TEAMS" not in granted(tenant, edition)


def test_an_excluded_product_keeps_its_seats_for_an_edition_that_counts_it(tenant: Tenant) -> None:
    upload(tenant, file("09"))
    row = tenant.subscriptions.current().get(plan_code="POWER_AUTOMATE_FREE")
    assert (row.paid_seats, row.unpaid_seats) == (None, 10000)
    [held] = [sub for sub in situation(tenant, published()).subscriptions if sub.plan == "POWER_AUTOMATE_FREE"]
    assert (held.paid_seats, held.unpaid_seats) == (None, 10000)


def test_the_name_of_a_strange_service_plan_stays_with_whoever_read_it(tenant: Tenant) -> None:
    one, _other = two_skus_of_one_plan()
    one["servicePlans"].append({"servicePlanId": "", "servicePlanName": "SECRET_PLAN", "provisioningStatus": "Success"})
    upload(tenant, json.dumps([one]).encode())
    facts = load_facts(tenant.customer)
    shown = str(facts.situation(Request(), NOW.date(), both_ways()).subscriptions[0].bought)
    assert "secret" not in shown
    assert "of another name" in shown


def test_typed_seats_settle_what_was_not_known(tenant: Tenant) -> None:
    one, other = two_skus_of_one_plan()
    one["prepaidUnits"] = None
    upload(tenant, json.dumps([one, other]).encode())
    record_typed_plans(tenant, [Held("M365_E3", tenant.domain, "enabled", 450)], by=BY, now=NOW)
    assert sum(row.paid_seats or 0 for row in tenant.subscriptions.current()) == 450
    assert not tenant.subscriptions.current().filter(paid_seats=None).exists()


def test_what_was_read_too_early_is_granted_and_said(tenant: Tenant) -> None:
    """Rows of before kept only what was withheld: what their plan gained since was never looked for."""
    upload(tenant, file("01"))
    tenant.subscriptions.current().update(read=None, withheld={"TEAMS": "disabled"})
    november = load_shipped_edition(NOVEMBER)
    found = determine(november, situation(tenant, november))
    assert "DEFENDER_OFFICE365" in {row.workload for row in found.findings}
    assert "TEAMS" not in {row.workload for row in found.findings}, "what was withheld stays so"
    [said] = [warning for warning in found.warnings if "Upload the export again" in warning]
    assert said.startswith("Microsoft 365 E3 in ")
    assert "before Microsoft Defender for Office 365 was listed for it. Upload" in said
    record = write_situation(situation(tenant, november))
    assert determine(november, read_written(record)) == found
    assert "gained" not in write_situation(situation(tenant, published()))["customer"]["subscriptions"][0]


def test_what_is_read_today_is_not_said_to_be_old(tenant: Tenant) -> None:
    upload(tenant, file("01"))
    november = load_shipped_edition(NOVEMBER)
    assert not any(
        "Upload the export again" in said for said in determine(november, situation(tenant, november)).warnings
    )
