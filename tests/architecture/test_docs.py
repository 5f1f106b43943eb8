"""Promises about the docs: a path that they name is there, and written whole."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
OF_OURS = re.compile(
    r"`((?:accounts|benchmarks|benefits|config|docs|launcher|pages|partners|referrals|templates|tests)/[\w./-]+\.\w+)`"
)


def test_paths_that_the_docs_name_are_there() -> None:
    named = {(page.name, path) for page in PAGES for path in OF_OURS.findall(page.read_text())}
    assert len(named) > 20, "the pattern still finds what it looks for"
    assert not [(page, path) for page, path in sorted(named) if not (ROOT / path).exists()]


def test_where_is_asks_for_twenty_rules() -> None:
    rows = re.findall(r"^\| .*\? \|", (ROOT / "docs" / "where-is.md").read_text(), flags=re.MULTILINE)
    assert len(rows) == 20
