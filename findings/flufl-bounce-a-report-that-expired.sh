#!/usr/bin/env bash
# flufl.bounce 6.0.0: a delivery report whose action is "expired" names nobody who failed.
#
# Expected: a report with a permanent status counts as a failure, whatever word a provider has for giving up; SendGrid writes
# "expired" where RFC 3464 knows only "failed", and does not try again.
# Seen: neither among the temporary nor among the permanent failures.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet flufl.bounce==6.0.0
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import email

from flufl.bounce import all_failures

REPORT = """\
From: postmaster@mx.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

See below.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; dana@contoso.example
Action: {action}
Status: 5.4.7

--b--
"""
for action in ("failed", "expired"):
    temporary, permanent = all_failures(email.message_from_string(REPORT.format(action=action)))
    print(action, len(temporary), len(permanent))
PYTHON
)
wanted="failed 0 1
expired 0 0"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
