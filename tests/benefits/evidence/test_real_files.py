"""Lists of products in the forms that people have: each read, or refused with what it is and how to get the right one.

The files are our own, in forms that public documentation, tools and threads show; no real tenant stands in them.
"""

import json
import re
from pathlib import Path

import pytest

from benefits.domain.exports.reading import read_export
from benefits.domain.exports.sorting import Export
from benefits.domain.json_input import InputError
from benefits.services.shipped import load_shipped_edition
from tests.conftest import DATA
from tests.editions import AUGUST

EDITION = load_shipped_edition(AUGUST)
FILES = DATA / "real_files"
E3 = [("M365_E3", "enabled", 300)]


def file_of(number: str) -> Path:
    [path] = FILES.glob(f"{number}-*")
    return path


def read(number: str) -> Export:
    return read_export(file_of(number).read_bytes(), EDITION)


def held(export: Export) -> list[tuple[str, str, int | None]]:
    return [(row.plan, row.state, row.paid_seats) for row in export.subscriptions]


@pytest.mark.parametrize(
    ("number", "shape"),
    [
        ("01", "answer"),
        ("02", "list"),
        ("04", "one_product"),
        ("06", "answer"),
        ("07", "one_product"),
        ("09", "msonline"),
        ("11", "admin_center_licenses"),
        ("12", "admin_center_products"),
        ("16", "answer"),
        ("18", "answer"),
        ("42", "answer"),
        ("44", "answer"),
        ("45", "answer"),
        ("49", "answer"),
    ],
)
def test_every_form_gives_the_same_seats(number: str, shape: str) -> None:
    export = read(number)
    assert (held(export), export.shape, export.unknown) == (E3, shape, ())


def test_powershell_gives_what_graph_gives() -> None:
    assert held(read("03")) == [*E3, ("EMS_E3", "enabled", 300)]
    assert read("04").subscriptions == read("07").subscriptions


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16-le", "utf-16-be", "utf-16"])
def test_every_encoding_that_windows_writes_is_read(mark: str) -> None:
    text = file_of("04").read_text()
    raw = ("\ufeff" + text).encode(mark) if mark in ("utf-16-le", "utf-16-be") else text.encode(mark)
    assert held(read_export(raw, EDITION)) == E3


def test_pages_put_together_are_one_list() -> None:
    one, other = (json.loads(file_of(number).read_text()) for number in ("16", "50"))
    expected = [*E3, ("ENTRA_ID_P1", "enabled", 300)]
    assert held(read_export(json.dumps([one, other]), EDITION)) == expected
    assert held(read_export(f"{json.dumps(one)}\n{json.dumps(other)}\n", EDITION)) == expected
    more = read_export(json.dumps([one, other | {"@odata.nextLink": "https://graph.example/next"}]), EDITION)
    assert more.is_partial


def test_a_list_without_service_plans_withholds_nothing() -> None:
    for number in ("09", "11", "12", "16"):
        assert not read(number).subscriptions[0].withheld


def test_service_plans_cut_off_by_powershell_are_not_known_and_said() -> None:
    row = json.loads(file_of("04").read_text())
    row["ServicePlans"] = ["Microsoft.Graph.PowerShell.Models.MicrosoftGraphServicePlanInfo"]
    export = read_export(json.dumps(row), EDITION)
    assert (held(export), export.subscriptions[0].withheld) == (E3, ())
    assert "-Depth 5 keeps them" in export.warnings[0]


def test_units_that_powershell_wrote_as_text_are_read() -> None:
    row = json.loads(file_of("04").read_text())
    row["PrepaidUnits"] = "@{Enabled=300; LockedOut=0; Suspended=0; Warning=2}"
    assert held(read_export(json.dumps(row), EDITION)) == [*E3, ("M365_E3", "warning", 2)]


def test_the_old_modules_csv_is_read() -> None:
    lines = ("#TYPE Microsoft.Online.Administration.AccountSkuDetails", '"AccountSkuId","ActiveUnits","WarningUnits"')
    text = "\n".join((*lines, '"contoso:SPE_E3","300","5"', ""))
    assert held(read_export(text, EDITION)) == [*E3, ("M365_E3", "warning", 5)]


def test_the_admin_centers_products_keep_their_states() -> None:
    text = file_of("12").read_text().replace("Active", "Expired")
    assert held(read_export(text, EDITION)) == [("M365_E3", "warning", 300)]
    text = file_of("12").read_text().replace("Active", "Aktiv")
    assert held(read_export(text, EDITION)) == [("M365_E3", "enabled", None)], "a word that is not known"
    text = file_of("11").read_text().replace("300,0,290", "300,20,290")
    assert held(read_export(text, EDITION)) == [("M365_E3", "enabled", None)], "how many still count is not said"


def test_a_name_of_two_products_is_unknown() -> None:
    text = file_of("11").read_text().replace("Microsoft 365 E3", "Some Product")
    assert [row.part_number for row in read_export(text, EDITION).unknown] == ["Some Product"]


