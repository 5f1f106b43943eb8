"""Plan a whole batch in memory: bit masks over the profiles, one pass in due order.

The result equals choosing for one referral after the other: each choice moves the chosen partner's
open offers and its turn before the next referral is looked at.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from partners.choices import ReferralType

from .matching import ENGINE_VERSION, POLICY_VERSION, Moving, Need, Profile, may_be_offered, preference

RUNNERS_UP = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One planned routing: the chosen partner (or ``None``) and what is needed to rebuild its receipt."""

    chosen: int | None
    moving: Mapping[int, Moving]  # of the partners that pass the profile filters only
    ranked: tuple[int, ...]  # the first few that pass every filter, best first
    passing: int  # how many pass every filter


class ProfileIndex:
    """Profiles as bit masks: a filter is one AND, whatever the number of partners."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self.profiles = tuple(sorted(profiles, key=lambda profile: profile.id))
        self.masks: dict[tuple[str, str], int] = defaultdict(int)
        for place, profile in enumerate(self.profiles):
            for key in _keys(profile):
                self.masks[key] |= 1 << place
        self._known: dict[Need, int] = {}

    def passing(self, need: Need) -> Iterator[Profile]:
        """Profiles that pass every filter on the profile, by id."""
        mask = self._mask(replace(need, excluded_organisations=(), offered_organisations=(), incumbents=()))
        while mask:
            lowest = mask & -mask
            yield self.profiles[lowest.bit_length() - 1]
            mask ^= lowest

    def _mask(self, need: Need) -> int:
        if need not in self._known:
            self._known[need] = self._compute(need)
        return self._known[need]

    def _compute(self, need: Need) -> int:
        mask = self.masks["type", need.type] & self.masks["can", "be chosen"] & self.masks["country", need.country]
        mask &= self.masks["industry", ""] | self.masks["industry", need.industry]
        mask &= self.masks["size", ""] | self.masks["size", need.size_band]
        for workload in need.workloads:
            mask &= self.masks["endorsed", workload]
        if need.languages:
            speaking = 0
            for language in need.languages:
                speaking |= self.masks["language", language]
            mask &= speaking
        return mask & self.masks["no incentive", ""] if need.no_incentive else mask


def _keys(profile: Profile) -> Iterator[tuple[str, str]]:
    if profile.takes_benefit:
        yield "type", ReferralType.BENEFIT.value
    if profile.takes_standard:
        yield "type", ReferralType.STANDARD.value
    if profile.is_active and not profile.must_answer_review:
        yield "can", "be chosen"
    if profile.takes_no_incentive:
        yield "no incentive", ""
    for name, values in (("country", profile.countries), ("language", profile.languages)):
        yield from ((name, value) for value in values)
    yield from (("endorsed", code) for code in profile.endorsements)
    yield from (("industry", value) for value in profile.industries or ("",))
    yield from (("size", value) for value in profile.sizes or ("",))


def plan_batch(
    needs: Iterable[Need], index: ProfileIndex, moving: Mapping[int, Moving], at: dt.datetime
) -> tuple[list[Choice], dict[int, Moving]]:
    """Choose for every need in order; gives the choices and the moving part afterwards."""
    now_moving = start_newcomers(index.profiles, moving)
    choices = []
    for need in needs:
        choice = choose_partner(need, index, now_moving, at)
        choices.append(choice)
        if choice.chosen is not None:
            before = now_moving[choice.chosen]
            at_turn = max(at, before.last_offered_at or at) + dt.timedelta(microseconds=1)
            now_moving[choice.chosen] = Moving(before.open_offers + 1, at_turn)
    return choices, now_moving


def choose_partner(need: Need, index: ProfileIndex, moving: Mapping[int, Moving], at: dt.datetime) -> Choice:
    """Choose for one need; the same profile filters, moving filters and preference as the receipt shows."""
    seen, able = {}, []
    for profile in index.passing(need):
        state = moving[profile.id]
        seen[profile.id] = state
        if may_be_offered(need, profile, state, at):
            able.append((preference(need, profile, state), profile.id))
    able.sort()
    ranked = tuple(partner for _key, partner in able[: RUNNERS_UP + 1])
    return Choice(ranked[0] if ranked else None, seen, ranked, len(able))


def start_newcomers(profiles: Iterable[Profile], moving: Mapping[int, Moving]) -> dict[int, Moving]:
    """Give partners that were never offered anything the median turn of their type, once."""
    started = {profile.id: moving.get(profile.id, Moving()) for profile in profiles}
    for kind in (True, False):
        peers = [profile.id for profile in profiles if profile.takes_benefit is kind and profile.is_active]
        turns = sorted(turn for peer in peers if (turn := started[peer].last_offered_at))
        if turns:
            median = turns[len(turns) // 2]
            for peer in peers:
                if started[peer].last_offered_at is None:
                    started[peer] = replace(started[peer], last_offered_at=median)
    return started


def profiles_data(profiles: Iterable[Profile]) -> list[dict[str, Any]]:
    """Profiles as JSON data in a stable order: the content of a revision."""
    return [asdict(profile) for profile in sorted(profiles, key=lambda profile: profile.id)]


def read_profiles(data: Iterable[Mapping[str, Any]]) -> tuple[Profile, ...]:
    return tuple(Profile(**_with_tuples(row)) for row in data)


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON lists as the tuples that they were."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def write_need(need: Need) -> dict[str, Any]:
    return asdict(need)


def read_need(data: Mapping[str, Any]) -> Need:
    return Need(**_with_tuples(data))


def write_moving(moving: Mapping[int, Moving]) -> dict[str, list[Any]]:
    return {
        str(partner): [state.open_offers, state.last_offered_at.isoformat() if state.last_offered_at else None]
        for partner, state in sorted(moving.items())
    }


def read_moving(data: Mapping[str, list[Any]]) -> dict[int, Moving]:
    return {
        int(partner): Moving(state[0], dt.datetime.fromisoformat(state[1]) if state[1] else None)
        for partner, state in data.items()
    }


def receipt_hash(need: Need, choice: Choice, revision: str, at: dt.datetime) -> str:
    """Hash of a routing's inputs and result; the same inputs must give it again."""
    content = {
        "engine": ENGINE_VERSION,
        "policy": POLICY_VERSION,
        "at": at.astimezone(dt.UTC).isoformat(),
        "profiles": revision,
        "need": write_need(need),
        "moving": write_moving(choice.moving),
        "chosen": choice.chosen,
        "ranked": choice.ranked,
        "passing": choice.passing,
    }
    return digest(content)


def digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
