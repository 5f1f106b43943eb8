"""Planning by scarcity: as many placed as can be, nobody over capacity, and every move within the batch named."""

from collections import Counter
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.choices import BatchOrder, Precedence
from partners.domain.board import Board
from partners.domain.matching import Moving, Need, Profile, Snapshot, rank_candidates
from partners.domain.places import Places
from partners.domain.planning import plan_batch
from partners.domain.plans import Choice
from partners.domain.policy import Policy
from partners.domain.scarcity import MOST_FAILURES
from tests.partners.test_matching import AT, need, profile
from tests.partners.test_planning import needs, partners, start, turns

untraced = pytest.mark.no_cover  # so many examples: others tell what is covered
ALONE = Policy(most_partners=1)


def passes(wanted: Need, row: Profile, policy: Policy) -> bool:
    """By the verdicts of a receipt, as if it had room."""
    roomy = replace(row, capacity=99, benefit_capacity=None, standard_capacity=None)
    return rank_candidates(wanted, Snapshot(AT, (roomy,), {row.id: Moving()}), policy)[0].rank == 1


class Optimum:
    """The most needs that can be placed, one partner each, by trying everything."""

    def __init__(
        self, wanted: list[Need], rows: list[Profile], moving: dict[int, Moving], kept: dict[int, int]
    ) -> None:
        self.wanted = wanted
        self.open_to = [
            [kept[place]] if place in kept else [row.id for row in rows if passes(one, row, ALONE)]
            for place, one in enumerate(wanted)
        ]
        free = [
            (row.id, row.free_places(moving[row.id], "benefit"), row.free_places(moving[row.id], "standard"))
            for row in rows
        ]
        total = {row.id: row.capacity - moving[row.id].open_offers for row in rows}
        self.start = tuple((one, max(0, total[one]), benefit, standard) for one, benefit, standard in free)
        self.most = cache(self._most)

    def count(self) -> int:
        return self.most(0, self.start)

    def _most(self, place: int, free: tuple[tuple[int, int, int, int], ...]) -> int:
        if place == len(self.wanted):
            return 0
        best = self.most(place + 1, free)
        is_benefit = self.wanted[place].type == "benefit"
        for index, (one, total, benefit, standard) in enumerate(free):
            if one in self.open_to[place] and total > 0 and (benefit if is_benefit else standard) > 0:
                left = (one, total - 1, benefit - is_benefit, standard - (not is_benefit))
                best = max(best, 1 + self.most(place + 1, (*free[:index], left, *free[index + 1 :])))
        return best


def _free(row: Profile, state: Moving) -> tuple[int, int, int, int]:
    total = max(0, row.capacity - state.open_offers)
    return row.id, total, row.free_places(state, "benefit"), row.free_places(state, "standard")


def own_partners(wanted: Need) -> set[int | None]:
    return {wanted.retry_partner, *wanted.incumbents}


def kept_by(wanted: list[Need], choices: tuple[Choice, ...]) -> dict[int, int]:
    """Needs that went back to a partner, or to one that works with the customer."""
    rows = enumerate(zip(wanted, choices, strict=True))
    return {place: one for place, (need_, choice) in rows if (one := choice.chosen) and one in own_partners(need_)}


@untraced
@settings(max_examples=300, deadline=None)
@given(st.lists(needs, max_size=6), partners, turns)
def test_as_many_are_placed_as_can_be(wanted: list[Need], rows: list[Profile], ages: list[int | None]) -> None:
    moving = start(rows, ages)
    plan = plan_batch(wanted, Board(rows), moving, AT, ALONE)
    placed = sum(choice.chosen is not None for choice in plan.choices)
    assert placed == Optimum(wanted, rows, moving, kept_by(wanted, plan.choices)).count()


@untraced
@settings(max_examples=300, deadline=None)
@given(st.lists(needs, max_size=12), partners, turns, st.integers(1, 3))
def test_no_partner_is_over_its_capacity_and_every_turn_is_its_own(
    wanted: list[Need], rows: list[Profile], ages: list[int | None], most_partners: int
) -> None:
    moving, board, policy = start(rows, ages), Board(rows), Policy(most_partners=most_partners)
    plan = plan_batch(wanted, board, moving, AT, policy)
    given_to: dict[int, list[str]] = {row.id: [] for row in rows}
    for one, choice in zip(wanted, plan.choices, strict=True):
        for share in choice.shares:
            given_to[share.partner].append(one.type)
            assert passes(replace(one, workloads=share.workloads), board.profile(share.partner), policy)
    for row in rows:
        before, after = moving[row.id], plan.moved.get(row.id, moving[row.id])
        assert after.open_offers == before.open_offers + len(given_to[row.id])
        assert after.open_benefit == before.open_benefit + given_to[row.id].count("benefit")
        for kind in set(given_to[row.id]):
            assert row.free_places(after, kind) >= 0
            assert after.open_offers <= row.capacity
            limit = row.capacity_for(kind)
            assert limit is None or after.open_of(kind) <= limit
    taken = [turn.after.last_turn for choice in plan.choices for turn in choice.turns]
    assert len(set(taken)) == len(taken)
    assert sorted(plan.order) == list(range(len(wanted)))
    last = {row.id: plan.moved[row.id].last_turn for row in rows if given_to[row.id]}
    shares = [
        (share.partner, turn)
        for choice in plan.choices
        for share, turn in zip(choice.shares, choice.turns, strict=True)
    ]
    assert last == {one: max(turn.after.last_turn for partner, turn in shares if partner == one) for one in last}


