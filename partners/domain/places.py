"""Free places and turns of all partners while a batch is planned: each choice moves them before the next. Pure."""

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace

from partners.choices import ReferralType

from .board import Board
from .matching import Moving, Need, has_room
from .policy import Policy
from .standing import Pressure, Standing, not_its_own, standing
from .turns import begin_turns

FEW = 48  # up to so many candidates are sorted; more are found by walking the rotation


@dataclass(frozen=True, slots=True)
class Turn:
    """What an offer changes with its partner."""

    before: Moving
    after: Moving


class Places:
    """``free`` is a mask by type of referral, ``moving`` how every partner stands, ``moved`` whoever has changed.

    ``standings`` are kept for each; ``rotation``, all of them in order, once it is needed. ``left``: free places by
    type and partner, where the policy weighs demand.
    """

    def __init__(
        self, board: Board, moving: Mapping[int, Moving], at: dt.datetime, policy: Policy, first_turn: int | None
    ) -> None:
        self.board, self.policy = board, policy
        self.moving, self.moved = dict(moving), dict[int, Moving]()
        self.free = {
            kind.value: board.mask_of(one for one in moving if has_room(board.profile(one), moving[one], kind))
            for kind in ReferralType
        }
        self.turns = begin_turns(first_turn, at, moving)
        self.standings = {one: standing(board.profile(one), state, policy) for one, state in moving.items()}
        self.rotation: list[tuple[Standing, int, int]] | None = None
        self.left: dict[str, dict[int, int]] = {}
        if policy.weighs_demand:
            self.left = {
                kind: {one: board.profile(one).free_places(moving[one], kind) for one in moving} for kind in self.free
            }

    def spend_turn(self, partner: int, referral_type: str) -> Turn:
        """One more offer, and the next turn."""
        before = self.moving[partner]
        after = before.with_one_more(referral_type, self.turns.take(before))
        self.put(partner, after)
        return Turn(before, after)

    def exchange(self, partner: int, out: str, into: str) -> None:
        """One offer takes the place of another, which may be of another type; the turn stays."""
        if out != into:
            state = self.moving[partner]
            more = 1 if into == ReferralType.BENEFIT else -1
            self.put(partner, replace(state, open_benefit=state.open_benefit + more))

    def put(self, partner: int, state: Moving) -> None:
        """How a partner stands from now on."""
        profile, bit = self.board.profile(partner), self.board.bit(partner)
        stood, stands = self.standings[partner], standing(profile, state, self.policy)
        self.standings[partner] = stands
        if self.rotation is not None:
            place = self.board.places[partner]
            del self.rotation[bisect_left(self.rotation, (stood, partner, place))]
            insort(self.rotation, (stands, partner, place))
        self.moving[partner] = self.moved[partner] = state
        for kind, free in self.free.items():
            self.free[kind] = free | bit if has_room(profile, state, kind) else free & ~bit
        for kind, left in self.left.items():
            left[partner] = profile.free_places(state, kind)

    def save(self) -> "Places":
        """A copy to go back to."""
        saved = copy(self)
        saved.moving, saved.moved, saved.free = dict(self.moving), dict(self.moved), dict(self.free)
        saved.standings, saved.turns, saved.rotation = dict(self.standings), copy(self.turns), None
        saved.left = {kind: dict(left) for kind, left in self.left.items()}
        return saved

    def best(self, need: Need, able: int, number: int, pressure: Pressure) -> tuple[int, ...]:
        """The first few of those able, by preference: who goes before all others, then by standing."""
        if not able:
            return ()
        found = self._ahead(need, able, pressure)
        for partner in self._in_order(able, pressure):
            if len(found) >= number:
                break
            if partner not in found:
                found.append(partner)
        return tuple(found)

    def by_standing(self, able: int) -> list[int]:
        return sorted(self.board.ids(able), key=self.standings.__getitem__)

    def _ahead(self, need: Need, able: int, pressure: Pressure) -> list[int]:
        """Those able that are asked again or incumbents, best first."""
        named = [need.retry_partner, *(need.incumbents if self.policy.incumbent_first else ())]
        first = {partner for partner in named if partner is not None and self.board.has(able, partner)}
        if len(first) < 2:
            return list(first)
        return sorted(first, key=lambda one: (not_its_own(need, one, self.policy), self._standing(one, pressure)))

    def _standing(self, partner: int, pressure: Pressure) -> Standing:
        if not pressure:
            return self.standings[partner]
        return standing(self.board.profile(partner), self.moving[partner], self.policy, pressure)

    def _in_order(self, able: int, pressure: Pressure) -> Iterable[int]:
        if not pressure and able.bit_count() > FEW:
            return self._walk(able)
        if pressure:
            return sorted(self.board.ids(able), key=lambda one: self._standing(one, pressure))
        return self.by_standing(able)

    def _walk(self, able: int) -> Iterator[int]:
        """Those able, in the order of their standing: the rotation is kept sorted while turns are spent."""
        if self.rotation is None:
            places = self.board.places
            self.rotation = sorted((stands, one, places[one]) for one, stands in self.standings.items())
        bits = able.to_bytes(self.board.width, "little")
        for _stands, one, place in self.rotation:
            if bits[place >> 3] >> (place & 7) & 1:
                yield one
