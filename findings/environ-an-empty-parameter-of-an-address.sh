#!/usr/bin/env bash
# django-environ 0.14.0: an empty parameter of a database address is dropped.
#
# Expected: `?options=` gives the driver an empty `options`, which is how start-up options are left out for a pooler that refuses
# them (PgBouncer, unless told to ignore them), where settings.py has a default for them.
# Seen: the parameter is gone, so that `setdefault("options", …)` puts the refused options back; a blank as its value stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet django-environ==0.14.0
seen=$("$folder/venv/bin/python" - <<'PYTHON'
from environ import Env

for query in ("options=", "options=&sslmode=require", "options=%20"):
    print(query, Env.db_url_config(f"postgres://user:word@host/name?{query}").get("OPTIONS"))
PYTHON
)
wanted="options= {}
options=&sslmode=require {'sslmode': 'require'}
options=%20 {'options': ' '}"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
