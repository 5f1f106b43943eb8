"""Promises about the docs: what they name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
NAMED = re.compile(r"`(\w[\w./-]*\.(?:py|html|css|js|json))`")
OURS = (
    "accounts",
    "benchmarks",
    "benefits",
    "config",
    "lab",
    "launcher",
    "pages",
    "partners",
    "referrals",
    "tests",
    "docs",
)


def test_files_that_the_docs_name_are_there() -> None:
    """A path is whole; a name alone, beside the folder that the sentence is about, is that of some module of ours."""
    names = {path.name for folder in OURS for path in (ROOT / folder).rglob("*.*")}
    named = {(page.name, path) for page in PAGES for path in NAMED.findall(page.read_text())}
    assert len(named) > 60, "the pattern still finds what it looks for"
    assert not [pair for pair in sorted(named) if not ((ROOT / pair[1]).exists() or pair[1] in names)]


def test_where_is_asks_for_twenty_rules() -> None:
    rows = re.findall(r"^\| .*\? \|", (ROOT / "docs" / "where-is.md").read_text(), flags=re.MULTILINE)
    assert len(rows) == 20
