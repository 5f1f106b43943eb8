"""Choosing a partner: filters, preference, newcomers, and what a policy may change."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.choices import WAIVABLE, Filter, TieBreak
from partners.domain.board import Board
from partners.domain.matching import Moving, Need, Profile, Snapshot, rank_candidates
from partners.domain.planning import plan_batch
from partners.domain.policy import Policy

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

AT = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def profile(number: int = 1, **changes: Any) -> Profile:
    base = Profile(
        id=number,
        organisation=number,
        name=f"Partner {number}",
        is_active=True,
        takes_benefit=True,
        takes_standard=True,
        takes_no_incentive=False,
        must_answer_review=False,
        paused_until="",
        capacity=5,
        endorsements=("INTUNE", "TEAMS"),
        countries=("GB",),
        languages=("en",),
        industries=(),
        sizes=(),
    )
    return replace(base, **changes)


def need(**changes: Any) -> Need:
    base = Need("benefit", ("INTUNE",), "GB", ("en",), "commercial", "51-250")
    return replace(base, **changes)


RULES = Policy()
ALONE = Policy(most_partners=1)


def chosen(
    wanted: Need, *profiles: Profile, moving: dict[int, Moving] | None = None, policy: Policy = ALONE
) -> int | None:
    board = Board(profiles)
    states = {row.id: (moving or {}).get(row.id, Moving()) for row in profiles}
    choice = plan_batch([wanted], board, states, AT, policy).choices[0]
    ranked = rank_candidates(wanted, Snapshot(AT, board.profiles, states), policy)
    order = tuple(candidate.partner for candidate in ranked if candidate.rank)
    assert choice.ranked == order[: len(choice.ranked)], "the receipt's full list and the planner agree"
    assert choice.passing == len(order)
    return choice.chosen


def failing(wanted: Need, one: Profile, moving: Moving | None = None) -> set[str]:
    states = {one.id: moving or Moving()}
    candidate = rank_candidates(wanted, Snapshot(AT, (one,), states), RULES)[0]
    assert chosen(wanted, one, moving=states) is None
    return {verdict.filter for verdict in candidate.failed}


def test_partner_that_passes_is_chosen() -> None:
    assert chosen(need(), profile()) == 1


def test_each_hard_filter_refuses_and_says_so() -> None:
    cases: list[tuple[Filter, Need, Profile, Moving]] = [
        (Filter.TYPE, need(), profile(takes_benefit=False), Moving()),
        (Filter.TYPE, need(type="standard"), profile(takes_standard=False), Moving()),
        (Filter.ACTIVE, need(), profile(is_active=False), Moving()),
        (Filter.ANSWERED, need(), profile(must_answer_review=True), Moving()),
        (Filter.PAUSED, need(), profile(paused_until="2026-11-23T10:00:01+00:00"), Moving()),
        (Filter.CAPACITY, need(), profile(capacity=3), Moving(3)),
        (Filter.CAPACITY, need(), profile(capacity=3, benefit_capacity=1), Moving(1, open_benefit=1)),
        (Filter.ENDORSED, need(workloads=("INTUNE", "VIVA_GLINT")), profile(), Moving()),
        (Filter.COUNTRY, need(country="DE"), profile(), Moving()),
        (Filter.LANGUAGE, need(languages=("de",)), profile(), Moving()),
        (Filter.INDUSTRY, need(), profile(industries=("education",)), Moving()),
        (Filter.SIZE, need(), profile(sizes=("1-9",)), Moving()),
        (Filter.NO_INCENTIVE, need(no_incentive=True), profile(), Moving()),
        (Filter.EXCLUDED, need(excluded_organisations=(1,)), profile(), Moving()),
        (Filter.OFFERED, need(offered_organisations=(1,)), profile(), Moving()),
    ]
    assert {case[0] for case in cases} == set(Filter)
    for name, wanted, one, moving in cases:
        assert failing(wanted, one, moving) == {name.value}, name


def test_pause_that_has_ended_does_not_count() -> None:
    assert chosen(need(), profile(paused_until="2026-11-23T10:00:00+00:00")) == 1


def test_customer_that_accepts_another_language_is_served() -> None:
    assert chosen(need(languages=("de", "en")), profile()) == 1


def test_incumbent_comes_first_only_when_it_passes() -> None:
    moving = {1: Moving(0, AT - dt.timedelta(days=9)), 2: Moving(2, AT)}
    assert chosen(need(incumbents=(2,)), profile(1), profile(2), moving=moving) == 2
    assert chosen(need(incumbents=(2,)), profile(1), profile(2, countries=("DE",)), moving=moving) == 1


def test_tie_break_is_least_recently_offered_then_fewest_open_then_id() -> None:
    early, late = AT - dt.timedelta(days=2), AT - dt.timedelta(days=1)
    both = profile(1), profile(2)
    assert chosen(need(), *both, moving={1: Moving(0, late), 2: Moving(4, early)}) == 2
    assert chosen(need(), *both, moving={1: Moving(2, early), 2: Moving(1, early)}) == 2
    assert chosen(need(), *both, moving={1: Moving(1, early), 2: Moving(1, early)}) == 1


def test_retry_goes_to_the_same_partner_again() -> None:
    wanted = need(offered_organisations=(2,), retry_partner=2)
    assert chosen(wanted, profile(1), profile(2), moving={2: Moving(1, AT)}) == 2


def test_partner_found_by_walking_the_rotation_is_the_one_found_by_sorting() -> None:
    """Beyond a few dozen candidates the order is kept instead of sorted; both give the same."""
    profiles = [profile(number, capacity=3) for number in range(1, 121)]
    turns = {row.id: Moving(row.id % 3, AT - dt.timedelta(minutes=row.id * 7 % 50)) for row in profiles}
    assert chosen(need(incumbents=(77,)), *profiles, moving=turns) == 77 if turns[77].open_offers < 3 else True
    assert chosen(need(), *profiles, moving=turns) is not None
    assert chosen(need(offered_organisations=(5,), retry_partner=5), *profiles, moving=turns) == 5


def test_policy_may_order_the_tie_breaks_otherwise_and_leave_incumbents_in_line() -> None:
    moving = {1: Moving(0, AT), 2: Moving(4, AT - dt.timedelta(days=2))}
    both = profile(1), profile(2)
    fewest = Policy(most_partners=1, tie_breaks=(TieBreak.FEWEST_OPEN.value, TieBreak.LEAST_RECENTLY_OFFERED.value))
    assert chosen(need(), *both, moving=moving) == 2
    assert chosen(need(), *both, moving=moving, policy=fewest) == 1
    in_line = replace(ALONE, incumbent_first=False)
    assert chosen(need(incumbents=(1,)), *both, moving=moving) == 1
    assert chosen(need(incumbents=(1,)), *both, moving=moving, policy=in_line) == 2


def test_waived_filter_passes_everybody_and_says_so() -> None:
    cases = {
        Filter.LANGUAGE: (need(languages=("de",)), profile()),
        Filter.INDUSTRY: (need(), profile(industries=("education",))),
        Filter.SIZE: (need(), profile(sizes=("1-9",))),
        Filter.NO_INCENTIVE: (need(no_incentive=True), profile()),
    }
    assert set(cases) == set(WAIVABLE)
    for name, (wanted, one) in cases.items():
        policy = replace(ALONE, waived=(name.value,))
        assert chosen(wanted, one) is None
        assert chosen(wanted, one, policy=policy) == 1
        first = rank_candidates(wanted, Snapshot(AT, (one,), {1: Moving()}), policy)[0]
        said = next(verdict for verdict in first.verdicts if verdict.filter == name)
        assert said.wanted == "not asked for by the policy"


codes = st.sampled_from(["INTUNE", "TEAMS", "VIVA_GLINT"])
needs = st.builds(
    Need,
    type=st.sampled_from(["benefit", "standard"]),
    workloads=st.lists(codes, min_size=1, max_size=2, unique=True).map(lambda row: tuple(sorted(row))),
    country=st.sampled_from(["GB", "DE"]),
    languages=st.sampled_from([("en",), ("de",), ("de", "en")]),
    industry=st.sampled_from(["commercial", "education"]),
    size_band=st.sampled_from(["1-9", "51-250"]),
    no_incentive=st.booleans(),
    offered_organisations=st.lists(st.integers(1, 6), max_size=3, unique=True).map(tuple),
    incumbents=st.lists(st.integers(1, 6), max_size=1).map(tuple),
)
profiles = st.builds(
    Profile,
    id=st.just(0),
    organisation=st.just(0),
    name=st.just(""),
    is_active=st.booleans(),
    takes_benefit=st.booleans(),
    takes_standard=st.booleans(),
    takes_no_incentive=st.booleans(),
    must_answer_review=st.booleans(),
    paused_until=st.sampled_from(["", "2026-12-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"]),
    capacity=st.integers(0, 3),
    endorsements=st.lists(codes, unique=True).map(tuple),
    countries=st.lists(st.sampled_from(["GB", "DE"]), unique=True).map(tuple),
    languages=st.lists(st.sampled_from(["en", "de"]), unique=True).map(tuple),
    industries=st.sampled_from([(), ("education",)]),
    sizes=st.sampled_from([(), ("51-250",)]),
    benefit_capacity=st.one_of(st.none(), st.integers(0, 2)),
    standard_capacity=st.one_of(st.none(), st.integers(0, 2)),
)


def numbered(rows: list[Profile]) -> list[Profile]:
    return [replace(row, id=place, organisation=place) for place, row in enumerate(rows, 1)]


@settings(max_examples=200, deadline=None)
@given(needs, st.lists(profiles, max_size=6).map(numbered))
def test_bit_masks_choose_what_the_verdicts_say(wanted: Need, partners: list[Profile]) -> None:
    passing = [one.id for one in partners if not _fails(wanted, one)]
    assert (chosen(wanted, *partners) in passing) is bool(passing)


def _fails(wanted: Need, one: Profile) -> bool:
    """Does any verdict of the receipt refuse this partner when it stands alone?"""
    return bool(rank_candidates(wanted, Snapshot(AT, (one,), {one.id: Moving()}), RULES)[0].failed)
