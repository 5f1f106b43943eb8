"""Turns: each later than all before it, whatever is routed together; where newcomers and those who return stand."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.choices import BatchOrder
from partners.domain.board import Board
from partners.domain.matching import Moving, Profile
from partners.domain.planning import plan_batch
from partners.domain.policy import Policy
from partners.domain.turns import BLOCK, BY_CLOCK, STEP, begin_turns, start_newcomer
from tests.partners.test_matching import AT, need, profile

untraced = pytest.mark.no_cover  # so many examples: others tell what is covered
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
orders = st.sampled_from(BatchOrder.values)


class Pool:
    """Partners that are routed to in passes, by numbers of the database or without."""

    def __init__(self, rows: Sequence[Profile], order: str, *, is_numbered: bool) -> None:
        self.rows, self.policy, self.is_numbered = list(rows), Policy(batch_order=order), is_numbered
        self.moving = {row.id: Moving() for row in rows}
        self.received: list[int] = []
        self.passes = 0

    def route(self, referrals: int, at: dt.datetime = AT) -> list[int]:
        self.passes += 1
        first = self.passes * BLOCK if self.is_numbered else None
        plan = plan_batch([need()] * referrals, Board(self.rows), self.moving, at, self.policy, first)
        self.moving |= plan.moved
        found = [one for choice in plan.choices if (one := choice.chosen) is not None]
        self.received += found
        return found


@untraced
@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 9),
    st.lists(st.tuples(st.integers(1, 7), st.integers(-2, 3)), max_size=20),
    orders,
    st.booleans(),
)
def test_equal_partners_differ_by_one_offer_whatever_is_routed_together(
    partners: int, passes: list[tuple[int, int]], order: str, is_numbered: bool
) -> None:
    """Any number of partners, batches of any size, singles between them, and a clock that stands or goes back."""
    pool = Pool([profile(number, capacity=10_000) for number in range(1, partners + 1)], order, is_numbered=is_numbered)
    at = AT
    for referrals, hours in passes:
        at += hours * HOUR
        pool.route(referrals, at)
        counts = Counter(dict.fromkeys(range(1, partners + 1), 0)) + Counter()
        counts.update(pool.received)
        numbers = [counts[one] for one in range(1, partners + 1)]
        assert max(numbers) - min(numbers) <= 1, numbers


def test_every_turn_of_a_batch_is_later_than_the_one_before() -> None:
    board = Board([profile(number) for number in (1, 2, 3)])
    plan = plan_batch([need()] * 9, board, {one: Moving() for one in (1, 2, 3)}, AT, Policy(), BLOCK)
    turns = [turn.after for choice in plan.choices for turn in choice.turns]
    assert all(later.last_turn - earlier.last_turn == STEP for earlier, later in pairwise(turns))
    assert [turn.last_offered_at for turn in turns] == [
        AT + place * dt.timedelta(microseconds=1) for place in range(1, 10)
    ]
    assert turns[-1].last_turn < 2 * BLOCK


def test_block_has_room_for_the_largest_batch() -> None:
    assert BLOCK // STEP >= 1_000 * 3, "a thousand referrals, each split among three"


def test_before_turns_had_numbers_a_batch_gave_all_the_same_instant() -> None:
    """So that receipts of then are proved: the rule stays as it was."""
    board = Board([profile(number) for number in (1, 2, 3)])
    plan = plan_batch([need()] * 3, board, {one: Moving() for one in (1, 2, 3)}, AT, Policy(), BY_CLOCK)
    turns = [turn.after for choice in plan.choices for turn in choice.turns]
    assert {(turn.last_turn, turn.last_offered_at) for turn in turns} == {(0, AT + dt.timedelta(microseconds=1))}


@pytest.mark.parametrize("order", BatchOrder.values)
def test_who_returns_from_a_pause_has_one_turn_and_catches_up_nothing(order: str) -> None:
    until = (AT + 9 * DAY).isoformat()
    pool = Pool(
        [profile(1, capacity=99, paused_until=until), *(profile(n, capacity=99) for n in (2, 3))],
        order,
        is_numbered=True,
    )
    for day in range(9):
        pool.route(2, AT + day * DAY)
    assert 1 not in pool.received
    after = [*pool.route(4, AT + 10 * DAY), *pool.route(1, AT + 11 * DAY), *pool.route(4, AT + 12 * DAY)]
    assert after[0] == 1, "it has waited longest"
    assert all(one != other for one, other in pairwise(after)), "nobody twice in a row"
    assert after.count(1) == 3


@pytest.mark.parametrize("order", BatchOrder.values)
def test_who_was_full_has_one_turn_and_catches_up_nothing(order: str) -> None:
    pool = Pool([profile(1, capacity=1), *(profile(n, capacity=99) for n in (2, 3))], order, is_numbered=True)
    pool.route(9)
    assert pool.received.count(1) == 1
    pool.moving[1] = Moving(0, pool.moving[1].last_offered_at, 0, pool.moving[1].last_turn)
    pool.rows[0] = profile(1, capacity=99)
    after = pool.route(9)
    assert (after[0], after.count(1)) == (1, 3)
    assert all(one != other for one, other in pairwise(after))


def moving(number: int, hours: int) -> Moving:
    return Moving(0, AT - hours * HOUR, 0, number)


def test_newcomer_starts_behind_the_median_and_before_the_next() -> None:
    peers = [moving(3 * BLOCK, 1), moving(BLOCK, 9), moving(2 * BLOCK, 5)]
    started = start_newcomer(Moving(), peers, AT)
    assert 2 * BLOCK < started.last_turn < 3 * BLOCK
    assert started.last_offered_at == AT - 3 * HOUR
    second = start_newcomer(Moving(), [*peers, started], AT)
    assert len({row.last_turn for row in (*peers, started, second)}) == 5, "no two stand at the same place"


def test_newcomer_beside_a_single_partner_goes_next_and_then_they_alternate() -> None:
    turns = {1: moving(BLOCK, 1)}
    turns[2] = start_newcomer(Moving(), turns.values(), AT)
    choices = plan_batch([need()] * 4, Board([profile(1), profile(2)]), turns, AT, Policy()).choices
    assert [choice.chosen for choice in choices] == [2, 1, 2, 1]


def test_newcomers_where_nobody_had_a_turn_start_now() -> None:
    assert start_newcomer(Moving(), [Moving()], AT) == Moving(0, AT)


@pytest.mark.parametrize("is_numbered", [True, False])
def test_newcomer_over_a_thousand_turns_gets_neither_none_nor_a_flood(is_numbered: bool) -> None:
    profiles = [profile(number, capacity=10_000) for number in range(1, 11)]
    turns = {number: moving((10 - number) * BLOCK if is_numbered else 0, number) for number in range(1, 10)}
    turns[10] = start_newcomer(Moving(), turns.values(), AT)
    choices = plan_batch([need()] * 1000, Board(profiles), turns, AT, Policy()).choices
    shares = Counter(choice.chosen for choice in choices)
    assert set(shares.values()) == {100}
    early = [choice.chosen for choice in choices[:10]]
    assert early.index(10) == 5, "its turn comes in the middle of the first round"


def test_turns_without_a_number_of_the_database_are_later_than_all_that_are_known() -> None:
    turns = begin_turns(None, AT, {1: moving(7 * BLOCK, -2), 2: moving(BLOCK, 4)})
    number, instant = turns.take(Moving())
    assert number > 7 * BLOCK
    assert instant > AT + 2 * HOUR
