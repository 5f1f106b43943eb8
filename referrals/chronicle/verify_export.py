# mypy: ignore-errors
"""Verify an exported history: python3 verify_export.py FILE [PUBLIC KEY]. Signatures need the package cryptography."""

import hashlib
import json
import sys

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None


def verify(path, public_key=""):
    with open(path, encoding="utf-8") as file:
        about, *rows = map(json.loads, file)
    before, places, hashes = {}, {}, {}
    for row in (row for row in rows if "facts" in row):
        number, referral, place = map(int, row["facts"].split("|", 3)[:3])
        salt, digest = bytes.fromhex(row["salt"]), bytes.fromhex(row["digest"])
        words = hashlib.sha256(salt + row["note"].encode() + b"\0" + row["data"].encode()).digest()
        found = hashlib.sha256(before.get(referral, b"") + row["facts"].encode() + digest).digest()
        is_right = words == digest if salt else not row["note"] and not json.loads(row["data"]).keys() - {"what"}
        if not is_right or found.hex() != row["hash"] or place != places.get(referral, 0) + 1:
            sys.exit(f"event {number} of referral {referral} is not what was recorded")
        before[referral], places[referral], hashes[number] = found, place, found
    last, summed = 0, b""
    for head in (row for row in rows if "day" in row):
        there = b"".join(hashes[number] for number in sorted(hashes) if last < number <= head["last_event"])
        summed = hashlib.sha256(summed + f"{head['day']}|{head['last_event']}".encode() + there).digest()
        if summed.hex() != head["hash"]:
            sys.exit(f"the events up to {head['last_event']} do not add up to the head of {head['day']}")
        if Ed25519PublicKey:  # raises InvalidSignature
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key or about["public_key"]))
            key.verify(bytes.fromhex(head["signature"]), summed)
        last = head["last_event"]
    sys.stdout.write(f"{len(hashes)} events verified{'' if Ed25519PublicKey else ', signatures not checked'}.\n")


verify(*sys.argv[1:])