@untraced
@settings(max_examples=200, deadline=None)
@given(st.lists(needs, max_size=10), partners, turns)
def test_planned_again_in_its_own_order_it_is_the_same(
    wanted: list[Need], rows: list[Profile], ages: list[int | None]
) -> None:
    """What a receipt keeps is the order of planning."""
    moving, board = start(rows, ages), Board(rows)
    plan = plan_batch(wanted, board, moving, AT, Policy())
    again = plan_batch([wanted[place] for place in plan.order], board, moving, AT, Policy())
    assert again.order == tuple(range(len(wanted)))
    assert [choice.shares for choice in again.choices] == [plan.choices[place].shares for place in plan.order]
    assert again.moved == plan.moved


def two_and_one() -> tuple[list[Profile], list[Need]]:
    """The first passes for both, the second for one; each has one place, and the second was offered less recently."""
    rows = [profile(1, capacity=1, countries=("GB", "DE")), profile(2, capacity=1)]
    return rows, [need(), need(country="DE")]


def test_fewest_candidates_go_first_and_it_says_so() -> None:
    rows, wanted = two_and_one()
    plan = plan_batch(wanted, Board(rows), {1: Moving(), 2: Moving(0, AT)}, AT, Policy())
    assert [choice.chosen for choice in plan.choices] == [2, 1]
    assert plan.order == (1, 0)
    orders = [choice.order for choice in plan.choices if choice.order]
    assert [(one.precedence, one.candidates) for one in orders] == [("candidates", 2), ("candidates", 1)]
    assert not any(choice.moves for choice in plan.choices)
    due = plan_batch(wanted, Board(rows), {1: Moving(), 2: Moving(0, AT)}, AT, Policy(batch_order=BatchOrder.DUE.value))
    assert [choice.chosen for choice in due.choices] == [1, None]


def test_when_nobody_is_free_one_planned_earlier_moves_and_the_turn_stays() -> None:
    """Three needs with two candidates each, of which no order by number alone is safe."""
    rows = [
        profile(1, capacity=1, endorsements=("INTUNE",)),
        profile(2, capacity=1, endorsements=("INTUNE", "TEAMS")),
        profile(3, capacity=1, endorsements=("TEAMS",), countries=("DE",)),
    ]
    wanted = [need(), need(workloads=("TEAMS",), country="DE"), need(workloads=("TEAMS",))]
    rows[1] = replace(rows[1], countries=("GB", "DE"))
    moving = {1: Moving(0, AT), 2: Moving(), 3: Moving(0, AT)}
    plan = plan_batch([replace(wanted[0], times_left=2), *wanted[1:]], Board(rows), moving, AT, Policy())
    assert [choice.chosen for choice in plan.choices] == [1, 3, 2]
    moved = plan.choices[2].moves
    assert [(move.place, move.giver, move.taker) for move in moved] == [(0, 2, 1)]
    assert plan.choices[0].ranked[0] == 2, "it was the first choice, and gave way"
    first, third = (plan.choices[place].turns[0].after.last_turn for place in (0, 2))
    assert third < first, "each partner keeps the turn that it spent"


def test_who_goes_back_to_a_partner_or_is_its_customer_is_never_moved() -> None:
    for own in ({"incumbents": (1,)}, {"retry_partner": 1, "offered_organisations": (1,)}):
        rows, wanted = two_and_one()
        plan = plan_batch([need(**own), wanted[1]], Board(rows), {1: Moving(), 2: Moving()}, AT, Policy())
        assert [choice.chosen for choice in plan.choices] == [1, None]
        assert plan.choices[0].order is not None
        assert plan.choices[0].order.precedence == Precedence.OWN_PARTNER


def test_who_was_left_over_by_two_passes_goes_first_whatever_its_candidates() -> None:
    rows = [profile(1, capacity=1, countries=("GB", "DE"))]
    wanted = [need(country="DE"), need(times_left=1), need(times_left=2)]
    plan = plan_batch(wanted, Board(rows), {1: Moving()}, AT, Policy())
    assert [choice.chosen for choice in plan.choices] == [None, None, 1]
    assert plan.order[0] == 2


def test_chain_of_several_moves() -> None:
    """Each partner covers its own workload and the one before, and only the last has a place left."""
    codes = ("A", "B", "C", "D")
    rows = [profile(number, capacity=1, endorsements=codes[max(0, number - 2) : number]) for number in (1, 2, 3, 4)]
    moving = {row.id: Moving(0, AT) if row.id == 4 else Moving() for row in rows}
    first = [need(workloads=(code,), times_left=2) for code in ("A", "B", "C")]
    plan = plan_batch([*first, need(workloads=("A",))], Board(rows), moving, AT, Policy())
    assert [choice.chosen for choice in plan.choices] == [1, 3, 4, 2]
    assert [(move.place, move.giver, move.taker) for move in plan.choices[3].moves] == [(1, 2, 3), (2, 3, 4)]
    assert plan.choices[3].turns[0].before == Moving(), "it has the turn that its partner spent first"


