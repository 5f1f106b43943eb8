"""The table of docs/security.md names tests that are there, and says of nothing that it is met for no reason."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/security.md").read_text()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(TABLE)


def test_every_requirement_stands_once_and_in_order() -> None:
    numbers = [tuple(map(int, number.split("."))) for number, *_rest in rows()]
    assert len(numbers) == len(set(numbers)) > 200
    assert numbers == sorted(numbers)
    assert len(numbers) == len([line for line in TABLE.splitlines() if re.match(r"\| \d", line)])


def test_the_first_lines_count_right() -> None:
    stands = Counter(row[3] for row in rows())
    assert stands.keys() == {"met", "part", "no", "does not apply"}
    met = f"Of {stands.total()} requirements {stands['met']} are met, {stands['part']} in part"
    assert f"{met}, {stands['no']} not, and {stands['does not apply']} do not apply." in TABLE


def test_each_test_that_is_named_is_there() -> None:
    missing = []
    for file, name in TEST.findall(TABLE):
        path = ROOT / file
        if not path.exists() or not re.search(rf"^\s*(?:async )?def {name}\(", path.read_text(), re.MULTILINE):
            missing.append(f"{file}::{name}")
    assert missing == []


def test_what_is_met_names_a_test_a_setting_or_a_module() -> None:
    named = re.compile(r"[A-Z]+_[A-Z_]+|[\w.]+/[\w./]*|\w*\.[a-z]{2,}|\w+_\w+|[Dd]ecision \d+|Gunicorn|allauth")
    assert [row[0] for row in rows() if row[3] == "met" and not row[5] and not named.search(row[4])] == []
