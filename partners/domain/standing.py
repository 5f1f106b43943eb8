"""Who comes first among the partners that pass: the policy's tie-breaks, each with its value in words. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from partners.choices import TieBreak

if TYPE_CHECKING:
    from .matching import Moving, Need, Profile
    from .policy import Policy

EPOCH = dt.datetime.min.replace(tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
AN_INSTANT = 64  # bits for the microseconds of any year
Rivals = tuple[int, int]  # open needs elsewhere that a partner passes for, and its free places
Pressure = Mapping[int, Rivals]  # by partner; empty where demand elsewhere does not count
NO_PRESSURE: Pressure = {}
Value = int | float
Standing = tuple[Value, ...]  # the last is the id
Preference = tuple[bool, bool, *Standing]
Rule = Callable[["Profile", "Moving", Rivals | None], Value]


def _wait(_profile: "Profile", moving: "Moving", _rivals: Rivals | None) -> Value:
    """By number; where turns are not numbered, by the instant. One integer, since most comparisons are of these."""
    at = moving.last_offered_at
    return (moving.last_turn << AN_INSTANT) + ((at - EPOCH) // MICROSECOND if at else 0)


def _open(_profile: "Profile", moving: "Moving", _rivals: Rivals | None) -> Value:
    return moving.open_offers


def _used_share(profile: "Profile", moving: "Moving", _rivals: Rivals | None) -> Value:
    return moving.open_offers / profile.capacity if profile.capacity else 1.0


def _wanted(_profile: "Profile", _moving: "Moving", rivals: Rivals | None) -> Value:
    if rivals is None:
        return 0.0
    needs, free = rivals
    return needs / max(free, 1)


TIE_BREAKS: Mapping[str, Rule] = {
    TieBreak.LEAST_RECENTLY_OFFERED: _wait,
    TieBreak.FEWEST_OPEN: _open,
    TieBreak.SMALLEST_USED_SHARE: _used_share,
    TieBreak.LEAST_WANTED_ELSEWHERE: _wanted,
}


def standing(profile: "Profile", moving: "Moving", policy: "Policy", pressure: Pressure | None = None) -> Standing:
    """Place of a partner among equals, best first: the policy's tie-breaks in their order, then the id."""
    rivals = pressure.get(profile.id) if pressure else None
    return (*(TIE_BREAKS[name](profile, moving, rivals) for name in policy.tie_breaks), profile.id)


def preference(
    need: "Need", profile: "Profile", moving: "Moving", policy: "Policy", pressure: Pressure | None = None
) -> Preference:
    """Sort key, best first: same partner again, incumbent, then its standing."""
    is_other, is_no_incumbent = not_its_own(need, profile.id, policy)
    return (is_other, is_no_incumbent, *standing(profile, moving, policy, pressure))


def not_its_own(need: "Need", partner: int, policy: "Policy") -> tuple[bool, bool]:
    """Two reasons to go before all others, false where they hold: asked again as agreed; works with the customer."""
    return partner != need.retry_partner, not (policy.incumbent_first and partner in need.incumbents)


def say_score(
    need: "Need", profile: "Profile", moving: "Moving", policy: "Policy", pressure: Pressure | None = None
) -> str:
    """Why this partner stands where it stands among those that pass, with the values that the policy compares."""
    parts = []
    if profile.id == need.retry_partner:
        parts.append("offered again, as agreed")
    if profile.id in need.incumbents:
        parts.append("already works with this customer")
    last = moving.last_offered_at
    parts.append(f"last offered {last:%Y-%m-%d %H:%M} UTC" if last else "never offered before")
    parts.append(f"{moving.open_offers} open")
    if TieBreak.SMALLEST_USED_SHARE in policy.tie_breaks and profile.capacity:
        parts.append(f"{moving.open_offers / profile.capacity:.0%} of its capacity used")
    if pressure and profile.id in pressure:
        needs, free = pressure[profile.id]
        words = "need" if needs == 1 else "needs", "place" if free == 1 else "places"
        parts.append(f"wanted elsewhere by {needs} open {words[0]}, {free} {words[1]} free")
    return "; ".join(parts)
