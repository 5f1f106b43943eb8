"""A referral record to file: what happened when, the determination, and what the customer signs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """One headed part: a sentence, then rows of a table, then numbered lines. What is empty is left out."""

    title: str
    sentence: str = ""
    rows: Rows = ()
    widths: tuple[int, ...] = (30, 70)
    lines: Sequence[str] = ()
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    title: str
    subtitle: str
    foot: str
    parts: Sequence[Part] = field(default_factory=tuple)
