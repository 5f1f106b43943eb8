"""Lines that stand before the header of a table, and say nothing of it."""

import re

PREAMBLE = re.compile(r'"?sep=.?"?[,;\t\s]*|#TYPE\b.*|', re.IGNORECASE)


def is_preamble(line: str) -> bool:
    """Is a line blank, the one that tells Excel the separator, or the type that Windows PowerShell writes?"""
    return PREAMBLE.fullmatch(line.strip("\ufeff").strip()) is not None
