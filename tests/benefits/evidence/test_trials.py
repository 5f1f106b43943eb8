"""Trials: no list of products tells them; a second file, a person, or a name may."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benefits.domain.determination import determine
from benefits.domain.exports.products import Listing
from benefits.domain.exports.reading import read_listing
from benefits.domain.exports.sorting import sort_products
from benefits.domain.exports.trials import Bought, looks_like_trial, read_directory, settle_trials
from benefits.domain.json_input import InputError
from benefits.domain.situation import HeldProduct, Situation, Subscription, read_written, write_situation
from benefits.services.shipped import load_shipped_edition
from tests.benefits.domain.tiny import DAY
from tests.benefits.evidence.test_real_files import file_of
from tests.editions import NOVEMBER

EDITION = load_shipped_edition(NOVEMBER)
E5, E3 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "05e9a617-0261-4cee-bb44-138d3ef5d965"


def subscription(seats: int, *, trial: bool, status: str = "Enabled", **words: Any) -> dict[str, Any]:
    row = {"skuId": E5, "skuPartNumber": "SPE_E5", "isTrial": trial, "totalLicenses": seats, "status": status}
    return {**row, **words}


def directory(*rows: dict[str, Any]) -> str:
    return json.dumps({"value": rows})


def settled(*rows: dict[str, Any]) -> Listing:
    return settle_trials(read_listing(file_of("36").read_bytes()), read_directory(directory(*rows)))


def seats(listing: Listing) -> Sequence[tuple[int | None, bool | None]]:
    [product] = listing.products
    return [(row.number, row.is_trial) for row in product.seats()]


def test_a_directory_is_read_by_id_and_by_part_number() -> None:
    found = read_directory(directory(subscription(200, trial=True), subscription(25, trial=False)))
    assert found[E5] == found["spe_e5"] == Bought(200, 25)
    assert read_directory(file_of("14").read_bytes())[E3] == Bought(0, 300)


def test_powershells_keys_and_a_bare_list_are_read() -> None:
    row = {key[0].upper() + key[1:]: value for key, value in subscription(5, trial=True).items()}
    assert read_directory(json.dumps([row]))[E5] == Bought(5, 0)


def test_one_subscription_and_pages_put_together_are_read_and_each_counts_once() -> None:
    one, other = subscription(25, trial=True, id="a"), subscription(300, trial=False, id="b")
    assert read_directory(json.dumps(one))[E5] == Bought(25, 0)
    assert read_directory(json.dumps([{"value": [one]}, {"value": [other, one]}]))[E5] == Bought(25, 300)


def test_what_has_ended_is_no_trial_any_more() -> None:
    rows = subscription(200, trial=True, status="Suspended"), subscription(200, trial=False)
    assert read_directory(directory(*rows))[E5] == Bought(0, 200)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "lists no subscription"),
        (directory(), "lists no subscription"),
        ("{", "not JSON"),
        (file_of("01").read_text(), "has no isTrial or no totalLicenses"),
        (directory(subscription(5, trial=True) | {"totalLicenses": -1}), "totalLicenses"),
        (directory(subscription(5, trial=True) | {"isTrial": "maybe"}), "isTrial"),
        ("[3]", "must be a list of subscriptions"),
        (json.dumps({"value": [subscription(5, trial=True)], "@odata.nextLink": "x"}), "continues on another page"),
        ("3", "must be a list of subscriptions"),
    ],
)
def test_another_file_is_refused_naming_the_right_one(text: str, cause: str) -> None:
    with pytest.raises(InputError) as refused:
        read_directory(text)
    assert cause in str(refused.value)


def test_seats_are_split_into_trial_and_paid() -> None:
    assert seats(settled(subscription(200, trial=True))) == [(200, True)]
    assert seats(settled(subscription(25, trial=True), subscription(175, trial=False))) == [(25, True), (175, False)]
    assert seats(settled(subscription(200, trial=False))) == [(200, False)]
    assert seats(settled(subscription(5, trial=True, skuId=E3, skuPartNumber="SPE_E3"))) == [(200, None)]


def test_seats_of_a_trial_are_not_paid() -> None:
    [held] = sort_products(settled(subscription(25, trial=True), subscription(175, trial=False)), EDITION).subscriptions
    assert (held.plan, held.paid_seats) == ("M365_E5", 175)


@pytest.mark.parametrize(
    "name",
    ["SPE_E5_TRIAL", "Trials for Teams", "TrialLicense", "CCIBOTS_PRIVPREV_VIRAL", "Power Apps Trial", "DYN365_VTRIAL"],
)
def test_a_name_may_say_that_it_is_a_trial(name: str) -> None:
    assert looks_like_trial(name)


@pytest.mark.parametrize("name", ["SPE_E5", "INDUSTRIAL_1", "Microsoft 365 E5", "RETRIALS"])
def test_other_names_do_not(name: str) -> None:
    assert not looks_like_trial(name)


# --- the warning


def held(seats: int, *, is_settled: bool = False) -> Subscription:
    return Subscription("M365_E5", "T1", "enabled", seats, bought=HeldProduct(E5, "SPE_E5", None, is_settled))


def warnings(*subs: Subscription, **statuses: str) -> list[str]:
    enablement = {code: {"T1": status} for code, status in statuses.items()}
    found = determine(EDITION, Situation("commercial", DAY, subs, enablement=enablement))
    return [warning for warning in found.warnings if "trial" in warning]


def test_a_trial_that_would_change_the_outcome_is_warned_of() -> None:
    [said] = warnings(held(200), INTUNE="blocked")
    assert said.startswith("Product lists don’t show trials. If Microsoft 365 E5 in T1 is a trial, ")
    assert said.endswith("the result would be “not eligible”.")


@pytest.mark.parametrize(
    "subs",
    [
        (held(200, is_settled=True),),
        (Subscription("M365_E5", "T1", "enabled", 200),),
        (held(25), Subscription("M365_E3", "T1", "enabled", 300)),
    ],
    ids=["something says that it is paid", "typed", "the others decide"],
)
def test_nothing_is_warned_of_otherwise(subs: tuple[Subscription, ...]) -> None:
    assert warnings(*subs, INTUNE="blocked") == []


def test_the_record_keeps_that_a_trial_was_settled() -> None:
    one = Situation("commercial", DAY, (held(200, is_settled=True), held(5)))
    assert read_written(write_situation(one)) == one
    assert "is_settled" not in write_situation(one)["customer"]["subscriptions"][1]["product"]


# --- the command


def test_the_command_reads_both_files(tmp_path: Path) -> None:
    beside = tmp_path / "subscriptions.json"
    beside.write_text(directory(subscription(200, trial=True)))
    out = io.StringIO()
    call_command("read_export", str(file_of("36")), "--subscriptions", str(beside), "--json", stdout=out)
    [row] = json.loads(out.getvalue())["subscriptions"]
    assert (row["plan"], row["paid_seats"]) == ("M365_E5", 0)
    beside.write_text("[]")
    with pytest.raises(CommandError, match="lists no subscription") as caught:
        call_command("read_export", str(file_of("36")), "--subscriptions", str(beside))
    assert caught.value.returncode == 2
