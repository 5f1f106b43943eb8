"""Texts as people look for them: what is taken for one name folds to one, and is found where it stands."""

import unicodedata
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.folding import find, fold

ALIKE = (
    ("émile", "EMILE"),
    ("MÜLLER", "Müller"),
    ("İstanbul", "istanbul"),
    ("ISTANBUL", "ıstanbul"),
    ("straße", "STRASSE"),
    ("a\u0301pple", "ápple"),
    ("Łódź", "lodz"),
    ("Ørsted", "orsted"),
    ("Æther", "aether"),
    ("ＮＴＴ　データ", "ntt データ"),
    ("ΟΔΌΣ", "οδος"),
    ("Ёлка", "елка"),
    ("O’Brien – Sons", "O'Brien - Sons"),
    ("a\u00a0 b\nc", "a b c"),
    ("co\u00adoperate", "cooperate"),
    ("שָׁלוֹם", "שלום"),
    ("مُحَمَّد", "محمد"),
)
APART = (("か", "が"), ("कि", "कु"), ("한", "하"), ("o'brien", "obrien"), ("a-b", "ab"))


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_people_take_for_one_name_is_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_people_tell_apart_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=30))
def test_every_form_of_a_text_folds_to_the_same(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == folded


@given(st.text(max_size=8), st.text(min_size=1, max_size=4), st.text(max_size=8))
def test_what_is_found_folds_as_what_was_sought(before: str, sought: str, after: str) -> None:
    text = f"{before} {sought} {after}"
    spans = find(text, sought)
    assert bool(spans) == bool(fold(sought))
    for begin, end in spans:
        assert fold(sought) in fold(text[begin:end])


def test_the_words_found_are_whole_letters() -> None:
    assert find("Cafe\u0301 Straße", "FÉ") == [(2, 5)]
    assert find("Große Straße", "strasse") == [(6, 12)]
    assert find("Große Straße", "s s") == []
    assert find("called  twice\nand", "TWICE and") == [(8, 17)]
    assert find("anything", "\u200b") == []
    assert find("0\u00af0", "0\u00af0") == [(0, 3)], "a sign that folds to a blank"
    assert find("x \u1112\u1161\u11ab y", "한") == [(2, 5)], "a Korean syllable in its parts"
    assert find("x ｶﾞｽ", "ガス") == [(2, 5)]


@given(st.text(max_size=30))
def test_the_migration_folded_what_was_there_alike(text: str) -> None:
    assert import_module("referrals.migrations.0007_fill_keys").fold(text) == fold(text)