@pytest.mark.parametrize(
    ("number", "what", "how"),
    [
        ("08", "a CSV of Get-MgSubscribedSku, in which the seats are replaced", "ConvertTo-Json -Depth 5"),
        ("13", "a license report of a multi-tenant tool", "subscribedSkus"),
        ("14", "Graph’s directory/subscriptions", "subscribedSkus"),
        ("15", "one person’s licenses", "subscribedSkus"),
        ("52", "a list of products without their seats", "m365 entra license list --output json"),
        ("u01", "a usage report", "subscribedSkus"),
    ],
)
def test_what_can_never_be_enough_is_named_with_the_way_to_the_right_one(number: str, what: str, how: str) -> None:
    with pytest.raises(InputError) as refused:
        read(number)
    said = str(refused.value)
    assert f"this is {what}" in said
    assert how in said.partition("Wanted: ")[2]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"reportRefreshDate": "2026-11-20", "userPrincipalName": "a@x.example"}, "a usage report"),
        ({"userPrincipalName": "a@x.example", "assignedLicenses": []}, "a list of people"),
        ({"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "disabledPlans": []}, "one person’s licenses"),
        ({"name": "x", "size": 3}, "JSON of another kind, whose first row has name, size"),
    ],
)
def test_json_of_another_kind_is_named(row: dict[str, object], what: str) -> None:
    for data in ({"value": [row]}, [row]):
        with pytest.raises(InputError, match=f"this is {what}"):
            read_export(json.dumps(data), EDITION)


def test_seats_lost_in_a_type_name_name_the_command_that_keeps_them() -> None:
    row = json.loads(file_of("04").read_text())
    row["PrepaidUnits"] = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphLicenseUnitsDetail"
    with pytest.raises(InputError, match=r"replaced by the name of a type.*ConvertTo-Json -Depth 5"):
        read_export(json.dumps(row), EDITION)


def test_states_follow_the_capability_status() -> None:
    assert held(read("19")) == [("M365_E3", "deleted", 300)]
    assert held(read("23")) == [("M365_E3", "lockedOut", 300)]
    assert held(read("20")) == [("M365_E3", "enabled", None)]
    assert held(read("21")) == [("M365_E3", state, 300) for state in ("enabled", "warning", "suspended")]
    assert held(read("22")) == [("O365_E3", "warning", 1100)]
    assert all(read(number).warnings for number in ("19", "20"))


def test_empty_units_leave_one_row_unknown_and_the_others_read() -> None:
    assert held(read("17")) == [("M365_E3", "enabled", None)]
    rows = [*json.loads(file_of("17").read_text())["value"], *json.loads(file_of("50").read_text())["value"]]
    export = read_export(json.dumps({"value": rows}), EDITION)
    assert held(export) == [("M365_E3", "enabled", None), ("ENTRA_ID_P1", "enabled", 300)]
    assert "its state and seats are not known" in export.warnings[0]


def test_equal_rows_count_once_and_others_are_between_the_two() -> None:
    [row] = json.loads(file_of("16").read_text())["value"]
    twice = read_export(json.dumps({"value": [row, row]}), EDITION)
    assert (held(twice), len(twice.warnings)) == (E3, 1)
    other = row | {"prepaidUnits": {"enabled": 500}}
    export = read_export(json.dumps({"value": [row, other]}), EDITION)
    assert held(export) == [("M365_E3", "enabled", None)]
    assert "with 300 enabled and 500 enabled: seats not known" in export.warnings[0]


def test_products_of_two_tenants_are_refused() -> None:
    [row] = json.loads(file_of("07").read_text()).items() and [json.loads(file_of("07").read_text())]
    with pytest.raises(InputError, match="holds the products of 2 tenants"):
        read_export(json.dumps([row, row | {"accountId": "99999999-1111-4111-8111-111111111111"}]), EDITION)


@pytest.mark.parametrize("units", [-300, 2.5, 2**31, "many"])
def test_impossible_units_are_refused_with_their_place(units: object) -> None:
    body = json.loads(file_of("35").read_text())
    assert body["value"][0]["prepaidUnits"]["enabled"] < 0
    body["value"][0]["prepaidUnits"]["enabled"] = units
    text = json.dumps(body, indent=1)
    with pytest.raises(InputError) as refused:
        read_export(text, EDITION)
    assert refused.value.place == "value[0].prepaidUnits.enabled"
    assert refused.value.line


def test_a_sku_id_and_a_part_number_of_two_products_go_by_the_id_and_say_so() -> None:
    row = {"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "skuPartNumber": "SPE_E5", "prepaidUnits": {"enabled": 300}}
    export = read_export(json.dumps([row]), EDITION)
    assert held(export) == E3
    assert export.warnings == ("SPE_E5 is a part number of Microsoft 365 E5, but its SKU id says Microsoft 365 E3",)


def test_a_name_written_with_tabs_is_the_same_service_plan() -> None:
    assert read("28").subscriptions[0].withheld == ()


def test_all_service_plans_off_withhold_all_that_have_one() -> None:
    withheld = dict(read("46").subscriptions[0].withheld)
    assert {withheld[code] for code in ("EXCHANGE_ONLINE", "INTUNE", "TEAMS")} == {"disabled"}
    assert read("53").subscriptions[0].withheld == ()


def test_a_company_wide_product_is_set_aside() -> None:
    assert [(row.part_number, row.reason) for row in read("34").set_aside] == [("SPE_E3", "company_wide")]


def read_or_say(path: Path) -> str:
    """What a file is, or why it is refused."""
    try:
        return f"read: {read_export(path.read_bytes(), EDITION).shape}"
    except InputError as refused:
        return str(refused)


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_every_file_is_read_or_refused_in_words(path: Path) -> None:
    """Read in a shape that has a name, refused with what it is, or with the line of what is wrong in it."""
    assert re.match(r"read: [a-z_]+|this is .+ Wanted: .+|line \d+, .+", read_or_say(path))
