"""Promises about the whole code base."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from celery import current_app

import lab.tasks  # noqa: F401 (a worker finds them by itself)
from referrals.sweeping.due import DUE

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "benchmarks", "benefits", "config", "lab", "launcher", "pages", "partners", "referrals", "tests")
NAMELESS = {"utils", "helpers", "common", "core", "misc", "lib"}
LONGEST_MODULE, LONGEST_FUNCTION, DEEPEST, MOST_MODULES = 300, 40, 3, 16
LONGEST_LINE = 160  # of templates and static files; ruff looks at Python
CROWDED = (
    "benefits/domain",  # one determination, each part of it in a module of its own
    "referrals/models",  # a table a module
)
FILES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and "__pycache__" not in path.parts
]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_module_is_short_and_so_are_its_functions(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_modules_lie_where_their_name_says() -> None:
    for path in FILES:
        folders = path.relative_to(ROOT).parts[:-1]
        assert len(folders) <= DEEPEST, named(path)
        assert path.stem not in NAMELESS, named(path)


def test_domain_imports_neither_the_framework_nor_the_clock() -> None:
    for path in FILES:
        if path.parent.name != "domain" or path.is_relative_to(ROOT / "tests"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] in ("django", "celery", "random", "time") for name in names), named(path)
            clock = isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
            assert not clock, named(path)


def test_migrations_import_no_living_code() -> None:
    """A rename never breaks history: a migration keeps its own words and first rows."""
    for path in ROOT.glob("*/migrations/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= {"django", *sys.stdlib_module_names}, named(path)


def test_nothing_outlives_its_transaction_on_a_connection() -> None:
    """A pooler gives the next statement another one: no server-side cursor, no lock of a session, no setting of it."""
    kept = ("pg_advisory_lock(", "pg_try_advisory_lock(", "SET SESSION", ".iterator(", "WITH HOLD")
    for path in FILES:
        if path.relative_to(ROOT).parts[0] not in ("benchmarks", "launcher", "tests"):
            assert not any(words in path.read_text() for words in kept), named(path)


def test_every_queued_name_is_a_registered_task() -> None:
    assert set(DUE) <= set(current_app.tasks)


def test_a_folder_holds_few_modules() -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in FILES if path.stem != "__init__")
    crowded = {str(folder): number for folder, number in counts.items() if number > MOST_MODULES}
    assert set(crowded) <= set(CROWDED), crowded


def test_no_line_of_a_template_or_a_style_sheet_is_long() -> None:
    for path in [*(ROOT / "templates").rglob("*.*"), *(ROOT / "static").rglob("*.*")]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert len(line) <= LONGEST_LINE, f"{named(path)}:{number}"


def test_a_style_sheet_has_one_declaration_a_line() -> None:
    for path in (ROOT / "static").rglob("*.css"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert line.count(";") <= 1, f"{named(path)}:{number}"
            assert not {"{", "}"} <= set(line), f"{named(path)}:{number}"


def test_project_names_no_machine_and_no_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = ("/" + "work/", "../" + "shared", "pypi" + ".org", "files.python" + "hosted")
    for name in tracked:
        path = ROOT / name
        if path.suffix in (".png", ".json") or not path.exists():
            continue
        text = path.read_text(errors="ignore")
        assert not any(word in text for word in words), name
