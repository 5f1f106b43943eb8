"""A pseudo-locale: every marked text comes in full-width letters, so that whatever stays plain was not marked.

What is data stays plain too, and is known: texts in the database, places and languages, ids, addresses. Parts in the
language of the record say so with ``lang``, as pages in another language have to, and are left out.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import trans_real

from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from referrals.models import ListExport

KEPT = re.compile(r"(%\([a-z_0-9]+\)[sd]|%[sd%]|\{[a-z_0-9]+\}|<[^>]+>|&[a-z]+;)", re.IGNORECASE)
WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
PSEUDO = "en-pseudo"
SHOWN = ("aria-label", "title", "placeholder", "alt")
SILENT = {"script", "style", "time", "kbd", "code", "textarea", "svg"}
VOID = {"input", "meta", "link", "br", "img", "hr", "path", "area", "base", "col", "wbr"}
WORD = re.compile(r"[A-Za-z]{2,}")
SPLIT = re.compile(r"[^\w@.'’/+&()-]+")


def widen(text: str) -> str:
    """The text in full-width letters; placeholders, tags and entities as they are."""
    return "".join(piece if place % 2 else piece.translate(WIDE) for place, piece in enumerate(KEPT.split(text)))


class Pseudo:
    """A translation that widens whatever it is asked for."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def to_language(self) -> str:
        """Its own name: what is kept for readers of English is not for it."""
        return PSEUDO

    def gettext(self, text: str) -> str:
        context, mark, said = text.rpartition("\x04")  # pgettext asks like this
        return f"{context}{mark}{widen(said)}" if mark else widen(self.real.gettext(text))

    def pgettext(self, context: str, text: str) -> str:
        return widen(self.real.pgettext(context, text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return widen(self.real.ngettext(one, many, number))

    def npgettext(self, context: str, one: str, many: str, number: int) -> str:
        return widen(self.real.npgettext(context, one, many, number))


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """Within it, every language reads in full-width letters."""
    kept = vars(trans_real)  # where Django keeps the translations it has loaded
    real, before = trans_real.translation("en"), kept["_default"]
    kept["_default"] = Pseudo(real)
    kept["_translations"] |= {"en": kept["_default"], PSEUDO: kept["_default"]}
    trans_real.deactivate()
    try:
        yield
    finally:
        kept["_translations"]["en"], kept["_default"] = real, before
        del kept["_translations"][PSEUDO]
        trans_real.deactivate()


class Reader(HTMLParser):
    """What a page says: its texts and the attributes that are read out, without parts in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in SILENT or ("lang" in given and tag != "html") or any(state for _tag, state in self.open)
        if not silent:
            self.said += [given[name] or "" for name in SHOWN if name in given]
            if tag == "input" and given.get("type") == "submit":
                self.said.append(given.get("value") or "")
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(silent for _tag, silent in self.open):
            self.said.append(data)


def leaves(value: Any) -> Iterator[str]:
    """Every text in a value, inside lists and mappings too."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    elif value is not None:
        yield str(value)


def words_of(text: str) -> tuple[str, ...]:
    return tuple(word.strip(".'’()").casefold() for word in SPLIT.split(text) if word.strip(".'’()-/&+"))


def known_texts(*but: type[Model]) -> set[tuple[str, ...]]:
    """Texts that are data, as words: everything in the database, line by line, and what its forms choose from.

    Rows of ``but`` hold what the interface says itself.
    """
    texts = [*COUNTRY_NAMES.values(), *COUNTRY_NAMES, *LANGUAGE_NAMES.values(), *LANGUAGE_NAMES]
    for model in apps.get_models():
        if model not in but and model._meta.app_label in ("accounts", "benefits", "lab", "partners", "referrals"):
            for row in model._default_manager.values_list():
                texts += leaves(list(row))
    texts += [export.file_name for export in ListExport.objects.all()]
    texts += [text.removeprefix("Microsoft ") for text in texts]  # as rows of lists have room for them
    texts += [text.removesuffix(" of America") for text in COUNTRY_NAMES.values()]
    return {words_of(line) for text in texts for line in re.split(r"[\n;]|(?<=[.?!:]) ", text)} - {()}


def unmarked(page: str, known: set[tuple[str, ...]], longest: int) -> list[str]:
    """What a page says in plain letters that is no data."""
    reader = Reader()
    reader.feed(page)
    found: list[str] = []
    for text in reader.said:
        if WORD.search(text):
            found += _left(words_of(text), known, longest)
    return found


def _left(words: tuple[str, ...], known: set[tuple[str, ...]], longest: int) -> Iterator[str]:
    place = 0
    while place < len(words):
        ends = range(min(len(words), place + longest), place, -1)
        end = next((end for end in ends if words[place:end] in known), None)
        if end is None and WORD.search(words[place]):
            yield " ".join(words[place : place + 6])
            return
        place = end or place + 1
