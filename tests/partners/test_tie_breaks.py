"""The rules between partners that pass, each with its values in the receipt."""

from collections.abc import Mapping
from itertools import permutations

import pytest

from partners.choices import BatchOrder, TieBreak
from partners.domain.board import Board
from partners.domain.matching import Moving, Need, Profile, Snapshot, rank_candidates
from partners.domain.planning import Planner, plan_batch
from partners.domain.plans import Choice
from partners.domain.policy import Policy
from tests.partners.test_matching import AT, need, profile

WAIT, OPEN, SHARE, WANTED = TieBreak.values


def policy(*rules: str, below: int = 100, order: str = BatchOrder.DUE.value) -> Policy:
    return Policy(tie_breaks=rules, pressure_below=below, batch_order=order)


def score(rows: list[Profile], moving: Mapping[int, Moving], rules: Policy, wanted: Need, place: int = 0) -> str:
    planner = Planner(Board(rows), moving, AT, rules)
    for _place in planner.walk([wanted]):
        pressure = planner.pressure_on(0)
    return rank_candidates(wanted, Snapshot(AT, tuple(rows), moving, pressure), rules)[place].score


@pytest.mark.parametrize(("rules", "chosen"), [((SHARE, WAIT), 2), ((OPEN, WAIT), 1), ((WAIT, OPEN), 1)])
def test_smallest_used_share_prefers_who_has_most_left_of_what_it_can_take(rules: tuple[str, ...], chosen: int) -> None:
    rows = [profile(1, capacity=2), profile(2, capacity=10)]
    moving = {1: Moving(1), 2: Moving(3, AT)}
    assert plan_batch([need()], Board(rows), moving, AT, policy(*rules)).choices[0].chosen == chosen


def test_used_share_is_said_in_the_receipt_where_it_counts() -> None:
    rows = [profile(1, capacity=8)]
    assert score(rows, {1: Moving(2)}, policy(SHARE, WAIT), need()) == (
        "never offered before; 2 open; 25% of its capacity used"
    )
    assert "capacity" not in score(rows, {1: Moving(2)}, policy(WAIT, OPEN), need())


def wanted_elsewhere() -> tuple[list[Profile], list[Need]]:
    """The first partner alone works in Germany, where three needs are open; both work in Britain."""
    rows = [profile(1, capacity=4, countries=("GB", "DE")), profile(2, capacity=4)]
    return rows, [need(), *[need(country="DE")] * 3]


def choices(rules: Policy, wanted: Mapping[int, int] | None = None) -> list[Choice]:
    rows, needs = wanted_elsewhere()
    start = {1: Moving(), 2: Moving(0, AT)}
    return list(plan_batch(needs, Board(rows), start, AT, rules, None, wanted).choices)


def test_least_wanted_elsewhere_keeps_places_for_those_that_nobody_else_can_take() -> None:
    assert choices(policy(WAIT, OPEN))[0].chosen == 1
    first = choices(policy(WANTED, WAIT))[0]
    assert first.chosen == 2
    assert dict(first.pressure) == {1: (3, 4), 2: (0, 4)}, "its own need is not elsewhere"


def test_demand_outside_of_the_batch_counts_too() -> None:
    assert choices(policy(WANTED, WAIT), {2: 9})[0].chosen == 1


def test_demand_counts_only_when_few_places_are_free() -> None:
    rows, needs = wanted_elsewhere()
    for open_offers, chosen in ((1, 1), (3, 2)):
        moving = {1: Moving(open_offers), 2: Moving(open_offers, AT)}
        plan = plan_batch(needs, Board(rows), moving, AT, policy(WANTED, WAIT, below=50))
        assert plan.choices[0].chosen == chosen


def test_what_is_placed_is_wanted_no_more() -> None:
    rows, needs = wanted_elsewhere()
    moving = {1: Moving(), 2: Moving(0, AT)}
    last = plan_batch([*needs[1:], needs[0]], Board(rows), moving, AT, policy(WANTED, WAIT)).choices[-1]
    assert last.chosen == 2
    assert dict(last.pressure) == {1: (0, 1), 2: (0, 4)}


def test_pressure_is_said_in_words_to_the_team() -> None:
    rows, _needs = wanted_elsewhere()
    planner = Planner(Board(rows), {1: Moving(), 2: Moving()}, AT, policy(WANTED, WAIT), wanted={1: 14, 2: 1})
    for _place in planner.walk([need()]):
        pressure = planner.pressure_on(0)
    ranked = rank_candidates(need(), Snapshot(AT, tuple(rows), {1: Moving(1), 2: Moving(3)}, pressure), planner.policy)
    assert [row.score for row in ranked] == [
        "never offered before; 3 open; wanted elsewhere by 1 open need, 4 places free",
        "never offered before; 1 open; wanted elsewhere by 14 open needs, 4 places free",
    ]


@pytest.mark.parametrize("order", BatchOrder.values)
@pytest.mark.parametrize("rules", list(permutations(TieBreak.values, 2)))
def test_receipt_ranks_as_the_planner_does_under_every_rule(rules: tuple[str, str], order: str) -> None:
    rows = [profile(number, capacity=number, countries=("GB", "DE")[: 1 + number % 2]) for number in range(1, 9)]
    moving = {row.id: Moving(row.id // 2, AT, row.id // 4) for row in rows}
    board, needs = Board(rows), [need(), need(country="DE"), need(), need(country="DE"), need()]
    planner, seen = Planner(board, moving, AT, policy(*rules, below=60, order=order)), dict[int, tuple[int, ...]]()
    for place in planner.walk(needs):
        now = Snapshot(AT, board.profiles, dict(planner.places.moving), planner.pressure_on(place))
        ranked = rank_candidates(needs[place], now, planner.policy)
        seen[place] = tuple(row.partner for row in ranked if row.rank)
    for place, choice in enumerate(planner.choices):
        if choice.ranked:
            assert choice.ranked == seen[place][: len(choice.ranked)]
            assert choice.passing == len(seen[place])


def test_full_partners_count_in_the_pool_of_a_split_too() -> None:
    """Nearly all places for the first workload are taken, so demand counts for its part as it does for it alone."""
    rows = [
        profile(1, capacity=2, endorsements=("INTUNE",)),
        profile(2, capacity=2, endorsements=("INTUNE",)),
        profile(3, capacity=20, endorsements=("INTUNE",)),
        profile(4, capacity=1, endorsements=("TEAMS",)),
    ]
    moving = {1: Moving(1), 2: Moving(1, AT), 3: Moving(20, AT), 4: Moving()}
    both = need(workloads=("INTUNE", "TEAMS"))
    plan = plan_batch([both], Board(rows), moving, AT, policy(WANTED, WAIT, below=50), None, {1: 9})
    assert {share.partner for share in plan.choices[0].shares} == {2, 4}
