"""Further forms of lists of products: read with the right seats and states, or refused in words."""

import json

import pytest

from benefits.domain.exports.reading import read_export
from benefits.domain.json_input import InputError
from tests.benefits.evidence.test_real_files import E3, EDITION, held

ROW = {"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "skuPartNumber": "SPE_E3"}
LICENSES = "Product Title,Total Licenses,Expired Licenses,Assigned Licenses,Status Message\nMicrosoft 365 E3,{},0,290,"


def units(**counts: object) -> str:
    return json.dumps([{**ROW, "prepaidUnits": counts}])


@pytest.mark.parametrize(
    "text",
    [
        "SkuId,SkuPartNumber,ConsumedUnits,Enabled,LockedOut,Suspended,Warning\n,SPE_E3,290,300,0,0,0",
        'skuPartNumber,prepaidUnits\nSPE_E3,"@{enabled=300; suspended=0; warning=0; lockedOut=0}"',
        "SkuPartNumber,ActiveUnits,WarningUnits,ConsumedUnits\nSPE_E3,300,0,290",
        json.dumps([{**ROW, "ConsumedUnits": 290, "Enabled": 300, "Suspended": 0}]),
        json.dumps({"value": {**ROW, "prepaidUnits": {"enabled": 300}}}),
        "sep=;\n" + LICENSES.replace(",", ";").format("300"),
        LICENSES.format('"300.0"'),
        "\ufeff\ufeff" + json.dumps([{**ROW, "prepaidUnits": {"enabled": 300}}]),
    ],
)
def test_further_forms_are_read(text: str) -> None:
    assert held(read_export(text.encode(), EDITION)) == E3


@pytest.mark.parametrize(
    "text",
    [
        units(enabled=None, suspended=None),
        units(),
        units(AdditionalProperties={}),
        json.dumps([{**ROW, "prepaidUnits": "@{}"}]),
        "AccountSkuId,ActiveUnits,WarningUnits\ncontoso:SPE_E3,,0",
        LICENSES.format("Unlimited"),
    ],
)
def test_units_that_are_not_given_are_not_zero(text: str) -> None:
    assert held(read_export(text, EDITION)) == [("M365_E3", "enabled", None)]


@pytest.mark.parametrize("number", ["300,00", "300,0", "1,2", "1.500", "-3", "9" * 5000, "٣٠"])
def test_a_number_that_may_be_another_is_refused_beside_its_column(number: str) -> None:
    with pytest.raises(InputError, match="is not a number of seats") as refused:
        read_export(LICENSES.format(f'"{number}"'), EDITION)
    assert refused.value.place == "column “total licenses”"


def test_purchases_of_one_product_are_summed_by_state() -> None:
    head = "Product name,Purchased quantity,Subscription status"
    lines = (head, "Microsoft 365 E3,100,Active", "Microsoft 365 E3,100,Active", "Microsoft 365 E3,300,Deleted")
    assert held(read_export("\n".join(lines), EDITION)) == [("M365_E3", "enabled", 200), ("M365_E3", "deleted", 300)]


@pytest.mark.parametrize("key", ["capabilityStatus", "CapabilityStatus", "CAPABILITYSTATUS"])
def test_a_status_counts_whatever_its_case_and_blanks(key: str) -> None:
    text = json.dumps([{**ROW, "prepaidUnits": {"enabled": 300}, key: " locked Out"}])
    assert held(read_export(text, EDITION)) == [("M365_E3", "lockedOut", 300)]
    text = json.dumps([{**ROW, "prepaidUnits": None, key: "Deleted"}])
    assert held(read_export(text, EDITION)) == [("M365_E3", "deleted", None)]


def test_service_plans_in_a_wrapper_are_read() -> None:
    plans = {"value": [{"servicePlanName": "TEAMS1", "provisioningStatus": "Success"}], "Count": 1}
    [row] = read_export(
        json.dumps([{**ROW, "prepaidUnits": {"enabled": 3}, "servicePlans": plans}]), EDITION
    ).subscriptions
    assert "TEAMS" not in dict(row.withheld)
    assert dict(row.withheld)["INTUNE"] == "missing"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"PK\x03\x04\x14\x00", "this is an Excel workbook"),
        ("Läuft ab".encode("cp1252"), "save it as UTF-8"),
        (
            b'{"error": {"code": "Authorization_RequestDenied"}}',
            "an error of Graph’s \\(Authorization_RequestDenied\\)",
        ),
        (b'{"value": ["@{skuPartNumber=SPE_E3; prepaidUnits=}"]}', "cut off below ConvertTo-Json"),
        (b"Id  SkuPartNumber\n--  -------------\nx   SPE_E3", "a list of products without their seats"),
        (b"A" * 200_000, "not a table that can be read"),
        (b"skuPartNumber,activeUnits\nA\x00B,3", "a NUL character"),
        (b'[{"skuPartNumber": "A\\u0000", "prepaidUnits": {}}]', "a NUL character"),
        (json.dumps([{"skuPartNumber": "X" * 300, "prepaidUnits": {}}]).encode(), "more than 120 characters"),
        (b"[] " * 1_000, "holds more than 100 documents"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(raw: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_export(raw, EDITION)
