"""A referral record drawn as a PDF. Letters of any script are set in Noto fonts; only the ones used are embedded."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import manimgx_fonts
import noto_cjk_sans_jp_regular
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from pages.desk.record_pdf import Part, Record

NOTO = Path(manimgx_fonts.__file__).parent
EAST_ASIAN = next(Path(noto_cjk_sans_jp_regular.__file__).parent.glob("*.otf"))
EAST_ASIAN_SCRIPTS = {"CJK", "HANGUL", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "BOPOMOFO"}
WRITTEN_BY_NOTO_SANS = {"LATIN", "GREEK", "CYRILLIC"}
DARK, QUIET, LINE = (20, 20, 20), (90, 90, 90), (190, 190, 190)


@cache
def _fonts_by_script() -> dict[str, Path]:
    """The first word of a letter's Unicode name → the font that has it."""
    noto = {path.name.removeprefix("NotoSans").split("[")[0].upper(): path for path in NOTO.glob("NotoSans*.ttf")}
    return noto | dict.fromkeys(EAST_ASIAN_SCRIPTS, EAST_ASIAN)


def _further_fonts(texts: Iterable[str]) -> list[Path]:
    """The fonts needed besides Noto Sans, each once."""
    known = _fonts_by_script()
    letters = {letter for text in texts for letter in text if ord(letter) > 0x7F}
    scripts = {unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in letters} - WRITTEN_BY_NOTO_SANS
    fonts = {known[script] for script in scripts if script in known}
    others = [known["SYMBOLS"], EAST_ASIAN] if scripts - known.keys() else []  # signs: ●, ✓, →
    return [*sorted(fonts), *(font for font in others if font not in fonts)]


class _Sheet(FPDF):
    """A4, with the reference and the page's number at the foot of each page."""

    def __init__(self, record: Record) -> None:
        super().__init__(format="A4")
        self.record = record
        self.add_font("Noto", "", NOTO / "NotoSans[wght].ttf")
        further = _further_fonts(record.texts())
        for number, path in enumerate(further):
            self.add_font(f"further{number}", "", path)
        self.set_fallback_fonts([f"further{number}" for number in range(len(further))], exact_match=False)
        self.set_text_shaping(True)
        self.set_margins(18, 16)
        self.set_auto_page_break(True, margin=20)
        self.set_title(record.title)
        self.set_lang("en")

    def footer(self) -> None:
        self.set_y(-14)
        self._write(f"{self.record.foot} · {_('Page')} {self.page_no()}", 7.5, QUIET)

    def _write(self, text: str, size: float, colour: tuple[int, int, int] = DARK, *, after: float = 0) -> None:
        self.set_font("Noto", size=size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
        self.ln(after)

    def draw(self) -> None:
        self.add_page()
        self._write(self.record.title, 17)
        self._write(self.record.subtitle, 10, QUIET, after=2)
        for part in self.record.parts:
            self._draw_part(part)

    def _draw_part(self, part: Part) -> None:
        if self.will_page_break(24):
            self.add_page()
        self.ln(3)
        self._write(part.title, 12, after=1)
        if part.sentence:
            self._write(part.sentence, 9.5, after=1)
        if part.rows:
            self._draw_rows(part)
        for number, line in enumerate(part.lines, start=1):
            self._write(f"{number}. {line}", 9)
        if part.is_signed:
            self._draw_signature()

    def _draw_rows(self, part: Part) -> None:
        self.set_font("Noto", size=9)
        self.set_draw_color(*LINE)
        quiet = FontFace(color=QUIET)
        with self.table(
            col_widths=part.widths,
            line_height=5,
            padding=0.6,
            first_row_as_headings=False,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_mode=TableCellFillMode.NONE,
            text_align="LEFT",
            v_align="T",
        ) as table:
            for first, *others in part.rows:
                row = table.row()
                row.cell(first, style=quiet)
                for cell in others:
                    row.cell(cell)

    def _draw_signature(self) -> None:
        """Three lines to fill in; never parted from their words by a page's end."""
        if self.will_page_break(22):
            self.add_page()
        self.ln(14)
        width, gap, top = 54.0, 6.0, self.get_y()
        self.set_draw_color(*DARK)
        for place, words in enumerate((_("Date"), _("Name and role"), _("Signature"))):
            left = self.l_margin + place * (width + gap)
            self.line(left, top, left + width, top)
            self.set_xy(left, top + 1)
            self.set_font("Noto", size=8)
            self.set_text_color(*QUIET)
            self.cell(width, 4, words)
        self.set_xy(self.l_margin, top + 8)


def draw_record(record: Record) -> bytes:
    """The record as a PDF file."""
    sheet = _Sheet(record)
    sheet.draw()
    return bytes(sheet.output())
