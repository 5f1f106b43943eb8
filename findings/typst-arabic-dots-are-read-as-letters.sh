#!/usr/bin/env bash
# typst 0.15.2 with Noto Sans Arabic of manimgx-fonts 2026.9.26.post1: letters with dots are read back twice from the PDF.
#
# Expected: the text of a PDF, which is PDF/UA-1 and looks right, is the text that was set.
# Seen: that font draws a letter such as sheen as its body and its dots, two glyphs, and each of them is given the whole letter as
# its text, so that readers of the file find it twice. FiraGO of pymupdf-fonts 1.0.5 has a glyph a letter, and reads back as written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet typst==0.15.2 manimgx-fonts==2026.9.26.post1 pymupdf-fonts==1.0.5 pypdfium2==5.3.0
seen=$(cd "$folder" && venv/bin/python - <<'PYTHON'
from pathlib import Path

import manimgx_fonts
import pymupdf_fonts
import pypdfium2
import typst

WORD = "شركة"
Path("fonts").mkdir()
Path("fonts/FiraGO.ttf").write_bytes(pymupdf_fonts.myfont("figo"))
fonts = typst.Fonts(
    include_system_fonts=False,
    include_embedded_fonts=False,
    font_paths=["fonts", str(Path(manimgx_fonts.__file__).parent)],
)
for family in ("Noto Sans Arabic", "FiraGO"):
    Path("a.typ").write_text(f'#set document(title: "a")\n#set text(font: "{family}")\n{WORD}')
    drawn = typst.compile("a.typ", font_paths=fonts, pdf_standards=["ua-1"])
    read = pypdfium2.PdfDocument(drawn)[0].get_textpage().get_text_bounded().strip()
    print(family, *(f"{letter}:{read.count(letter)}" for letter in WORD))
PYTHON
)
echo "$seen"
wanted="Noto Sans Arabic ش:2 ر:1 ك:1 ة:2
FiraGO ش:1 ر:1 ك:1 ة:1"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
