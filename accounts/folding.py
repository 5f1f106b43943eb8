"""Texts as people look for them and put them in order: without accents, case, or the many forms of one letter."""

import re
import unicodedata
from functools import cache

# Combining marks that people leave out: of Latin, Greek and Cyrillic letters, points of Hebrew, vowels of Arabic. Those
# of other scripts make other letters.
MARKS_LEFT_OUT = frozenset((*range(10, 36), *range(200, 241)))
# Where letters that decompose into no others stand: Latin-1 to Extended-B, and the later extensions.
LATIN = (range(0x80, 0x250), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80), range(0xA720, 0xA800))
WITH_A_STROKE = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
LETTERS = {"æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
SIGNS = {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "−": "-"} | {
    chr(dash): "-" for dash in range(0x2010, 0x2016)
}


def fold(text: str) -> str:
    """``text`` as it is compared with others: two that people take for the same name are equal.

    Case is folded, accents go (émile and Emile, İstanbul and ISTANBUL, Straße and STRASSE, Łódź and Lodz), composed and
    decomposed letters are one, as are wide and narrow ones, dashes, quotes and runs of blanks; what nobody sees goes.
    Compared bytewise, the results sort apple before Zebra and Ångström by A, whatever the database's own locale.
    """
    return " ".join(_fold_letters(text).split())


def _fold_letters(text: str) -> str:
    """The same, with its blanks as they are."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(letter for letter in letters if not _is_left_out(letter)).translate(_alike())
    return unicodedata.normalize("NFC", kept)


def _is_left_out(letter: str) -> bool:
    return unicodedata.combining(letter) in MARKS_LEFT_OUT or unicodedata.category(letter) == "Cf"


@cache
def _alike() -> dict[int, str]:
    """Letters with a stroke, hook or tail → the letter without; ligatures → their letters; every dash → a hyphen."""
    letters = [chr(code) for part in LATIN for code in part]
    plain = {letter: named[1].lower() for letter in letters if (named := _stroked(letter))}
    return str.maketrans(plain | LETTERS | SIGNS)


def _stroked(letter: str) -> re.Match[str] | None:
    return None if unicodedata.decomposition(letter) else WITH_A_STROKE.match(unicodedata.name(letter, ""))


def find(text: str, sought: str) -> list[tuple[int, int]]:
    """Where ``text`` has what folds as ``sought`` does: begins and ends, in order, none within another."""
    pattern = re.compile(r"\s+".join(map(re.escape, fold(sought).split())))
    if not pattern.pattern:
        return []
    if text.isascii():
        return [match.span() for match in pattern.finditer(text.lower())]
    folded, spans = _fold_by_letters(text)
    return [(spans[match.start()][0], spans[match.end() - 1][1]) for match in pattern.finditer(folded)]


def _goes_on(begun: str, letter: str) -> bool:
    """Does it make one letter with what stands before it, as a mark or the later part of a Korean syllable does?"""
    if unicodedata.combining(letter):
        return True
    return _fold_letters(begun + letter) != _fold_letters(begun) + _fold_letters(letter)


def _fold_by_letters(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text folded but for its blanks, and of each letter of that where it stands in ``text``."""
    folded: list[str] = []
    spans: list[tuple[int, int]] = []
    begin = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _goes_on(text[begin:end], text[end]):
            continue
        letters = _fold_letters(text[begin:end])
        folded += letters
        spans += [(begin, end)] * len(letters)
        begin = end
    return "".join(folded), spans
