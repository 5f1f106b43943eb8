"""Promises about pages: they write nothing, and find what the reader may see; the workflow knows none of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
OF_PARTNERS = ("desk", "escalations", "lists", "notifications", "partner")  # rooms that partners enter
WRITING = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ADDRESSED = {"pk", "pk__in", "id", "id__in", "public_id", "public_id__in"}
SCOPES = {"visible_to", "read_by", "seen_by", "of_member", "asked_by", "author_party", "tenant__in"}


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def imported(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every module that a module imports, and every name it takes from one, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def begins_with(name: str, *modules: str) -> bool:
    return any(f"{name}.".startswith(f"{module}.") for module in modules)


def test_pages_write_nothing() -> None:
    """What changes is written by a service, in a transaction, with its event."""
    for path in PAGES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in WRITING, place(path, node)
        for node, name in imported(path):
            assert not begins_with(name, "django.db.transaction", "referrals.queue"), place(path, node)


def test_the_workflow_knows_no_page() -> None:
    """Neither forms (but for the admin's) nor what answers a browser."""
    for app in ("benefits", "partners", "referrals"):
        for path in (ROOT / app).rglob("*.py"):
            for node, name in imported(path):
                assert not begins_with(name, "django.shortcuts"), place(path, node)
                is_admins = "admin" in path.relative_to(ROOT).with_suffix("").parts
                assert is_admins or not begins_with(name, "django.forms"), place(path, node)


def _words_of(call: ast.Call) -> Iterator[ast.keyword | str]:
    """The methods and keywords of a chain of calls, such as ``Offer.objects.read_by(user).filter(pk=pk)``."""
    yield from call.keywords
    inner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(call.func, ast.Attribute):
        yield call.func.attr
    for part in (inner, *call.args):
        if isinstance(part, ast.Call):
            yield from _words_of(part)


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, set[str]]]:
    """Every call, with the names of what its function is given."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
            yield from ((node, given) for node in ast.walk(function) if isinstance(node, ast.Call))


def _asks_the_database(call: ast.Call) -> bool:
    names_a_model = any(isinstance(part, ast.Name) and part.id[0].isupper() for part in call.args[:1])
    is_shortcut = isinstance(call.func, ast.Name) and call.func.id == "get_object_or_404" and names_a_model
    return is_shortcut or any(isinstance(node, ast.Attribute) and node.attr == "objects" for node in ast.walk(call))


def test_pages_find_by_an_address_only_what_the_reader_may_see() -> None:
    """An id that a function is given may come from the address; one of a row that was found (``offer.pk``) does not."""
    looked = 0
    for path in PAGES:
        if path.parent.name not in OF_PARTNERS:
            continue
        for node, given in _calls(ast.parse(path.read_text())):
            if not _asks_the_database(node):
                continue
            words = list(_words_of(node))
            keys = [word for word in words if isinstance(word, ast.keyword)]
            names = {str(key.arg) for key in keys} | {word for word in words if isinstance(word, str)}
            by_address = [
                key
                for key in keys
                if key.arg in ADDRESSED and isinstance(key.value, ast.Name) and key.value.id in given
            ]
            looked += len(by_address)
            assert not by_address or names & SCOPES, place(path, node)
    assert looked > 5, "the pattern still finds what it looks for"