def test_one_that_several_can_share_gives_way_to_one_that_only_its_partner_can_take() -> None:
    rows = [
        profile(1, capacity=1),
        profile(2, capacity=1, endorsements=("INTUNE",), countries=("DE",)),
        profile(3, capacity=1, endorsements=("TEAMS",), countries=("DE",)),
    ]
    rows[0] = replace(rows[0], countries=("GB", "DE"))
    both = need(workloads=("INTUNE", "TEAMS"), country="DE", times_left=2)
    plan = plan_batch([both, need()], Board(rows), {row.id: Moving() for row in rows}, AT, Policy())
    assert [{share.partner for share in choice.shares} for choice in plan.choices] == [{2, 3}, {1}]
    assert [(move.place, move.giver, move.taker) for move in plan.choices[1].moves] == [(0, 1, None)]
    alone = plan_batch([both, need()], Board(rows), {row.id: Moving() for row in rows}, AT, ALONE)
    assert [choice.chosen for choice in alone.choices] == [1, None]


def test_places_that_one_partner_fills_alone_are_not_spent_on_parts() -> None:
    """A need that is covered in part does not take the place of one that is covered whole."""
    rows = [profile(1, capacity=1, endorsements=("INTUNE",))]
    wanted = [need(workloads=("INTUNE", "VIVA_GLINT")), need()]
    plan = plan_batch(wanted, Board(rows), {1: Moving()}, AT, Policy())
    assert [choice.chosen for choice in plan.choices] == [None, 1]


def test_whole_shares_go_before_parts() -> None:
    rows = [profile(1, capacity=1, endorsements=("INTUNE",)), profile(2, capacity=9, endorsements=("TEAMS",))]
    part, whole = need(workloads=("INTUNE", "VIVA_GLINT")), need(workloads=("INTUNE", "TEAMS"))
    plan = plan_batch([part, whole], Board(rows), {1: Moving(), 2: Moving()}, AT, Policy())
    assert plan.choices[0].chosen is None
    assert Counter(share.partner for share in plan.choices[1].shares) == {1: 1, 2: 1}


def test_room_for_a_split_is_not_made_where_the_chain_before_it_passes() -> None:
    """One partner takes two at a time, and one Standard referral at most: two chains through it would give it two."""
    wide = {"countries": ("GB",), "languages": ("en",)}
    rows = [
        profile(1, capacity=2, endorsements=tuple("p123s"), standard_capacity=1, **wide),
        profile(2, capacity=1, endorsements=("1",)),
        profile(3, capacity=1, endorsements=("2", "s")),
        profile(4, capacity=6, endorsements=("3",)),
        profile(5, capacity=1, endorsements=("q", "5", "6")),
        profile(6, capacity=1, endorsements=("5",)),
        profile(7, capacity=1, endorsements=("6",)),
    ]
    moving = {one: Moving(0, AT, 0, turn) for one, turn in enumerate((2, 3, 1, 9, 4, 5, 6), 1)} | {
        4: Moving(5, AT, 5, 9)
    }
    wanted = [need(workloads=("1", "2")), need(workloads=("3",))]
    wanted += [need(type="standard", workloads=codes) for codes in (("s",), ("5", "6"), ("p", "q"))]
    rules = Policy(tie_breaks=("fewest_open", "least_recently_offered"))
    plan = plan_batch(wanted, Board(rows), moving, AT, rules)
    assert plan.moved[1].open_of("standard") <= 1
    assert [bool(choice.shares) for choice in plan.choices] == [True, True, True, True, False]


def test_overloaded_batch_with_splits_is_planned_in_a_bounded_number_of_tries() -> None:
    codes = "ABCDEFGH"
    covers = {one: tuple(codes[(one + step * 3) % 8] for step in range(1 + one % 4)) for one in range(1, 201)}
    rows = [profile(one, capacity=1 + one % 2, endorsements=each) for one, each in covers.items()]
    wanted = [need(workloads=tuple(sorted({codes[n % 8], codes[n * n % 8], codes[n // 8 % 8]}))) for n in range(500)]
    tries: list[int] = []
    save = Places.save

    def counted(places: Places) -> Places:
        tries.append(1)
        return save(places)

    with patch.object(Places, "save", counted):
        plan = plan_batch(wanted, Board(rows), {row.id: Moving() for row in rows}, AT, Policy())
    placed = sum(bool(choice.shares) for choice in plan.choices)
    due = plan_batch(wanted, Board(rows), {row.id: Moving() for row in rows}, AT, Policy(batch_order="due"))
    assert len(tries) <= MOST_FAILURES + placed
    assert placed >= sum(bool(choice.shares) for choice in due.choices)
