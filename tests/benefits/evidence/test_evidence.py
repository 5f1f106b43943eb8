"""subscribedSkus exports: the samples, the traps, and what is refused."""

import copy
import json
from typing import Any

import pytest

from benefits.domain.exports.reading import read_export
from benefits.domain.json_input import InputError
from benefits.services.shipped import load_shipped_edition
from tests.editions import AUGUST

EDITION = load_shipped_edition(AUGUST)


def product(part: str, sku_id: str = "", **changes: Any) -> dict[str, Any]:
    units = {"enabled": 10, "suspended": 0, "warning": 0, "lockedOut": 0} | changes.pop("units", {})
    return {"skuPartNumber": part, "skuId": sku_id, "appliesTo": "User", "prepaidUnits": units} | changes


def plain(text: str) -> dict[str, Any]:
    """What a file says, without why and what it is."""
    data = read_export(text, EDITION).as_data()
    wanted = {
        "subscriptions": ("plan", "state", "paid_seats"),
        "set_aside": ("part_number", "reason"),
        "unknown": ("part_number", "sku_id", "units"),
    }
    return {key: [{name: row[name] for name in names} for row in data[key]] for key, names in wanted.items()}


def read(*products: dict[str, Any]) -> dict[str, Any]:
    return plain(json.dumps({"value": products}))


@pytest.mark.parametrize("name", ["contoso_m365_e5", "fabrikam_ems_e3_o365_e3_viva", "tailspin_below_150"])
def test_read_export_sample_gives_exactly_its_expected(name: str, samples: dict[str, Any]) -> None:
    assert plain(json.dumps(samples[name]["body"])) == samples[name]["expected"]


def test_sku_id_wins_over_part_number() -> None:
    found = read(product("SPE_E5", "05e9a617-0261-4cee-bb44-138d3ef5d965"))
    assert [row["plan"] for row in found["subscriptions"]] == ["M365_E3"]


def test_part_number_matches_without_case_and_odd_blanks() -> None:
    found = read(product("microsoft_365_\u00a0business_ Premium_(no  Teams)", "11111111-0000-0000-0000-000000000000"))
    assert [row["plan"] for row in found["subscriptions"]] == ["M365_BUSINESS_PREMIUM"]


def test_trap_spe_f1_is_microsoft_365_f3() -> None:
    assert read(product("SPE_F1"))["subscriptions"][0]["plan"] == "M365_F3"


def test_skus_of_one_plan_are_summed_by_state() -> None:
    found = read(product("SPE_E3"), product("Microsoft_365_E3", units={"enabled": 5, "suspended": 2}))
    assert found["subscriptions"] == [
        {"plan": "M365_E3", "state": "enabled", "paid_seats": 15},
        {"plan": "M365_E3", "state": "suspended", "paid_seats": 2},
    ]


def test_unknown_products_are_listed_and_never_guessed() -> None:
    found = read(product("BRAND_NEW", "11111111-0000-0000-0000-000000000000", units={"enabled": 7, "warning": 1}))
    assert found["subscriptions"] == []
    assert found["unknown"] == [
        {"part_number": "BRAND_NEW", "sku_id": "11111111-0000-0000-0000-000000000000", "units": 8}
    ]


def test_company_wide_products_are_set_aside_first() -> None:
    found = read(product("SPE_E5", appliesTo="Company"))
    assert found == {
        "subscriptions": [],
        "set_aside": [{"part_number": "SPE_E5", "reason": "company_wide"}],
        "unknown": [],
    }


BROKEN: list[tuple[str, str]] = [
    ("{", "not JSON"),
    ("[]", "this is an empty list"),
    ("7", "no list of products that is known here"),
    ('{"value": {}}', "must be a list"),
    ('{"value": [1]}', "must be an object"),
    ('{"value": [{"skuPartNumber": "X"}]}', "without their seats, prepaidUnits is missing"),
    ('{"value": [{"skuPartNumber": "X", "prepaidUnits": {}}, {"skuPartNumber": "Y"}]}', "prepaidUnits: is missing"),
    ('{"value": [{"skuPartNumber": "X", "SkuPartNumber": "X", "prepaidUnits": {}, "prepaidUnits ": 1}', "not JSON"),
    ('{"value": [{"SkuPartNumber": "X", "SKUPARTNUMBER": "X", "PrepaidUnits": {}}]}', "a key stands twice"),
    ('{"value": [{"skuPartNumber": "X", "prepaidUnits": {"enabled": "many"}}]}', "must be a whole number"),
    ('{"value": [{"skuPartNumber": "X", "prepaidUnits": {"enabled": -1}}]}', "must be between 0"),
    ('{"value": [{"skuPartNumber": "X", "prepaidUnits": {"enabled": true}}]}', "must be a whole number"),
    ('{"value": [{"skuPartNumber": "X", "prepaidUnits": {"enabled": NaN}}]}', "NaN is not a JSON number"),
    ('{"value": [], "value": []}', "stands twice"),
    ("[" * 100_000, "nested deeper than 32"),
    ('{"value": "' + "x" * 8_400_000 + '"}', "the maximum is 8,388,608"),
]


@pytest.mark.parametrize(("text", "cause"), BROKEN, ids=[cause for _text, cause in BROKEN])
def test_read_export_broken_file_is_refused_with_its_cause(text: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        read_export(text, EDITION)


def test_error_names_line_and_place(samples: dict[str, Any]) -> None:
    body = copy.deepcopy(samples["contoso_m365_e5"]["body"])
    body["value"][2]["prepaidUnits"]["enabled"] = "many"
    text = json.dumps(body, indent=1)
    with pytest.raises(InputError) as caught:
        read_export(text, EDITION)
    assert caught.value.place == "value[2].prepaidUnits.enabled"
    assert '"enabled": "many"' in text.splitlines()[(caught.value.line or 0) - 1]


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(InputError, match="not UTF-8"):
        read_export(b'{"value": "\xff"}', EDITION)


def test_unclosed_string_of_escapes_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="not JSON"):
        read_export('{"value":"' + '\\"' * 500_000, EDITION)


def test_half_a_surrogate_pair_is_refused_and_errors_can_be_printed() -> None:
    with pytest.raises(InputError, match="surrogate"):
        read_export('{"value": [{"skuPartNumber": "A\\ud800", "prepaidUnits": {}}]}', EDITION)
    with pytest.raises(InputError) as caught:
        read_export('{"\\ud800\\n": 1, "\\ud800\\n": 2}', EDITION)
    assert str(caught.value).encode()
    assert "\n" not in str(caught.value)


def test_sum_over_the_limit_is_refused() -> None:
    most = {"enabled": 2**31 - 1}
    with pytest.raises(InputError, match="in sum"):
        read(product("SPE_E3", units=most), product("Microsoft_365_E3", units=most))


def test_row_with_a_sku_id_alone_is_matched() -> None:
    units = {"enabled": 3}
    found = read({"skuId": "05E9A617-0261-4CEE-BB44-138D3EF5D965", "prepaidUnits": units})
    assert found["subscriptions"] == [{"plan": "M365_E3", "state": "enabled", "paid_seats": 3}]
    with pytest.raises(InputError, match="is missing, and so is skuId"):
        read({"prepaidUnits": units})
