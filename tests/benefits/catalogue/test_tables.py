"""The tables of a draft as CSV: exported, previewed, confirmed; a broken one says row, column and reason."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from benefits.models import Entitlement, Plan, ServiceDescription
from benefits.services.editions import export_edition
from tests.world import NOW, text

pytestmark = pytest.mark.django_db


def csv_of(client: Client, draft: ServiceDescription, table: str) -> str:
    answer = client.get(f"/service-description/editions/{draft.pk}/{table}.csv")
    assert answer.status_code == 200
    return str(answer.content.decode())


def dry_run(client: Client, model: str, draft: ServiceDescription, content: str) -> Any:
    upload = SimpleUploadedFile("table.csv", content.encode(), content_type="text/csv")
    data = {"import_file": upload, "format": "0", "resource": "0", "edition": draft.pk}
    return client.post(f"/admin/benefits/{model}/import/", data)


THRESHOLD_COLUMNS = "code,value,max_value,unit,note,effective_from,effective_to,sources,verified_on"
TABLES = {
    "plans": "plan",
    "workloads": "workload",
    "entitlements": "entitlement",
    "scope-items": "scopeitem",
    "thresholds": "threshold",
    "skus": "plansku",
    "families": "productfamily",
    "sources": "source",
    "service-plans": "serviceplan",
    "products": "outsideproduct",
}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_exported_and_read_back_without_a_change(
    client: Client, draft: ServiceDescription, table: str
) -> None:
    draft.serviceplans.create(service_plan_id="11111111-0000-4000-8000-000000000001", name="STORAGE", in_families=False)
    draft.outsideproducts.create(part_number="FREE", reason="free", sources=["SKU"])
    carried = {"sku_id": "22222222-0000-4000-8000-000000000001", "is_limited": True, "effective_from": NOW.date()}
    draft.plans.get(code="EXO_P1").entitlements.create(workload=draft.workloads.get(code="TEAMS"), **carried)
    before = export_edition(draft)
    answer = dry_run(client, TABLES[table], draft, csv_of(client, draft, table))
    assert answer.status_code == 200
    result = answer.context["result"]
    assert not result.has_errors(), [str(error.error) for _line, errors in result.row_errors() for error in errors][:3]
    assert not result.has_validation_errors(), result.invalid_rows[0].error_dict
    assert set(result.totals) >= {"skip"}
    assert result.totals["new"] + result.totals["update"] + result.totals["delete"] == 0
    assert export_edition(draft) == before


def test_table_is_previewed_then_confirmed(client: Client, admin: User, draft: ServiceDescription) -> None:
    rows = csv_of(client, draft, "plans").splitlines()
    changed = [row.replace(",Exchange Online Plan 1,", ",Exchange Online (Plan 1),") for row in rows]
    assert changed != rows
    answer = dry_run(client, "plan", draft, "\n".join(changed))
    assert "Exchange Online Plan 1 → Exchange Online (Plan 1)" in text(answer)
    assert draft.plans.get(code="EXO_P1").name == "Exchange Online Plan 1", "a dry run changes nothing"
    confirm = answer.context["confirm_form"].initial
    done = client.post("/admin/benefits/plan/process_import/", confirm, follow=True)
    assert "1 updated" in text(done)
    draft.refresh_from_db()
    assert draft.plans.get(code="EXO_P1").name == "Exchange Online (Plan 1)"
    assert draft.prepared_by == admin


@pytest.mark.parametrize(
    ("wrong", "messages"),
    [
        (("entitlements", "plan,workload,is_limited\nNO_SUCH,TEAMS,no\n"), ("Line number", "1", "plan", "NO_SUCH")),
        (("entitlements", "plan,workload,is_limited\nEXO_P1,TEAMS,perhaps\n"), ("is_limited", "perhaps")),
        (("entitlements", "plan,workload\nEXO_P1,TEAMS\n"), ("column is_limited is missing",)),
        (("entitlements", "plan,workload,is_limited,more\nEXO_P1,TEAMS,no,x\n"), ("column more is unknown",)),
        (
            (
                "thresholds",
                "code,value,max_value,unit,note,effective_from,effective_to,sources,verified_on\nX,-1,,,,,,,\n",
            ),
            ("value", "greater than or equal to 0"),
        ),
    ],
)
def test_broken_table_says_row_column_and_reason_and_changes_nothing(
    client: Client, draft: ServiceDescription, wrong: tuple[str, str], messages: tuple[str, ...]
) -> None:
    before = export_edition(draft)
    table, content = wrong
    answer = dry_run(client, TABLES[table], draft, content)
    assert "confirm_form" not in answer.context
    for message in messages:
        assert message in text(answer)
    assert export_edition(draft) == before


def plan_row(client: Client, draft: ServiceDescription, **cells: str) -> str:
    """The table of plans with one row, in which some cells are other ones."""
    heads, *rows = csv.reader(io.StringIO(csv_of(client, draft, "plans")))
    row = dict(zip(heads, next(row for row in rows if row[0] == "M365_BUSINESS_PREMIUM"), strict=True)) | cells
    out = io.StringIO()
    csv.writer(out).writerows([heads, [row[head] for head in heads]])
    return out.getvalue()


@pytest.mark.parametrize(
    ("cells", "field", "meant"),
    [
        ({"max_seats": "1.500"}, "max_seats", 1500),
        ({"max_seats": "1,500"}, "max_seats", 1500),
        ({"max_seats": "1\u00a0500"}, "max_seats", 1500),
        ({"max_seats": "٣٠٠"}, "max_seats", 300),
        ({"max_seats": "300.0"}, "max_seats", 300),
        ({"verified_on": "29.11.2026"}, "verified_on", dt.date(2026, 11, 29)),
        ({"verified_on": "11/29/2026"}, "verified_on", dt.date(2026, 11, 29)),
        ({"verified_on": "2026-11-29 00:00:00"}, "verified_on", dt.date(2026, 11, 29)),
    ],
)
def test_numbers_and_days_are_read_as_meant(
    client: Client, draft: ServiceDescription, cells: dict[str, str], field: str, meant: object
) -> None:
    answer = dry_run(client, TABLES["plans"], draft, plan_row(client, draft, **cells))
    confirm = answer.context["confirm_form"].initial
    client.post("/admin/benefits/plan/process_import/", confirm)
    assert getattr(draft.plans.get(code="M365_BUSINESS_PREMIUM"), field) == meant


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"max_seats": "1.5"}, "“1.5” isn’t a whole number"),
        ({"max_seats": "1,50"}, "“1,50” isn’t a whole number"),
        ({"max_seats": "50 %"}, "“50 %” isn’t a whole number"),
        ({"verified_on": "3/4/2026"}, "“3/4/2026” isn’t a clear date"),
        ({"verified_on": "46000"}, "“46000” isn’t a clear date"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_beside_its_cell(
    client: Client, draft: ServiceDescription, cells: dict[str, str], said: str
) -> None:
    before = export_edition(draft)
    answer = dry_run(client, TABLES["plans"], draft, plan_row(client, draft, **cells))
    assert "confirm_form" not in answer.context
    assert said in text(answer)
    assert export_edition(draft) == before


def test_table_takes_rows_out_and_neutralises_formulas(client: Client, draft: ServiceDescription) -> None:
    Plan.objects.filter(pk=draft.plans.get(code="EXO_P1").pk).update(notes="=1+1")
    assert "'=1+1" in csv_of(client, draft, "plans")
    answer = dry_run(client, "plan", draft, csv_of(client, draft, "plans"))
    assert answer.context["result"].totals["update"] == 0, "the mark is taken off again"
    number = draft.plans.get(code="EXO_P1").entitlements.count()
    content = "plan,workload,is_limited,delete\nEXO_P1,EXCHANGE_ONLINE,no,yes\n"
    confirm = dry_run(client, "entitlement", draft, content).context["confirm_form"].initial
    client.post("/admin/benefits/entitlement/process_import/", confirm)
    assert draft.plans.get(code="EXO_P1").entitlements.count() == number - 1


def test_table_confirmed_twice_says_so(client: Client, draft: ServiceDescription) -> None:
    content = "plan,workload,is_limited\nEXO_P1,TEAMS,no\n"
    confirm = dry_run(client, "entitlement", draft, content).context["confirm_form"].initial
    address = "/admin/benefits/entitlement/process_import/"
    client.post(address, confirm)
    assert "Import already confirmed or expired. Check the list, or upload the file again" in text(
        client.post(address, confirm, follow=True)
    )


def test_row_of_another_edition_and_repeated_rows_are_refused(client: Client, draft: ServiceDescription) -> None:
    twice = "plan,workload,is_limited\nEXO_P1,TEAMS,no\nEXO_P1,TEAMS,no\n"
    assert "duplicate row 1" in text(dry_run(client, "entitlement", draft, twice))
    foreign = ServiceDescription.objects.get(state="published").workloads.get(code="TEAMS")
    with pytest.raises(ValidationError, match="belongs to Edition"):
        Entitlement(plan=draft.plans.get(code="EXO_P1"), workload=foreign).full_clean()


def test_code_that_no_address_can_hold_is_refused(client: Client, draft: ServiceDescription) -> None:
    rows = csv_of(client, draft, "plans").splitlines()
    answer = dry_run(client, "plan", draft, "\n".join([rows[0], rows[1].replace(rows[1].split(",")[0], "a b/c", 1)]))
    assert "Use letters, digits, - and _ only." in text(answer)


def test_tables_go_into_drafts_only(client: Client) -> None:
    published = ServiceDescription.objects.get()
    answer = dry_run(client, "plan", published, csv_of(client, published, "plans"))
    assert "Select a valid choice" in text(answer)
