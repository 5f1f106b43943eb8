#!/usr/bin/env bash
# highspy 1.16.0 (HiGHS): making a solver writes a banner to standard output, before any setting can forbid it.
#
# Expected: with output_flag and log_to_console off nothing is written, so that a program may print data.
# Seen: both belong to the solver, which has written by then; silent() comes as late. The two lines are written by C, so that
# contextlib.redirect_stdout does not catch them: JSON lines or CSV on standard output begin with them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet highspy==1.16.0 numpy==2.4.6
cat >"$folder/data.py" <<'PY'
import contextlib
import io
import json

import highspy

caught = io.StringIO()
with contextlib.redirect_stdout(caught):
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("log_to_console", False)
    solver.run()
print(json.dumps({"caught": len(caught.getvalue())}))
PY
seen=$("$folder/venv/bin/python" "$folder/data.py" | cut -c1-22)
echo "$seen"
wanted='Running HiGHS 1.16.0 (
Includes third-party s
{"caught": 0}'
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
