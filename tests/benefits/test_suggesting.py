"""Suggestions for a request's words: the right item is among the first three for most of a labelled sample."""

import datetime as dt
import json

import pytest

from benefits.services.editions import edition_in_force
from benefits.services.suggesting import suggest
from tests.conftest import DATA

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 22)
SAMPLE = json.loads((DATA / "requests.json").read_text())


def workloads_of(text: str, limit: int = 3) -> set[str]:
    edition_id, edition = edition_in_force(DAY)
    found = suggest(edition_id, text, DAY, limit=limit)
    items = {item.workload for row in found if row.kind == "scope_item" for item in edition.scope_items[row.code]}
    return items | {row.code for row in found if row.kind == "workload"}


def test_right_item_is_among_the_first_three_for_eight_of_ten() -> None:
    hits = [bool(workloads_of(row["text"]) & set(row["right"])) for row in SAMPLE]
    assert len(hits) >= 10
    assert sum(hits) >= 0.8 * len(hits), [row["text"] for row, hit in zip(SAMPLE, hits, strict=True) if not hit]


def test_former_and_misspelt_names_are_found() -> None:
    assert "VIVA_ENGAGE" in workloads_of("our Yammer network")
    assert "SHAREPOINT_ONLINE" in workloads_of("a Sharepiont Online intranet")


def test_retired_workloads_are_not_suggested_and_nothing_is_for_nothing() -> None:
    assert "VIVA_TOPICS" not in workloads_of("Viva Topics for our knowledge", limit=6)
    edition_id, _edition = edition_in_force(DAY)
    assert suggest(edition_id, "   ", DAY) == []
    assert suggest(edition_id, "\x00 ' OR 1=1; --", DAY) is not None
