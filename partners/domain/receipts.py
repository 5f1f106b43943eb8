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
from dataclasses import asdict, fields
from itertools import accumulate, repeat
from typing import Any

from .matching import ENGINE_VERSION, Moving, Need, Profile
from .planning import Choice
from .policy import Policy

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
NEVER = -1
BY_TYPE = -1  # begins what counts open offers by type; before, an id stood there
_canonical = json.JSONEncoder(sort_keys=True).encode
LATER = ("benefit_capacity", "standard_capacity")  # so that older revisions keep their hash
DEFAULTS = {one.name: one.default for one in fields(Need)}


def pack_moving(moving: Mapping[int, Moving]) -> bytes:
    """Ids, turns, open counts and those of Benefit referrals as columns of 64-bit numbers, compressed.

    Ids are written as differences, an instant as microseconds.
    """
    ids = sorted(moving)
    turns = [_microseconds(moving[partner].last_offered_at) for partner in ids]
    opens = [moving[partner].open_offers for partner in ids]
    benefit = [moving[partner].open_benefit for partner in ids]
    return zlib.compress(array("q", [BY_TYPE, *_steps(ids), *turns, *opens, *benefit]).tobytes(), 6)


def unpack_moving(packed: bytes) -> dict[int, Moving]:
    """What ``pack_moving`` has packed, also before it counted Benefit referrals by themselves."""
    numbers = array("q")
    numbers.frombytes(zlib.decompress(packed))
    is_by_type = bool(numbers) and numbers[0] == BY_TYPE
    columns = _columns(numbers[1:], 4) if is_by_type else [*_columns(numbers, 3), repeat(0, len(numbers) // 3)]
    rows = zip(accumulate(columns[0]), *columns[1:], strict=True)
    return {partner: Moving(opens, _instant(turn), benefit) for partner, turn, opens, benefit in rows}


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


def start_hash(policy: Policy, revision: str, base: str, changes: bytes, at: dt.datetime) -> str:
    """Hash of what all runs of a batch start from."""
    content = {
        "engine": ENGINE_VERSION,
        "policy": asdict(policy),
        "at": at.astimezone(dt.UTC).isoformat(),
        "profiles": revision,
        "base": base,
        "changes": hashlib.sha256(changes).hexdigest(),
    }
    return digest(content)


def receipt_hash(before: str, need: Mapping[str, Any], choice: Choice) -> str:
    """Hash of one routing's inputs and result: chained to the run before it, or to the start of the batch."""
    content = [before, need, choice.chosen, write_shares(choice), choice.left_over, choice.ranked, choice.passing]
    return digest(content)


def digest(content: Any) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()
