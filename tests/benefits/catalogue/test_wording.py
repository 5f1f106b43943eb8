"""Records say what they said: sentences of an earlier engine are written again to the byte."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.situation import read_written
from benefits.domain.wording import ENGINE_VERSION, TODAY, WORDS, Words
from benefits.domain.wording.engine_2 import WordsOfEngine2
from benefits.services.determining import digest
from benefits.services.shipped import load_shipped_edition
from tests.editions import AUGUST, NOVEMBER

# Facts with the hash of the result that the code of 30 November 2026 gave, before its sentences were changed.
FILE = Path(__file__).resolve().parents[2] / "data/records_of_engine_2.json.gz"
RECORDS: list[dict[str, Any]] = json.loads(gzip.decompress(FILE.read_bytes()))
EDITIONS = {name: load_shipped_edition(name) for name in (AUGUST, NOVEMBER)}


def edition_of(record: dict[str, Any]) -> Edition:
    edition = EDITIONS[record["edition"]]
    return replace(edition, settings=replace(edition.settings, **record["settings"]))


def decided(record: dict[str, Any], words: Words) -> Determination:
    return determine(edition_of(record), read_written(record["facts"]), words)


@pytest.mark.parametrize("record", RECORDS, ids=lambda row: row["result_hash"][:8])
def test_a_record_of_engine_2_is_written_again_to_the_byte(record: dict[str, Any]) -> None:
    assert digest(decided(record, WORDS[2]).as_record()) == record["result_hash"]


def test_words_decide_nothing() -> None:
    for record in RECORDS:
        old, new = decided(record, WORDS[2]), decided(record, TODAY)
        assert old.verdict == new.verdict
        assert old.as_record() != new.as_record(), "but for its words"


class Spied(WordsOfEngine2):
    """Notes which sentences are asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name != "asked":
            self.asked.add(name)
        return super().__getattribute__(name)


def test_the_records_use_every_sentence_that_was_changed() -> None:
    spied = Spied()
    for record in RECORDS:
        decided(record, spied)
    changed = {name for name in vars(WordsOfEngine2) if not name.startswith("_")}
    assert changed - spied.asked == set()


def test_new_records_are_written_in_todays_words() -> None:
    assert WORDS[ENGINE_VERSION] is TODAY
    assert max(WORDS) == ENGINE_VERSION
