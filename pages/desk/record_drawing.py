"""A referral record as a tagged PDF (PDF/UA): every letter is shown, or the record says which it cannot show."""

import datetime as dt
import json
import re
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import manimgx_fonts
import noto_cjk_sans_jp_regular
import pymupdf_fonts
import typst
from django.utils.translation import gettext as _

from pages.desk.record_pdf import Record

LAYOUT = Path(__file__).with_name("record.typ")
# Latin, Greek and Cyrillic; then Arabic, Hebrew and Thai in a font whose letters are read back as they were written.
FIRST_FONTS = ("Noto Sans", "FiraGO")
LAST_FONTS = ("Noto Sans CJK JP", "Noto Emoji")
NOT_SHOWN = re.compile(r'the text `?"(?P<letters>.+?)"`? could not be displayed')
ESCAPED = re.compile(r"\\u\{(?P<number>[0-9a-f]+)\}")
NEVER_SHOWN = re.compile("[\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")  # marks and noncharacters: no text
FOLDER = tempfile.TemporaryDirectory(prefix="fonts-")  # is removed when the process ends
MOST_NOT_SHOWN = 60  # different letters without a font, before all but Latin ones are spelled out


@cache
def _fonts() -> tuple[typst.Fonts, str]:
    """The packages' fonts, and their families in the order of preference as JSON. One is kept as bytes only."""
    folder = Path(FOLDER.name)
    (folder / "FiraGO.ttf").write_bytes(pymupdf_fonts.myfont("figo"))
    packages = [Path(package.__file__).parent for package in (manimgx_fonts, noto_cjk_sans_jp_regular)]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(one) for one in (folder, *packages)]
    )
    others = [one for one in fonts.families() if one.startswith("Noto Sans ") and one not in LAST_FONTS]
    return fonts, json.dumps([*FIRST_FONTS, *others, *LAST_FONTS])


def draw_record(record: Record, at: dt.datetime) -> bytes:
    """The record as a PDF file: the same bytes for the same record and instant.

    Letters of which no font is known are written by their Unicode numbers.
    """
    text = NEVER_SHOWN.sub("", json.dumps(_as_data(record), ensure_ascii=False))
    for _attempt in range(MOST_NOT_SHOWN):
        try:
            return _compile(text, at)
        except typst.TypstError as error:
            letters = _letters_in(error)
            if not letters:
                break
            text = _spell_out(text, letters)
    return _compile(_spell_out(text, {letter for letter in text if ord(letter) > 0x24F}), at)


def _compile(text: str, at: dt.datetime) -> bytes:
    fonts, families = _fonts()
    inputs = {"record": text, "fonts": families}
    made = int(at.timestamp())
    drawn: bytes = typst.compile(LAYOUT, font_paths=fonts, sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=made)
    return drawn


def _as_data(record: Record) -> dict[str, Any]:
    signature = [_("Date"), _("Name and role"), _("Signature")]
    return asdict(record) | {"note": "", "words": {"page": _("Page"), "signature": signature}}


def _letters_in(error: typst.TypstError) -> set[str]:
    """The letters that the error names. Raises it again when it is about something else."""
    found = NOT_SHOWN.search(str(error))
    if found is None:
        raise error
    said = ESCAPED.sub(lambda one: chr(int(one["number"], 16)), found["letters"])
    return {letter for letter in said if ord(letter) > 0x7F}


def _spell_out(text: str, letters: set[str]) -> str:
    """The record with letters as U+ and their number, and a note that says so."""
    record = json.loads(text.translate({ord(letter): f"[U+{ord(letter):04X}]" for letter in letters}))
    record["note"] = _("Some characters can’t be shown in this file. They appear as Unicode numbers, such as [U+13E3].")
    return json.dumps(record, ensure_ascii=False)
