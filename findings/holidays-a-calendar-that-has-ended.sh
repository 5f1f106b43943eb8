#!/usr/bin/env bash
# holidays 0.109: a country whose data end has no holidays afterwards, and nothing says so.
#
# Expected: an error, a warning, or holidays that are marked as estimated for a year beyond the country's data.
# Seen: Sri Lanka's class ends with 2026 (`end_year`). Asked for 2027 it gives an empty calendar, without a warning: whoever
# counts business days by it counts every weekday of that year.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet holidays==0.109
seen=$("$folder/venv/bin/python" -W error - <<'PYTHON'
import holidays

for year in (2026, 2027):
    days = holidays.country_holidays("LK", years=year)
    print(year, "ends with", days.end_year, "holidays:", "some" if days else "none")
PYTHON
)
wanted="2026 ends with 2026 holidays: some
2027 ends with 2026 holidays: none"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
