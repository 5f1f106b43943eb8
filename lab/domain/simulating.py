"""Let time pass in a scenario under one policy: route, answer, deliver, route on. Pure.

Referrals are routed by the product's own planner, at once, and together when they are due in the same minute. How a
partner answers depends on seed, referral and partner alone: it is the same under every policy. Answers that are known
are given as they came.
"""

import datetime as dt
from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import islice

from partners.choices import ReferralType
from partners.domain.board import Board
from partners.domain.matching import Moving, Need
from partners.domain.planning import Planner
from partners.domain.plans import Choice, Task
from partners.domain.policy import Policy
from partners.domain.splitting import Share

from .dice import draw, exponential
from .outcome import Asked, Outcome, Piece
from .scenario import Answer, Change, Scenario

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # turns are numbered; the instant is not looked at
LAPSE = 7 * 24 * 60  # minutes until an offer without an answer ends
BEAT = 200  # arrivals


@dataclass(order=True, slots=True)
class _Event:
    minute: int
    number: int
    what: str = field(compare=False)
    partner: int = field(compare=False)
    piece: Piece | None = field(compare=False, default=None)
    change: Change | None = field(compare=False, default=None)


def simulate(
    scenario: Scenario, policy: Policy, seed: int, factor: float = 1.0, beat: Callable[[int], None] | None = None
) -> Outcome:
    """Run a scenario to its end. ``factor`` makes partners decline so many times as often.

    ``beat`` hears now and then how many referrals have arrived; what it raises ends the simulation.
    """
    return _Run(scenario, policy, seed, factor, beat).go()


