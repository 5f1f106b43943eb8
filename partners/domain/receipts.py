"""What a receipt stores, and how it is hashed. Pure.

The moving part of all partners is written seldom, as a base; a batch stores only what differs from it. Inside a batch
the earlier choices say the rest. So a routing costs about a kilobyte, whatever the number of partners.
"""

import datetime as dt
import hashlib
import json
import math
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import accumulate, repeat
from typing import Any

from partners.choices import BatchOrder

from .matching import Moving, Need, Profile
from .plans import Choice
from .policy import Policy

ENGINE_VERSION = 3
PROVABLE = (2, ENGINE_VERSION)  # engine 2 took turns by the clock, in due order

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
NEVER = -1
NOTHING = object()
# What begins the columns; before both, an id stood there.
NUMBERED, BY_TYPE = -2, -1  # with numbers of turns; with open offers by type, and no numbers
_canonical = json.JSONEncoder(sort_keys=True).encode
# What came later is left out where it says what was so before, and older revisions and policies keep their hash.
LATER = ("benefit_capacity", "standard_capacity")
LATER_IN_POLICY = {"batch_order": BatchOrder.DUE.value, "pressure_below": 50}
DEFAULTS = {one.name: one.default for one in fields(Need)}


def pack_moving(moving: Mapping[int, Moving]) -> bytes:
    """Ids, turns, open counts and those of Benefit referrals as columns of 64-bit numbers, compressed.

    Ids are written as differences; of a turn its number, and its instant as microseconds.
    """
    ids = sorted(moving)
    states = [moving[partner] for partner in ids]
    numbers = [state.last_turn for state in states]
    instants = [_microseconds(state.last_offered_at) for state in states]
    opens = [state.open_offers for state in states]
    benefit = [state.open_benefit for state in states]
    return _pack([NUMBERED, *_steps(ids), *numbers, *instants, *opens, *benefit])


def unpack_moving(packed: bytes) -> dict[int, Moving]:
    """What ``pack_moving`` has packed, also before turns had numbers, and before it counted Benefit referrals."""
    numbers = _unpack(packed)
    ids, turns, instants, opens, benefit = _columns_of(numbers)
    rows = zip(accumulate(ids), turns, instants, opens, benefit, strict=False)
    return {one: Moving(opened, _instant(at), of_type, turn) for one, turn, at, opened, of_type in rows}


def _columns_of(numbers: "array[int]") -> list[Iterable[int]]:
    """Five columns; what older rows did not have is zero. (Where they lack a column it is endless.)"""
    begins = numbers[0] if numbers else 0
    if begins == NUMBERED:
        return _columns(numbers[1:], 5)
    if begins == BY_TYPE:
        ids, *others = _columns(numbers[1:], 4)
        return [ids, repeat(0), *others]
    ids, *others = _columns(numbers, 3)
    return [ids, repeat(0), *others, repeat(0)]


def pack_counts(counts: Mapping[int, int]) -> bytes:
    """Numbers by partner, compressed."""
    ids = sorted(counts)
    return _pack([*_steps(ids), *(counts[partner] for partner in ids)])


def unpack_counts(packed: bytes) -> dict[int, int]:
    ids, counts = _columns(_unpack(packed), 2)
    return dict(zip(accumulate(ids), counts, strict=True))


def _pack(numbers: list[int]) -> bytes:
    return zlib.compress(array("q", numbers).tobytes(), 6)


def _unpack(packed: bytes) -> "array[int]":
    numbers = array("q")
    numbers.frombytes(zlib.decompress(packed))
    return numbers


def _columns(numbers: Sequence[int], count: int) -> list[Iterable[int]]:
    length = len(numbers) // count
    return [numbers[place * length : (place + 1) * length] for place in range(count)]


def _steps(ids: list[int]) -> list[int]:
    return [after - before for before, after in zip([0, *ids], ids, strict=False)]


def _microseconds(at: dt.datetime | None) -> int:
    return NEVER if at is None else (at - EPOCH) // MICROSECOND


def _instant(turn: int) -> dt.datetime | None:
    return None if turn == NEVER else EPOCH + turn * MICROSECOND


def most_differences(partners: int) -> int:
    """How many partners may differ from a base before a new one is cheaper over time."""
    return max(32, 4 * math.isqrt(partners))


def profiles_data(profiles: Iterable[Profile]) -> list[dict[str, Any]]:
    """Profiles as JSON data in a stable order: the content of a revision. What came later is left out when unset."""
    rows = (asdict(profile) for profile in sorted(profiles, key=lambda profile: profile.id))
    return [{name: value for name, value in row.items() if name not in LATER or value is not None} for row in rows]


def read_profiles(data: Iterable[Mapping[str, Any]]) -> tuple[Profile, ...]:
    return tuple(Profile(**_with_tuples(row)) for row in data)


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON lists as the tuples that they were."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def write_need(need: Need) -> dict[str, Any]:
    """What differs from an empty need."""
    found = {name: getattr(need, name) for name in DEFAULTS}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in found.items()
        if value != DEFAULTS[name]
    }


def read_need(data: Mapping[str, Any]) -> Need:
    return Need(**_with_tuples(data))


def write_shares(choice: Choice) -> list[list[Any]]:
    """``[partner, workloads]`` of a split; empty when one partner covers all, or nobody anything."""
    is_split = len(choice.shares) > 1 or choice.left_over
    return [[share.partner, list(share.workloads)] for share in choice.shares] if is_split else []


def write_order(choice: Choice) -> dict[str, Any]:
    """Why it was planned when it was; empty by due order."""
    return asdict(choice.order) if choice.order else {}


def write_moves(choice: Choice, places: Mapping[int, int]) -> list[list[int | None]]:
    """``[position, giver, taker]`` of each need that made room; ``places`` gives positions in the order of planning."""
    return [[places[move.place], move.giver, move.taker] for move in choice.moves]


@dataclass(frozen=True, slots=True)
class Start:
    """What all runs of a batch start from. ``wanted``: demand outside of the batch, packed, where it counts."""

    engine: int
    policy: Policy
    revision: str
    base: str
    changes: bytes
    at: dt.datetime
    first_turn: int | None = None  # none before turns had numbers
    wanted: bytes | None = None

    def hash(self) -> str:
        content = {
            "engine": self.engine,
            "policy": _policy_data(self.policy),
            "at": self.at.astimezone(dt.UTC).isoformat(),
            "profiles": self.revision,
            "base": self.base,
            "changes": hashlib.sha256(self.changes).hexdigest(),
        }
        if self.first_turn is not None:
            content["first_turn"] = self.first_turn
        if self.wanted is not None:
            content["wanted"] = hashlib.sha256(self.wanted).hexdigest()
        return digest(content)


def _policy_data(policy: Policy) -> dict[str, Any]:
    return {name: value for name, value in asdict(policy).items() if value != LATER_IN_POLICY.get(name, NOTHING)}


def receipt_hash(
    before: str, need: Mapping[str, Any], choice: Choice, moves: Sequence[Sequence[int | None]] = ()
) -> str:
    """Hash of one routing's inputs and result: chained to the run before it, or to the start of the batch."""
    result = choice.chosen, write_shares(choice), choice.left_over, choice.ranked, choice.passing
    content: list[Any] = [before, need, *result]
    if choice.order:
        content.append([write_order(choice), moves])
    return digest(content)


def digest(content: Any) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()
