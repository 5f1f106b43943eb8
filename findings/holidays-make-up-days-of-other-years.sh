#!/usr/bin/env bash
# holidays 0.109: `weekend_workdays` holds days of years that were not asked for.
#
# Expected: a calendar of 2026 knows the make-up working days of 2026.
# Seen: China's calendar of 2026 also lists weekend days worked in 2001, 2005, 2006 and 2011, Hungary's does not. Whoever shows
# or counts the whole set shows days of other years; looking a single day up is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet holidays==0.109
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import holidays

for country in ("CN", "HU"):
    days = holidays.country_holidays(country, years=2026).weekend_workdays
    print(country, *sorted({day.year for day in days}))
PYTHON
)
wanted="CN 2001 2005 2006 2011 2026
HU 2026"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
