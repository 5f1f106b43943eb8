#!/usr/bin/env bash
# django-import-export 4.4.3: the widget of whole numbers cuts what follows the point.
#
# Expected: a cell with a fraction is refused in a column of whole numbers; `1.500`, as half of Europe writes fifteen hundred, is
# read as 1500 or refused.
# Seen: `1.500` becomes 1, `1.9` becomes 1, `-0.7` becomes 0, each without an error beside the cell.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet django-import-export==4.4.3 Django==5.2.19
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure()
django.setup()
from import_export.widgets import IntegerWidget

for cell in ("1500", "1.500", "1.9", "-0.7"):
    print(cell, IntegerWidget().clean(cell))
PYTHON
)
wanted="1500 1500
1.500 1
1.9 1
-0.7 0"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
