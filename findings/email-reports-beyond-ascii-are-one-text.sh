#!/usr/bin/env bash
# email of Python 3.11.7: a delivery report for addresses beyond ASCII (RFC 6533) is not split into its blocks.
#
# Expected: the part message/global-delivery-status, which has the same blocks as message/delivery-status, is read like that one: a
# message for each block, whose fields can be asked for.
# Seen: the older type gives two blocks, the newer one a single text, so that no field Action is found; flufl.bounce 6.0.0, which
# reads what the email package gives, finds no failure in it either.
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
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

See below.
--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; dana@contoso.example
Action: failed
Status: 5.1.1

--b--
"""
for kind in ("delivery-status", "global-delivery-status"):
    message = email.message_from_string(REPORT.format(kind=kind))
    actions = [part["Action"] for part in message.walk() if part["Action"]]
    print(kind, actions, len(all_failures(message)[1]))
PYTHON
)
wanted="delivery-status ['failed'] 1
global-delivery-status [] 0"
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "changed; it was:"; echo "$wanted"; exit 1; }
