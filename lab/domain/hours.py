"""When a partner works: spans of whole minutes since the start. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

HOUR, DAY = 60, 24 * 60  # minutes
OPENS, CLOSES, WEEKDAYS = 9 * HOUR, 17 * HOUR, 5
FAR = 10**9


@dataclass(frozen=True)
class Hours:
    """``windows`` are when it opens and when it closes, in order; ``day``: minutes of one business day.

    Before the first window and after the last nobody works.
    """

    windows: tuple[tuple[int, int], ...]
    day: int

    @cached_property
    def _opens(self) -> list[int]:
        return [opens for opens, _closes in self.windows]

    @cached_property
    def _sums(self) -> list[int]:
        """Minutes worked before each window, and in all."""
        return list(accumulate((closes - opens for opens, closes in self.windows), initial=0))

    def worked(self, minute: int) -> int:
        """Minutes worked until then."""
        place = bisect_right(self._opens, minute) - 1
        if place < 0:
            return 0
        opens, closes = self.windows[place]
        return self._sums[place] + min(minute, closes) - opens

    def between(self, begin: int, end: int) -> int:
        """Minutes worked from one minute to another."""
        return self.worked(end) - self.worked(begin)

    def after(self, begin: int, length: int) -> int:
        """The minute by which so many were worked since ``begin``; where there are too few, far away."""
        worked = self.worked(begin) + length
        if worked > self._sums[-1]:
            return FAR
        place = bisect_left(self._sums, worked) - 1
        return self.windows[place][0] + worked - self._sums[place]


AROUND_THE_CLOCK = Hours(((0, FAR),), DAY)


def office_hours(days: Iterable[int]) -> Hours:
    """From nine to five, Monday to Friday; day 0 is a Monday."""
    worked = (day for day in days if day % 7 < WEEKDAYS)
    return Hours(tuple((day * DAY + OPENS, day * DAY + CLOSES) for day in worked), CLOSES - OPENS)
