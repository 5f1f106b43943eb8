"""All profiles as bit masks: a filter is one AND, whatever the number of partners. Bit n is the n-th id."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace

from partners.choices import Filter, ReferralType

from .matching import Need, Profile, is_paused
from .policy import Policy

MOST_KNOWN = 5_000
SPARSE = 4  # bytes that are looked at in the time of one bit


class Board:
    """Immutable once made, so that it can be kept until a profile changes."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self.profiles = tuple(sorted(profiles, key=lambda profile: profile.id))
        self.places = {profile.id: place for place, profile in enumerate(self.profiles)}
        self.width = len(self.profiles) // 8 + 1
        self.masks: dict[tuple[str, str], int] = defaultdict(int)
        self.organisations: dict[int, int] = defaultdict(int)
        self._paused = [profile for profile in self.profiles if profile.paused_until]
        self._known: dict[tuple[object, ...], int] = {}
        self._members: dict[int, tuple[int, ...]] = {}
        for place, profile in enumerate(self.profiles):
            self.organisations[profile.organisation] |= 1 << place
            for key in _keys(profile):
                self.masks[key] |= 1 << place

    def with_capacity(self, partner: int, capacity: int) -> "Board":
        """The same board but for one partner's places, which no mask knows of."""
        board, rows = copy(self), list(self.profiles)
        rows[self.places[partner]] = replace(self.profile(partner), capacity=capacity)
        board.profiles = tuple(rows)
        return board

    def profile(self, partner: int) -> Profile:
        return self.profiles[self.places[partner]]

    def bit(self, partner: int) -> int:
        return 1 << self.places[partner]

    def knows(self, partner: int) -> bool:
        return partner in self.places

    def has(self, mask: int, partner: int | None) -> bool:
        return partner in self.places and bool(mask >> self.places[partner] & 1)

    def mask_of(self, partners: Iterable[int]) -> int:
        bits = bytearray(self.width)
        for partner in partners:
            place = self.places[partner]
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")

    def ids(self, mask: int) -> list[int]:
        """Ids of a mask, ascending: bit by bit where few are set, else byte by byte."""
        profiles, found = self.profiles, []
        if mask.bit_count() * SPARSE < self.width:
            while mask:
                lowest = mask & -mask
                found.append(profiles[lowest.bit_length() - 1].id)
                mask ^= lowest
            return found
        for number, byte in enumerate(mask.to_bytes(self.width, "little")):
            while byte:
                lowest = byte & -byte
                found.append(profiles[number * 8 + lowest.bit_length() - 1].id)
                byte ^= lowest
        return found

    def members(self, mask: int) -> tuple[int, ...]:
        """Ids of a mask that is asked for again and again."""
        found = self._members.get(mask)
        if found is None:
            if len(self._members) > MOST_KNOWN:
                self._members.clear()
            found = self._members[mask] = tuple(self.ids(mask))
        return found

    def paused(self, at: dt.datetime) -> int:
        return self.mask_of(profile.id for profile in self._paused if is_paused(profile, at))

    def refused(self, need: Need) -> int:
        """Organisations that the customer excludes or that had their turn; the one that is asked again excepted."""
        mask = 0
        for organisation in need.offered_organisations:
            mask |= self.organisations.get(organisation, 0)
        if need.retry_partner in self.places:
            mask &= ~self.bit(need.retry_partner)
        for organisation in need.excluded_organisations:
            mask |= self.organisations.get(organisation, 0)
        return mask

    def passing(self, need: Need, policy: Policy, *, whatever_endorsed: bool = False) -> int:
        """Profiles that pass every filter on the profile, or every one but the endorsements."""
        workloads = () if whatever_endorsed else need.workloads
        asked = (need.type, workloads, need.country, need.languages, need.industry, need.size_band)
        key = (*asked, need.no_incentive, policy)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._compute(replace(need, workloads=workloads), policy)
        return found

    def of_interest(self, need: Need, policy: Policy) -> int:
        """Profiles that pass; where a split is possible, those too that lack only endorsements for some workloads."""
        if policy.most_partners < 2 or len(need.workloads) < 2:
            return self.passing(need, policy)
        return self.passing(need, policy, whatever_endorsed=True) & self.endorsed_for_any(need.workloads)

    def endorsed_for_any(self, workloads: Iterable[str]) -> int:
        mask = 0
        for workload in workloads:
            mask |= self.masks.get(("endorsed", workload), 0)
        return mask

    def _compute(self, need: Need, policy: Policy) -> int:
        masks = self.masks
        mask = masks["type", need.type] & masks["can", "be offered anything"] & masks["country", need.country]
        for workload in need.workloads:
            mask &= masks["endorsed", workload]
        if policy.applies(Filter.INDUSTRY):
            mask &= masks["industry", ""] | masks["industry", need.industry]
        if policy.applies(Filter.SIZE):
            mask &= masks["size", ""] | masks["size", need.size_band]
        if policy.applies(Filter.NO_INCENTIVE) and need.no_incentive:
            mask &= masks["no incentive", ""]
        return mask & self._speaking(need) if policy.applies(Filter.LANGUAGE) and need.languages else mask

    def _speaking(self, need: Need) -> int:
        speaking = 0
        for language in need.languages:
            speaking |= self.masks["language", language]
        return speaking


def _keys(profile: Profile) -> Iterator[tuple[str, str]]:
    if profile.takes_benefit:
        yield "type", ReferralType.BENEFIT.value
    if profile.takes_standard:
        yield "type", ReferralType.STANDARD.value
    if profile.is_active and not profile.must_answer_review:
        yield "can", "be offered anything"
    if profile.takes_no_incentive:
        yield "no incentive", ""
    for name, values in (("country", profile.countries), ("language", profile.languages)):
        yield from ((name, value) for value in values)
    yield from (("endorsed", code) for code in profile.endorsements)
    yield from (("industry", value) for value in profile.industries or ("",))
    yield from (("size", value) for value in profile.sizes or ("",))
