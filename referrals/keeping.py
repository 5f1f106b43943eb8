"""Keep in a process, for a moment, what every page reads and people seldom change."""

import time
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar

SECONDS = 10
R = TypeVar("R")


def this_moment() -> int:
    """The same number for as long as things are kept."""
    return int(time.monotonic() // SECONDS)


def kept_a_moment(read: Callable[..., R]) -> Callable[..., R]:
    """Read again after ten seconds at the earliest, or when the arguments differ from the last ones."""

    @lru_cache(maxsize=1)
    def keep(_moment: int, *args: Hashable) -> R:
        return read(*args)

    @wraps(read)
    def kept(*args: Hashable) -> R:
        return keep(this_moment(), *args)

    return kept
