#!/usr/bin/env bash
# openpyxl 3.1.5: a text that reads like one of Excel's errors is written as that error.
#
# Expected: a text is written as a text, as "#N/A Ltd" is.
# Seen: "#N/A" gets the type of an error value ("e"), so that sorting, filters and formulas over the column fail on that row; only
# setting `data_type` to "s" on the cell keeps it a text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openpyxl==3.1.5
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import io

from openpyxl import Workbook, load_workbook

book, data = Workbook(), io.BytesIO()
book.active.append(["#N/A", "#N/A Ltd", "#N/A"])
book.active["C1"].data_type = "s"
book.save(data)
for cell in load_workbook(data).active[1]:
    print(cell.value, cell.data_type)
PYTHON
)
wanted="#N/A e
#N/A Ltd s
#N/A s"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
