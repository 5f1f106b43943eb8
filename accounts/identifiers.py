"""Names of rows that people read out, and private ones that nobody guesses."""

import secrets
import uuid

PUBLIC_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def public_id(prefix: str) -> str:
    """Random id that people can read out, such as REF-7K3M-9QXA."""
    number, letters = secrets.randbelow(len(PUBLIC_ALPHABET) ** 8), ""
    for _place in range(8):
        number, place = divmod(number, len(PUBLIC_ALPHABET))
        letters += PUBLIC_ALPHABET[place]
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def new_token() -> str:
    """Unguessable token for a private link."""
    return uuid.uuid4().hex + secrets.token_hex(8)
