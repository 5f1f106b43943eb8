"""Keep the demo's parts running: start again what ended, say so, and give up on what does not stay."""

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from .processes import Part

LOOKS_EVERY = 0.5  # seconds
WITHIN, MOST_RESTARTS = 120.0, 8  # seconds, and how often one part may end in so many
LONGEST_PAUSE = 8.0


class Watch:
    """One part's ends, and when it is started next."""

    def __init__(self, part: Part, clock: Callable[[], float]) -> None:
        self.part, self.clock = part, clock
        self.ends: deque[float] = deque()
        self.next_start: float | None = None
        self.is_down = False

    def look(self) -> None:
        """Start the part again when it has ended and its pause is over. Exits when it ends again and again."""
        now = self.clock()
        if self.next_start is None and self.part.has_ended():
            self._note_end(now)
        if self.next_start is not None and now >= self.next_start:
            self.part.child, self.next_start = self.part.start(), None
        if self.is_down and self.next_start is None and self.part.is_ready():
            self.is_down = False
            print(f"{self.part.name} is back.", flush=True)

    def _note_end(self, now: float) -> None:
        self.ends.append(now)
        while self.ends[0] <= now - WITHIN:
            self.ends.popleft()
        if len(self.ends) > MOST_RESTARTS:
            said = f"{self.part.name} ended {len(self.ends)} times within {WITHIN:.0f} seconds"
            sys.exit(f"{said}; its log is {self.part.log}.")
        pause = min(LOOKS_EVERY * 2 ** (len(self.ends) - 1), LONGEST_PAUSE)
        self.is_down, self.next_start = True, now + pause - LOOKS_EVERY
        print(f"{self.part.name} is down and is being started again; its log is {self.part.log}.", flush=True)


def keep_running(
    parts: Sequence[Part], status: Path, *, is_over: Callable[[], bool], clock: Callable[[], float] = time.monotonic
) -> None:
    """Look after the parts until it is over. ``status`` names those that are down, for the pages to show."""
    watches = [Watch(part, clock) for part in parts]
    told: list[str] | None = None
    while not is_over():
        for watch in watches:
            watch.look()
        down = [watch.part.name for watch in watches if watch.is_down]
        if down != told:
            _tell(status, down)
            told = down
        time.sleep(LOOKS_EVERY)


def _tell(status: Path, down: list[str]) -> None:
    """Write it whole, so that nobody reads half of it."""
    half = status.with_suffix(".new")
    half.write_text(json.dumps({"down": down}))
    half.replace(status)
