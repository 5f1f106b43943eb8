"""Bootstrap's stylesheet, cut down to the rules that pages of ours can match: ``triage/bootstrap.css``.

A rule stays when every class in its selector is a word somewhere in our templates, scripts or code, or in the templates
of the packages that draw our forms. The packages stay as they are; nothing is copied into the project.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import tinycss2
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from tinycss2.ast import AtRule, FunctionBlock, Node, QualifiedRule

NAME = "triage/bootstrap.css"
WORD = re.compile(r"[A-Za-z][\w-]*")
OWN = ("templates/**/*.html", "static/triage/*.js", "pages/**/*.py", "accounts/*.py")
PACKAGES = {"crispy_bootstrap5": "templates/**/*.html", "crispy_forms": "**/*.py"}


def _package(name: str) -> Path:
    return Path(str(import_module(name).__file__)).parent


@cache
def used_words() -> frozenset[str]:
    """Every word that could be a class somewhere in a page."""
    places = [(settings.BASE_DIR, pattern) for pattern in OWN]
    places += [(_package(name), pattern) for name, pattern in PACKAGES.items()]
    files = (path for folder, pattern in places for path in folder.glob(pattern))
    return frozenset(word for path in files for word in WORD.findall(path.read_text("utf-8")))


def _classes(tokens: Iterable[Node]) -> Iterator[str]:
    """Classes that an element must have to match; those it must not have (``:not``) do not count."""
    is_class = False
    for token in tokens:
        if isinstance(token, FunctionBlock) and token.lower_name != "not":
            yield from _classes(token.arguments)
        elif token.type == "ident" and is_class:
            yield token.value
        is_class = token.type == "literal" and token.value == "."


def _selectors(prelude: list[Node]) -> list[list[Node]]:
    parts = groupby(prelude, key=lambda token: token.type == "literal" and token.value == ",")
    return [list(tokens) for is_comma, tokens in parts if not is_comma]


def _keep_rule(rule: QualifiedRule) -> str:
    kept = [one for one in _selectors(rule.prelude) if used_words().issuperset(_classes(one))]
    selector = ",".join(tinycss2.serialize(one).strip() for one in kept)
    return f"{selector}{{{tinycss2.serialize(rule.content)}}}" if kept else ""


def _keep(rules: Iterable[Any]) -> str:
    return "".join(_keep_one(rule) for rule in rules)


def _keep_one(rule: Any) -> str:
    if isinstance(rule, QualifiedRule):
        return _keep_rule(rule)
    if not isinstance(rule, AtRule):
        return ""
    if rule.lower_at_keyword in ("media", "supports"):
        inside = _keep(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}" if inside else ""
    if rule.lower_at_keyword.endswith("keyframes"):
        return ""  # animations are of components that we do not use
    return str(tinycss2.serialize([rule]))


@cache
def cut_down() -> str:
    """The rules of Bootstrap that stay."""
    whole = _package("js_lib_bootstrap5") / "static" / "js-lib-bootstrap5" / "css" / "bootstrap.min.css"
    rules = tinycss2.parse_stylesheet(whole.read_text(), skip_comments=True, skip_whitespace=True)
    return _keep(rules)


class UsedRulesFinder(BaseFinder):
    """Finds the stylesheet like any file of ours; it is written when it is first looked for in a process."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.BASE_DIR / "var" / "made")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        found = self._write()
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        self._write()
        yield NAME, self.storage

    def _write(self) -> str:
        target = Path(self.storage.path(NAME))
        rules = cut_down()
        if not target.exists() or target.read_text() != rules:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(f".{os.getpid()}")
            fresh.write_text(rules)
            fresh.replace(target)
        return str(target)
