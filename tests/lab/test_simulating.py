"""Time that passes in a scenario: nobody is over capacity, and every referral ends somewhere."""

from collections import Counter
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.chance.comparing import compare
from lab.chance.worlds import Written, draw_scenario
from lab.domain import simulating
from lab.domain.hours import DAY, Hours, office_hours
from lab.domain.measuring import gini, measure
from lab.domain.outcome import Outcome, Piece
from lab.domain.scenario import Answer, Answers, Arrival, Change, Scenario
from lab.domain.simulating import simulate
from partners.choices import BatchOrder, TieBreak
from partners.domain.matching import Moving
from partners.domain.places import Places
from partners.domain.policy import Policy
from tests.partners.test_matching import need, profile

untraced = pytest.mark.no_cover  # so many examples: others tell what is covered

TAKES_ALL = Answers(declined=0.0, lapsed=0.0, minutes_to_answer=60, minutes_of_delivery=10 * DAY)
policies = st.builds(
    Policy,
    batch_order=st.sampled_from(BatchOrder.values),
    most_partners=st.integers(1, 3),
    tie_breaks=st.permutations(TieBreak.values).map(lambda row: tuple(row[:2])),
)
worlds = st.builds(
    Written,
    days=st.integers(1, 20),
    partners=st.integers(4, 8),
    places=st.integers(8, 40),
    referrals_a_day=st.floats(0, 6),
    backlog=st.integers(1, 12),
    declined=st.floats(0, 80),
    lapsed=st.floats(0, 20),
    days_to_answer=st.floats(0.1, 4),
    days_of_delivery=st.floats(0.1, 30),
    joining=st.integers(0, 1),
    joining_on=st.integers(0, 9),
    paused=st.integers(0, 1),
    paused_on=st.integers(0, 9),
    leaving=st.integers(0, 1),
    leaving_on=st.integers(0, 9),
)


def scenario(*minutes: int, partners: int = 2, capacity: int = 1, **changes: Any) -> Scenario:
    arrivals = tuple(Arrival(minute, need()) for minute in minutes)
    rows = tuple(profile(number, capacity=capacity) for number in range(1, partners + 1))
    return replace(Scenario(rows, arrivals, (), TAKES_ALL), **changes)


@untraced
@settings(max_examples=60, deadline=None)
@given(worlds, policies, st.integers(0, 3), st.sampled_from([0.5, 1.0, 1.5]))
def test_every_referral_is_accounted_for_and_capacity_is_kept(
    written: Written, policy: Policy, seed: int, factor: float
) -> None:
    drawn = draw_scenario(written, seed)
    run = simulating._Run(drawn, policy, seed, factor)
    put = Places.put

    def watched(places: Places, partner: int, state: Moving) -> None:
        assert 0 <= state.open_benefit <= state.open_offers <= places.board.profile(partner).capacity
        put(places, partner, state)

    with patch.object(Places, "put", watched):
        outcome = run.go()
    assert all(state.open_offers == 0 for state in run.planner.places.moving.values()), "all is delivered in the end"
    assert sum(outcome.offers.values()) == sum(outcome.received.values()) == sum(outcome.pools.values())
    unplaced = {piece.referral for piece in run.waiting}
    assert {one for one, parts in outcome.open_parts.items() if parts} == unplaced
    assert len(outcome.placed()) + len(unplaced | outcome.left_over) == len(drawn.arrivals)


