"""The chain of a referral's events, and of the heads that sum a day of all of them up.

An event's hash is taken over the hash before it, its facts and a digest of its words. The words (note and data) are
digested with a salt of their own: once both are erased, the digest tells nothing of them, and the chain still holds.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

SEPARATOR = "|"
LEFT = {"what"}  # of an event's data, when its words are erased: which answer was undone


class ChainedEvent(NamedTuple):
    """``facts`` are the event's number, its referral's and its place, then kind, time, actor and what it is about.

    ``data`` is the JSON as PostgreSQL writes it. An event whose words are erased has no salt.
    """

    facts: str
    salt: bytes
    note: str
    data: str
    digest: bytes
    hash: bytes

    @property
    def event(self) -> int:
        return int(self.facts.split(SEPARATOR, 1)[0])

    @property
    def referral(self) -> int:
        return int(self.facts.split(SEPARATOR, 2)[1])

    @property
    def place(self) -> int:
        return int(self.facts.split(SEPARATOR, 3)[2])


class Break(NamedTuple):
    """The first place where a chain does not hold, and what is wrong there."""

    event: int
    referral: int
    problem: str


@dataclass(frozen=True)
class Head:
    """The sum of all events up to ``last_event``: of those after the head before it, and of that head."""

    day: str
    last_event: int
    events: int
    hash: bytes


def digest_words(salt: bytes, note: str, data: str) -> bytes:
    return hashlib.sha256(b"\0".join((salt + note.encode(), data.encode()))).digest()


def hash_event(before: bytes, facts: str, digest: bytes) -> bytes:
    return hashlib.sha256(before + facts.encode() + digest).digest()


def hash_head(before: bytes, day: str, last_event: int, hashes: Iterable[bytes]) -> bytes:
    """``hashes`` are those of the events since the head before, by their numbers."""
    found = hashlib.sha256(before + f"{day}{SEPARATOR}{last_event}".encode())
    for one in hashes:
        found.update(one)
    return found.digest()


def find_breaks(events: Iterable[ChainedEvent]) -> Iterator[Break]:
    """Where chains break, of events by referral and place. After a break its chain goes on from what stands there."""
    referral, place, before = 0, 0, b""
    for one in events:
        if one.referral != referral:
            referral, place, before = one.referral, 0, b""
        problem = _problem_of(one, place + 1, before)
        if problem:
            yield Break(one.event, referral, problem)
        place, before = one.place, one.hash


def _problem_of(one: ChainedEvent, place: int, before: bytes) -> str:
    if one.place != place:
        return f"it is number {one.place} of its referral and follows number {place - 1}"
    if one.salt and digest_words(one.salt, one.note, one.data) != one.digest:
        return "its note or data is not what was recorded"
    if not one.salt and (one.note or json.loads(one.data).keys() - LEFT):
        return "its words were erased, and there are others"
    if hash_event(before, one.facts, one.digest) != one.hash:
        return "its facts are not what was recorded, or the event before it is another one"
    return ""
