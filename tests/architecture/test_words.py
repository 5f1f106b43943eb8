"""What people read: US English in the field's standard terms, and nothing of the wording that was replaced."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "benefits", "config", "lab", "pages", "partners", "referrals")
FORMER = (ROOT / "tests/data/former_words.txt").read_text(encoding="utf-8").splitlines()
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
BLOCK = re.compile(r"\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
INLINE = re.compile(r'(?:\{% translate |_\()"([^"]*)"')
PLACEHOLDER = re.compile(r"\{\{.*?\}\}|%\(\w+\)[a-z]|<[^>]*>")
SPELLINGS = (
    r"e-mail\w*|programmes?|organisation\w*|licen[c]e[sd]?|cancell(?:ed|ing)|behaviour\w*|colours?|favour\w*",
    r"recognis\w*|authoris\w*|centre|catalogue[sd]?(?! error)|analys(?:e|ed|es)|whilst",
)
DIALECT = (
    r"mailed|by mail|the mail|a mail|next acts?|ticks?|ticked|chosen|taken? back|took back|stands? (?:in|under|there)",
    r"hand(?:ed|ing)? back|hand-over|put right|left out|nobody(?:’s)?|somebody|everybody|whoever|whom|so many|at most",
    r"any more|by itself|by themselves|begun|lapse[ds]?|in view|the floor|looked at|golden|come out|in force",
)
WRONG = re.compile(rf"\b(?:{'|'.join((*SPELLINGS, *DIALECT))})\b", re.IGNORECASE)
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for body in BLOCK.findall(text):
            yield from ((path.name, " ".join(part.split())) for part in body.split("{% plural %}"))
        yield from ((path.name, found) for found in INLINE.findall(text))


def of_modules() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                    texts = (one.value for one in node.args if isinstance(one, ast.Constant))
                    yield from ((path.name, text) for text in texts if isinstance(text, str))


MESSAGES = [*of_templates(), *of_modules()]


def is_prose(node: ast.AST) -> bool:
    """Is a string read by people? Statements for the database and what only tests see are not."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.search(r"[a-z]{3}", node.value))
        and " " in node.value
        and not re.search(r"\b(?:SELECT|UPDATE|WHERE|RECURSIVE)\b", node.value)
    )


def of_plain_strings() -> Iterator[tuple[str, str]]:
    """What services, commands and records say untranslated; docstrings are for the readers of the code."""
    for app in (*APPS, "launcher"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts or path.name == "engine_2.py":  # words that older records keep
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if id(node) not in alone and is_prose(node):
                    yield path.name, node.value  # type: ignore[attr-defined]


def test_messages_are_found() -> None:
    assert len(MESSAGES) > 1_800
    assert len(FORMER) > 700


def test_no_replaced_wording_is_back() -> None:
    former = set(FORMER)
    assert [(name, text) for name, text in MESSAGES if text in former] == []


def test_messages_are_us_english_in_standard_terms() -> None:
    found = [(name, text, WRONG.findall(PLACEHOLDER.sub(" ", text))) for name, text in MESSAGES]
    assert [row for row in found if row[2]] == []


def test_records_commands_and_logs_are_in_the_same_english() -> None:
    said = list(of_plain_strings())
    assert len(said) > 2_500
    assert [(name, text, found) for name, text in said if (found := WRONG.findall(PLACEHOLDER.sub(" ", text)))] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_docs_are_spelled_as_the_product_is(path: Path) -> None:
    codes_and_links = r"`[^`]*`|\]\([^)]*\)|\| cancelled \|"  # a state's code is older than the spelling
    text = re.sub(codes_and_links, " ", path.read_text(encoding="utf-8"))
    assert re.findall(rf"\b(?:{SPELLINGS[0]})\b", text, re.IGNORECASE) == []