def test_same_seed_gives_the_same_again_and_another_gives_another() -> None:
    written = Written(days=10, partners=8, places=40, referrals_a_day=5)
    first, again, other = (draw_scenario(written, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert simulate(first, Policy(), 1) == simulate(again, Policy(), 1)
    assert simulate(first, Policy(), 1) != simulate(first, Policy(), 2)


def test_partner_answers_the_same_offer_alike_under_every_policy() -> None:
    drawn = scenario(0, 1, 2, capacity=9, answers=replace(TAKES_ALL, declined=0.5))
    one, other = (simulating._Run(drawn, Policy(batch_order=order), 7, 1.0) for order in BatchOrder.values)
    piece = Piece(1, need(), 1, 0)
    assert one._draw(piece, 2, 1) == other._draw(piece, 2, 1) != one._draw(piece, 1, 1)


def test_delivered_work_frees_the_place_for_who_waited_longest() -> None:
    outcome = simulate(scenario(0, 5, 10, partners=1), Policy(), 0)
    assert outcome.waited == {1, 2}
    assert sorted(outcome.accepted, key=lambda one: outcome.accepted[one]) == [0, 1, 2]


def test_who_is_away_gets_nothing_and_keeps_what_it_has() -> None:
    away = (Change(5, 1, is_away=True), Change(20 * DAY, 1, is_away=False))
    outcome = simulate(scenario(0, 10, partners=1, capacity=9, changes=away), Policy(), 0)
    assert outcome.accepted[0] < DAY * 9
    assert outcome.accepted[1] > 20 * DAY


def test_doubled_capacity_counts_from_its_day_on() -> None:
    later = (Change(DAY, 1, is_away=False, capacity=2),)
    slow = replace(TAKES_ALL, minutes_of_delivery=900 * DAY)
    outcome = simulate(scenario(0, 10, partners=1, changes=later, answers=slow), Policy(), 0)
    assert DAY < outcome.accepted[1] < 9 * DAY


def test_declined_offer_goes_to_the_next_and_never_back() -> None:
    outcome = simulate(scenario(0, partners=3, answers=replace(TAKES_ALL, declined=1.0)), Policy(), 0)
    assert outcome.received == Counter({1: 1, 2: 1, 3: 1})
    assert outcome.placed() == []
    assert outcome.open_parts[0] == 1


def test_partner_that_is_away_has_no_even_share() -> None:
    away = (Change(0, 2, is_away=True),)
    outcome = simulate(scenario(5, 10, 15, capacity=9, changes=away), Policy(), 0)
    assert set(outcome.pools) == {0b01}
    assert measure(outcome, scenario(5, 10, 15, changes=away), Policy()).gini == 0


def test_share_of_newcomers_is_of_those_that_join() -> None:
    minutes = tuple(range(0, 60 * DAY, DAY))
    answers = replace(TAKES_ALL, minutes_of_delivery=60)
    joins = (Change(0, 2, is_away=True), Change(10 * DAY, 2, is_away=False, is_new=True))
    world = scenario(*minutes, capacity=9, changes=joins, answers=answers)
    share = measure(simulate(world, Policy(), 0), world, Policy()).newcomers
    assert share == pytest.approx(1, abs=0.1)
    pauses = scenario(*minutes, capacity=9, changes=(joins[0], replace(joins[1], is_new=False)), answers=answers)
    assert measure(simulate(pauses, Policy(), 0), pauses, Policy()).newcomers is None


def test_need_that_nobody_passes_for_does_not_wait_for_a_free_partner() -> None:
    alone = replace(scenario(0), arrivals=(Arrival(0, need(country="JP")),), until=DAY)
    found = measure(simulate(alone, Policy(), 0), alone, Policy())
    assert (found.waited, found.unheld, found.without_candidates) == (0, 0, 1)


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_known_answer_is_given_as_it_came_however_often_partners_decline(factor: float) -> None:
    known = {1: Answer("declined", 30, "no_capacity"), 2: Answer("accepted", 90)}
    drawn = replace(scenario(0), arrivals=(Arrival(0, need(), known),), answers=replace(TAKES_ALL, declined=0.6))
    outcome = simulate(drawn, Policy(), 0, factor)
    assert outcome.declines == Counter({"no_capacity": 1})
    assert outcome.accepted == {0: 120}


def test_partners_answer_in_their_working_hours() -> None:
    """Two referrals of a Friday evening: one is answered on Monday, the other known to have come on the fourth day."""
    friday = 4 * DAY + 20 * 60
    known = {2: Answer("accepted", 4 * DAY)}
    drawn = replace(
        scenario(friday, friday),
        arrivals=(Arrival(friday, need()), Arrival(friday, need(), known)),
        hours=dict.fromkeys((1, 2), office_hours(range(30))),
    )
    outcome = simulate(drawn, Policy(), 0)
    monday, tuesday = 7 * DAY, 8 * DAY
    assert monday + 9 * 60 < outcome.accepted[0] <= monday + 17 * 60
    assert outcome.worked[0] == outcome.accepted[0] - monday - 9 * 60
    assert outcome.accepted[1] == tuesday + 20 * 60
    assert outcome.worked[1] == 2 * 8 * 60
    found = measure(outcome, drawn, Policy())
    assert found.in_time == 1, "two business days, and no more"
    assert (found.business_hours, found.business_hours_p90) == ((outcome.worked[0] / 60 + 16) / 2, 16)
    late = replace(drawn, arrivals=(drawn.arrivals[0], Arrival(friday, need(), {2: Answer("accepted", 5 * DAY)})))
    assert measure(simulate(late, Policy(), 0), late, Policy()).in_time == 0.5


@pytest.mark.parametrize("hours", [office_hours(range(30)), Hours((), 8 * 60)])
def test_offer_that_expired_was_not_answered_in_time(hours: Hours) -> None:
    answers = replace(TAKES_ALL, lapsed=1.0, answer_within=5)
    drawn = replace(scenario(0), answers=answers, hours=dict.fromkeys((1, 2), hours))
    assert measure(simulate(drawn, Policy(), 0), drawn, Policy()).in_time == 0


def test_slow_answers_stay_slow_until_the_end() -> None:
    """Of a partner that works no more, nothing comes before the offer expires."""
    drawn = replace(scenario(3 * DAY), hours=dict.fromkeys((1, 2), office_hours(range(3))))
    assert simulate(drawn, Policy(), 0).accepted == {0: 3 * DAY + 7 * DAY}


def test_figures_of_a_small_outcome() -> None:
    outcome = Outcome(
        accepted={0: 60, 1: 240},
        worked={0: 60, 1: 120},
        open_parts=Counter({0: 0, 1: 0, 2: 1}),
        offers=Counter({0: 1, 1: 3, 2: 1}),
        received=Counter({1: 4, 2: 1}),
        pools=Counter({0b11: 4, 0b01: 1}),
        lapsed=1,
        waited={2},
    )
    found = measure(outcome, scenario(0, 0, 0), Policy())
    assert (found.placed, found.waited, found.offers, found.offers_p90) == (2 / 3, 1 / 3, 2.0, 3.0)
    assert (found.hours, found.hours_p90) == (2.5, 4.0)
    assert (found.business_hours, found.business_hours_p90) == (1.5, 2.0)
    assert (found.least, found.most) == (0.5, 4 / 3)


def test_gini_of_known_shares() -> None:
    known: list[tuple[list[float], float]] = [([1, 1], 0), ([0, 1], 0.5), ([0, 0, 0, 4], 0.75), ([], 0)]
    assert [gini(values) for values, _expected in known] == pytest.approx([expected for _values, expected in known])


def test_difference_that_chance_explains_is_none() -> None:
    clear = compare([5.0, 6.0, 7.0, 6.0], [1.0, 2.0, 3.0, 2.0])
    assert clear is not None
    assert (clear.mean, clear.low, clear.high, clear.is_none) == (4.0, 4.0, 4.0, False)
    unclear = compare([1.0, 4.0, 2.0, 3.0], [2.0, 3.0, 3.0, 2.0])
    assert unclear is not None
    assert unclear.is_none
    assert compare([1.0], [2.0]) is None


def test_what_waits_is_counted_once_as_demand() -> None:
    """However often it is planned again; and a partner that joins later has its places."""
    rules = Policy(tie_breaks=("least_wanted_elsewhere", "least_recently_offered"), pressure_below=100)
    later = (Change(0, 1, is_away=False, capacity=0), Change(DAY, 1, is_away=False, capacity=1))
    run = simulating._Run(scenario(5, 10, 15, 20, partners=1, changes=later), rules, 0, 1.0)
    counts = []
    route = run._route

    def watched(due: list[Piece], minute: int) -> None:
        route(due, minute)
        assert run.planner.demand is not None
        counts.append(run.planner.demand.counts[1])

    run._route = watched  # type: ignore[method-assign]
    run.go()
    assert counts[:5] == [1, 2, 3, 4, 3]
    assert counts[-1] == 0