class _Run:
    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        seed: int,
        factor: float,
        beat: Callable[[int], None] | None = None,
    ) -> None:
        self.scenario, self.seed, self.outcome = scenario, seed, Outcome()
        self.factor, self.beat = factor, beat
        board = Board(scenario.profiles)
        moving = {profile.id: scenario.standing.get(profile.id, Moving()) for profile in board.profiles}
        self.planner = Planner(board, moving, START, policy)
        self.events: list[_Event] = []
        self.pushed = 0
        self.waiting: list[Piece] = []  # in the order of their arrival
        for change in scenario.changes:
            self._push(_Event(change.minute, 0, "change", change.partner, change=change))
        for partner, state in sorted(moving.items()):
            self._deliver_open(partner, state)

    def _deliver_open(self, partner: int, state: Moving) -> None:
        """What a partner has at the start is delivered as what it accepts later."""
        for number in range(state.open_offers):
            kind = ReferralType.BENEFIT if number < state.open_benefit else ReferralType.STANDARD
            piece = Piece(-1 - number, Need(kind.value, (), "", (), "", ""), 0, 0)
            mean = self.scenario.answers.minutes_of_delivery
            self._push(_Event(exponential(self._draw(piece, partner, 3), mean), 0, "delivered", partner, piece))

    def go(self) -> Outcome:
        arrivals = self.scenario.arrivals
        place = minute = 0
        while place < len(arrivals) or self.events:
            minutes = [row.minute for row in arrivals[place : place + 1]] + [row.minute for row in self.events[:1]]
            minute = min(minutes)
            due, freed = self._happen(minute)
            while place < len(arrivals) and arrivals[place].minute == minute:
                due.append(Piece(place, arrivals[place].need, minute, self._pool(arrivals[place].need)))
                self.outcome.open_parts[place] = 1
                place += 1
                if self.beat and place % BEAT == 0:
                    self.beat(place)
            self._go_on(due, freed, minute)
        last = self.scenario.until or minute
        for piece in self.waiting:
            self._end_wait(piece, last)
        self.outcome.open = self.waiting
        return self.outcome

    def _go_on(self, due: list[Piece], freed: set[int], minute: int) -> None:
        until = self.scenario.until
        if until is not None and minute >= until:
            for piece in due:
                self._wait(piece, minute)
            return
        due += self._take_waiting(freed)
        if due:
            self._route(sorted(due, key=lambda piece: piece.place), minute)

    # --- what happens by itself

    def _push(self, event: _Event) -> None:
        self.pushed += 1
        event.number = self.pushed
        heappush(self.events, event)

    def _happen(self, minute: int) -> tuple[list[Piece], set[int]]:
        """Everything of one minute: what is due again, and who has room again."""
        due, freed = list[Piece](), set[int]()
        while self.events and self.events[0].minute == minute:
            event = heappop(self.events)
            if event.change is not None:
                self._change(event.change)
                freed.add(event.partner)
            elif event.what == "accepted":
                self._accept(event)
            else:
                self._free(event)
                freed.add(event.partner)
                if event.what != "delivered" and event.piece is not None:
                    due.append(event.piece)
        return due, freed

    def _accept(self, event: _Event) -> None:
        assert event.piece is not None  # noqa: S101 (only offers are accepted)
        piece, answers = event.piece, self.scenario.answers
        self.outcome.open_parts[piece.referral] -= 1
        self.outcome.accepted[piece.referral] = event.minute
        hours = self.scenario.hours_of(event.partner)
        self.outcome.worked[piece.referral] = hours.between(piece.arrived, event.minute)
        done = event.minute + exponential(self._draw(piece, event.partner, 3), answers.minutes_of_delivery)
        self._push(_Event(done, 0, "delivered", event.partner, piece))

    def _free(self, event: _Event) -> None:
        assert event.piece is not None  # noqa: S101 (a place belongs to a piece)
        places, is_benefit = self.planner.places, event.piece.need.type == ReferralType.BENEFIT
        state = places.moving[event.partner]
        places.put(
            event.partner,
            replace(state, open_offers=state.open_offers - 1, open_benefit=state.open_benefit - is_benefit),
        )
        self.outcome.lapsed += event.what == "lapsed"

    def _change(self, change: Change) -> None:
        """Who is away passes for nothing; what it has it keeps."""
        planner, bit = self.planner, self.planner.board.bit(change.partner)
        planner.paused = planner.paused | bit if change.is_away else planner.paused & ~bit
        if change.capacity is not None:
            planner.board = planner.places.board = planner.board.with_capacity(change.partner, change.capacity)
            planner.places.put(change.partner, planner.places.moving[change.partner])

    # --- routing

    def _take_waiting(self, freed: Iterable[int]) -> list[Piece]:
        """For each free place of those who have one again, whoever has waited longest for it."""
        taken: list[Piece] = []
        for partner in sorted(freed) if self.waiting else ():
            bit, state = self.planner.board.bit(partner), self.planner.places.moving[partner]
            free = 0 if self.planner.paused & bit else self.planner.board.profile(partner).capacity - state.open_offers
            found = list(islice((place for place, piece in enumerate(self.waiting) if piece.pool & bit), max(0, free)))
            taken += [self.waiting.pop(place) for place in reversed(found)]
        return taken

    def _pool(self, need: Need) -> int:
        board = self.planner.board
        return board.of_interest(need, self.planner.policy) & ~board.refused(need)

    def _route(self, due: list[Piece], minute: int) -> None:
        self._forget_demand(due)
        choices = self.planner.plan([piece.need for piece in due])
        is_any_placed = any(choice.shares for choice in choices)
        for piece, choice, task in zip(due, choices, self.planner.tasks, strict=True):
            self._end_wait(piece, minute)
            if choice.shares:
                self._give(piece, choice, minute)
                self.outcome.envied += self._is_envied(task, choice)
                continue
            piece.wanted = task.open_to
            if is_any_placed:
                piece.need = replace(piece.need, times_left=piece.need.times_left + 1)
            if piece.pool:
                self.outcome.waited.add(piece.referral)
            self._wait(piece, minute)

    def _give(self, piece: Piece, choice: Choice, minute: int) -> None:
        self.outcome.open_parts[piece.referral] += len(choice.shares) - 1
        if choice.left_over:
            self.outcome.left_over.add(piece.referral)
        given = {share.partner for share in choice.shares}
        second = next((one for one in choice.ranked if one not in given), None)
        for share in choice.shares:
            self._offer(self._part(piece, share), share.partner, minute, second)

    def _is_envied(self, task: Task, choice: Choice) -> bool:
        """Has somebody who is free still, and passes, waited longer than the one that was chosen?"""
        places, turn = self.planner.places, choice.turns[0]
        if len(choice.shares) > 1:
            return False
        board, free, moving = self.planner.board, places.free[task.need.type], places.moving
        before = turn.before.last_turn
        return any(moving[one].last_turn < before and board.has(free, one) for one in board.members(task.open_to))

    def _end_wait(self, piece: Piece, minute: int) -> None:
        if piece.waits_since is not None and piece.waits_since < minute and piece.pool:
            self.outcome.unheld[piece.referral] += minute - piece.waits_since
            self.outcome.spans.append((piece.waits_since, minute))
        piece.waits_since = None

    def _forget_demand(self, due: list[Piece]) -> None:
        """What waited is counted anew when it is planned again."""
        if self.planner.demand:
            for piece in due:
                self.planner.demand.drop(piece.wanted)
                piece.wanted = 0

    def _part(self, piece: Piece, share: Share) -> Piece:
        if share.workloads == piece.need.workloads:
            return piece
        need = replace(piece.need, workloads=share.workloads)
        return Piece(piece.referral, need, piece.arrived, self._pool(need))

    def _wait(self, piece: Piece, minute: int) -> None:
        piece.waits_since = minute
        insort(self.waiting, piece, key=lambda one: one.place)

    def _offer(self, piece: Piece, partner: int, minute: int, second: int | None) -> None:
        self._note_offer(piece, partner, minute)
        answer = self._answer(piece, partner, minute)
        hours = self.scenario.hours_of(partner)
        worked = hours.between(minute, minute + answer.minutes)
        is_late = worked > self.scenario.answers.answer_within * hours.day
        self.outcome.answered_late += is_late or answer.what == "lapsed"
        if answer.what == "declined":
            self.outcome.declines[answer.reason] += 1
        if answer.what != "accepted":
            self.outcome.regretted += second is not None and self._answer(piece, second, minute).what == "accepted"
            tried = (*piece.need.offered_organisations, self.planner.board.profile(partner).organisation)
            need = replace(piece.need, offered_organisations=tuple(sorted(tried)), times_left=0)
            piece = Piece(piece.referral, need, piece.arrived, self._pool(need))
        self._push(_Event(minute + max(1, answer.minutes), 0, answer.what, partner, piece))

    def _note_offer(self, piece: Piece, partner: int, minute: int) -> None:
        self.outcome.offers[piece.referral] += 1
        self.outcome.received[partner] += 1
        pool = piece.pool & ~self.planner.paused
        self.outcome.pools[pool] += 1
        self.outcome.asked.append(Asked(minute, partner, pool))
        self.outcome.first.setdefault(piece.referral, partner)

    def _answer(self, piece: Piece, partner: int, minute: int) -> Answer:
        """To an offer of that minute: as it came where it did; else as the partner usually answers."""
        known = self.scenario.arrivals[piece.referral].known.get(partner)
        if known is not None:
            return known
        drawn, answers = self._draw(piece, partner, 1), self.scenario.answers
        declined = answers.share_declined(partner, self.factor)
        if declined <= drawn < declined + answers.lapsed:
            return Answer("lapsed", LAPSE)
        worked = exponential(self._draw(piece, partner, 2), answers.minutes_to_answer)
        minutes = min(self.scenario.hours_of(partner).after(minute, worked) - minute, LAPSE)
        if drawn < declined:
            return Answer("declined", minutes, self._find_reason(piece, partner))
        return Answer("accepted", minutes)

    def _find_reason(self, piece: Piece, partner: int) -> str:
        answers, drawn, last = self.scenario.answers, self._draw(piece, partner, 0), ""
        for reason, share in sorted(answers.reasons_of.get(partner, answers.reasons).items()):
            if drawn < share:
                return reason
            drawn, last = drawn - share, reason
        return last

    def _draw(self, piece: Piece, partner: int, purpose: int) -> float:
        """Between 0 and 1, by seed, referral, partner and purpose."""
        return draw(self.seed * 4 + purpose, piece.referral, partner)
