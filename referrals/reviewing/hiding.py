"""Hide small numbers of a table so that what is shown beside them does not tell them."""

from collections.abc import Sequence

SMALLEST_SHOWN = 5  # a number below it could be told back to one customer
MOST_UNTOLD = 3  # so many hidden numbers of a row that shows no other may stand beside its total


def hide_small(row: Sequence[int]) -> tuple[int | None, tuple[int | None, ...]]:
    """Total and numbers of a row, ``None`` for what is hidden. No column has a total, so each row stands alone.

    For every hidden number another row that would be shown in the same way has another number in its place, also for
    a reader who knows this rule.
    """
    small, larger = [n for n in row if 0 < n < SMALLEST_SHOWN], [n for n in row if n >= SMALLEST_SHOWN]
    told = _tells(small)
    limit = min(larger) if told and larger else SMALLEST_SHOWN - 1
    total = sum(row)
    alone = bool(small) and not larger and (told or len(small) > MOST_UNTOLD)
    shown = tuple(None if 0 < n <= limit else n for n in row)
    return None if alone or 0 < total < SMALLEST_SHOWN else total, shown


def _tells(small: Sequence[int]) -> bool:
    """Whether the sum of the small numbers of a row tells them: one alone, or all of them the least or the most."""
    return len(small) == 1 or set(small) in ({1}, {SMALLEST_SHOWN - 1})
