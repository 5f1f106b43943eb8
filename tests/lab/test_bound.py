"""The most that could be placed: small worlds by hand, and no policy does better on average."""

import subprocess
import sys
from dataclasses import replace
from statistics import mean
from typing import Any

import pytest

from lab.chance.worlds import Written, draw_scenario
from lab.domain.bound import find_bound
from lab.domain.hours import DAY
from lab.domain.measuring import measure
from lab.domain.scenario import Answer, Answers, Arrival, Change, Scenario
from lab.domain.simulating import simulate
from partners.choices import BatchOrder
from partners.domain.matching import Moving
from partners.domain.policy import Policy
from tests.partners.test_matching import need, profile

TAKES_ALL = Answers(declined=0.0, lapsed=0.0, minutes_to_answer=60, minutes_of_delivery=10_000 * DAY)
SINGLE = Policy(most_partners=1)


def scenario(
    number: int, *rows: Any, days: int = 10, workloads: tuple[str, ...] = ("TEAMS",), **changes: Any
) -> Scenario:
    arrivals = tuple(Arrival(place, need(workloads=workloads)) for place in range(number))
    return replace(Scenario(rows, arrivals, (), TAKES_ALL, until=days * DAY), **changes)


def placed(drawn: Scenario, policy: Policy = SINGLE, factor: float = 1.0) -> float:
    return find_bound(drawn, policy, factor).placed


def test_capacity_limits_what_can_be_placed() -> None:
    assert placed(scenario(4, profile(1, capacity=3))) == pytest.approx(0.75, abs=1e-3)
    assert placed(scenario(4, profile(1, capacity=1), profile(2, capacity=2))) == pytest.approx(0.75, abs=1e-3)
    assert placed(scenario(4, profile(1, capacity=9))) == pytest.approx(1)


def test_capacity_comes_back_with_deliveries() -> None:
    ten_days = replace(TAKES_ALL, minutes_of_delivery=10 * DAY)
    few, many = (placed(scenario(9, profile(1, capacity=1), days=days, answers=ten_days)) for days in (10, 60))
    assert 2 / 9 < few < 2.3 / 9, "one at once, and one more in ten days"
    assert 6.8 / 9 < many < 7.4 / 9


def test_what_is_open_at_the_start_takes_places() -> None:
    busy = scenario(4, profile(1, capacity=3), standing={1: Moving(open_offers=2)})
    assert placed(busy) == pytest.approx(0.25, abs=1e-3)


def test_more_open_than_there_is_capacity_leaves_room_now_and_then() -> None:
    """The mean of the larger of two is more than the larger of their means."""
    fast = replace(TAKES_ALL, minutes_of_delivery=DAY, minutes_to_answer=1)
    full = scenario(3, profile(1, capacity=1), days=1, answers=fast, standing={1: Moving(open_offers=2)})
    found = [len(simulate(full, SINGLE, seed).placed()) / 3 for seed in range(200)]
    assert 0.05 < mean(found) <= placed(full)
    lowered = (Change(DAY, 1, is_away=False, capacity=1),)
    late = scenario(40, profile(1, capacity=3), days=6, answers=fast, changes=lowered)
    found = [len(simulate(late, SINGLE, seed).placed()) / 40 for seed in range(100)]
    assert mean(found) <= placed(late)


def test_too_many_columns_leave_the_capacity_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.domain.bound.MOST_COLUMNS", 0)
    assert placed(scenario(4, profile(1, capacity=1))) == 1
    with pytest.raises(ValueError, match="end"):
        find_bound(scenario(4, profile(1), until=None), SINGLE)


def test_who_is_away_or_joins_later_counts_from_then_on() -> None:
    gone = (Change(0, 1, is_away=True),)
    assert placed(scenario(2, profile(1, capacity=3), changes=gone)) == 0
    back = (*gone, Change(9 * DAY, 1, is_away=False, capacity=1))
    assert placed(scenario(2, profile(1, capacity=0), changes=back)) == pytest.approx(0.5, abs=1e-3)


def test_nobody_is_asked_twice() -> None:
    half = replace(TAKES_ALL, declined=0.5)
    assert placed(scenario(4, profile(1, capacity=9), answers=half)) == pytest.approx(0.5)
    assert placed(scenario(4, profile(1, capacity=9), profile(2, capacity=9), answers=half)) == pytest.approx(0.75)
    assert placed(scenario(4, profile(1, capacity=9), answers=half), factor=1.5) == pytest.approx(0.25)


def test_known_answers_count_as_they_came() -> None:
    half = replace(TAKES_ALL, declined=0.5)
    accepts, declines = {1: Answer("accepted", 5)}, {1: Answer("declined", 5)}
    rows = tuple(Arrival(0, need(), known) for known in (accepts, declines, {}))
    assert placed(replace(scenario(3, profile(1, capacity=9), answers=half), arrivals=rows)) == pytest.approx(
        0.5, abs=1e-5
    )


def test_filters_and_splits_of_the_policy_count() -> None:
    rows = profile(1, endorsements=("TEAMS",), capacity=9), profile(2, endorsements=("INTUNE",), capacity=9)
    both = scenario(2, *rows, workloads=("INTUNE", "TEAMS"))
    assert placed(both) == 0
    assert placed(both, Policy(most_partners=2)) == pytest.approx(1)


@pytest.mark.parametrize("order", BatchOrder.values)
def test_no_policy_places_more_on_average(order: str) -> None:
    written = Written(days=40, partners=12, places=60, referrals_a_day=4, backlog=20, days_of_delivery=20)
    policy, found, most = Policy(batch_order=order), [], []
    for seed in range(6):
        drawn = draw_scenario(written, seed)
        found.append(measure(simulate(drawn, policy, seed), drawn, policy).placed)
        most.append(find_bound(drawn, policy).placed)
    assert mean(found) <= mean(most) < mean(found) + 0.3


def test_long_steps_bound_higher_and_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw_scenario(Written(days=60, partners=10, places=40, referrals_a_day=4), 0)
    fine = find_bound(drawn, Policy())
    monkeypatch.setattr("lab.domain.bound.MOST_COLUMNS", 500)
    coarse = find_bound(drawn, Policy())
    assert fine.days == 1
    assert coarse.days > fine.days
    assert coarse.placed >= fine.placed


def test_solver_writes_nothing_to_standard_output() -> None:
    code = "from lab.domain import bound\nwith bound._mute():\n    import highspy; highspy.Highs()\nprint('{}')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == "{}\n"
