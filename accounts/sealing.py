"""Row numbers as pages show them: opaque, since the numbers that all partners share would tell how much others do."""

import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

HALF = 8  # bytes: what it is a number of, and the number
LARGEST = 2**63 - 1


def seal(kind: str, number: int) -> str:
    """32 hexadecimal letters that only this installation can read; the same for the same number of a kind."""
    block = _tag(kind) + number.to_bytes(HALF, "big")
    encryptor = _cipher(settings.SECRET_KEY).encryptor()
    return (encryptor.update(block) + encryptor.finalize()).hex()


def unseal(kind: str, text: str) -> int | None:
    """The number; ``None`` for what this installation has not sealed as one of this kind."""
    try:
        block = bytes.fromhex(text)
    except ValueError:
        return None
    if len(block) != 2 * HALF:
        return None
    decryptor = _cipher(settings.SECRET_KEY).decryptor()
    opened = decryptor.update(block) + decryptor.finalize()
    number = int.from_bytes(opened[HALF:], "big")
    return number if opened[:HALF] == _tag(kind) and number <= LARGEST else None


@lru_cache(maxsize=256)
def _tag(kind: str) -> bytes:
    return hashlib.sha256(kind.encode()).digest()[:HALF]


@lru_cache(maxsize=2)
def _cipher(secret: str) -> "Cipher[modes.ECB]":
    """One block a number, so that the block cipher alone is a permutation nobody else can compute."""
    key = hashlib.sha256(b"sealed numbers" + secret.encode()).digest()
    return Cipher(algorithms.AES256(key), modes.ECB())  # noqa: S305 (a single block has no mode)
