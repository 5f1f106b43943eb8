"""Planning a batch, and splitting a need: against the same done one by one, and against trying every group."""

import datetime as dt
import zlib
from array import array
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.choices import BatchOrder
from partners.domain.board import Board
from partners.domain.matching import Moving, Need, Profile, Snapshot, rank_candidates
from partners.domain.planning import plan_batch
from partners.domain.plans import Choice
from partners.domain.policy import Policy
from partners.domain.receipts import (
    PROVABLE,
    Start,
    pack_moving,
    profiles_data,
    read_need,
    read_profiles,
    receipt_hash,
    unpack_moving,
    write_need,
)
from partners.domain.standing import preference
from tests.partners.test_matching import AT, RULES, need, numbered, profile, profiles

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

WORKLOADS = ("INTUNE", "TEAMS", "VIVA_GLINT", "ENTRA")
needs = st.builds(
    Need,
    type=st.sampled_from(["benefit", "standard"]),
    workloads=st.lists(st.sampled_from(WORKLOADS), min_size=1, max_size=4, unique=True).map(
        lambda row: tuple(sorted(row))
    ),
    country=st.sampled_from(["GB", "DE"]),
    languages=st.sampled_from([("en",), ("de",), ("de", "en")]),
    industry=st.sampled_from(["commercial", "education"]),
    size_band=st.sampled_from(["1-9", "51-250"]),
    no_incentive=st.booleans(),
    excluded_organisations=st.lists(st.integers(1, 6), max_size=1).map(tuple),
    offered_organisations=st.lists(st.integers(1, 6), max_size=3, unique=True).map(tuple),
    incumbents=st.lists(st.integers(1, 6), max_size=1).map(tuple),
)
endorsed = st.lists(st.sampled_from(WORKLOADS), unique=True).map(tuple)
partners = st.lists(
    st.builds(
        lambda one, codes: replace(one, endorsements=codes, is_active=True, countries=("GB", "DE")), profiles, endorsed
    ),
    max_size=6,
).map(numbered)
policies = st.builds(
    Policy,
    incumbent_first=st.booleans(),
    most_partners=st.integers(1, 3),
    tie_breaks=st.permutations(RULES.tie_breaks).map(tuple),
    waived=st.sampled_from([(), ("language",), ("industry", "size")]),
    batch_order=st.just(BatchOrder.DUE.value),
)
turns = st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=6, max_size=6)


def start(rows: list[Profile], ages: list[int | None]) -> dict[int, Moving]:
    return {
        row.id: Moving(age or 0, None if age is None else AT - dt.timedelta(hours=age), (age or 0) // 2)
        for row, age in zip(rows, ages, strict=False)
    }


@settings(max_examples=400, deadline=None)
@given(st.lists(needs, max_size=12), partners, turns, policies)
def test_planning_a_batch_equals_choosing_one_after_the_other(
    wanted: list[Need], rows: list[Profile], ages: list[int | None], policy: Policy
) -> None:
    board, moving = Board(rows), start(rows, ages)
    together = plan_batch(wanted, board, moving, AT, policy)
    apart, one_by_one = dict(moving), list[Choice]()
    for single in wanted:
        plan = plan_batch([single], board, apart, AT, policy)
        apart |= plan.moved
        one_by_one += plan.choices
    assert list(together.choices) == one_by_one
    assert {**moving, **together.moved} == apart
    for one, state in apart.items():
        assert state.open_offers <= max(board.profile(one).capacity, moving[one].open_offers)
        for kind in ("benefit", "standard"):
            limit = board.profile(one).capacity_for(kind)
            assert limit is None or state.open_of(kind) <= max(limit, moving[one].open_of(kind))


@settings(max_examples=400, deadline=None)
@given(needs, partners, turns, policies)
def test_split_is_the_best_of_all_groups(
    wanted: Need, rows: list[Profile], ages: list[int | None], policy: Policy
) -> None:
    """Covers most; then fewest partners; then the most preferred: found here by trying every group."""
    board, moving = Board(rows), start(rows, ages)
    choice = plan_batch([wanted], board, moving, AT, policy).choices[0]
    if choice.ranked:
        assert not choice.left_over
        return
    able = [row for row in rows if _passes_but_for_endorsements(wanted, row, moving[row.id], policy)]
    groups = [
        group
        for number in range(1, policy.most_partners + 1)
        for group in combinations(able, number)
        if policy.most_partners > 1 and all(set(row.endorsements) & set(wanted.workloads) for row in group)
    ]
    if not groups or len(wanted.workloads) < 2:
        assert choice.shares == ()
        return
    best = min(groups, key=lambda group: _worth(group, wanted, moving, policy))
    assert {share.partner for share in choice.shares} == {row.id for row in best}
    given_out = [code for share in choice.shares for code in share.workloads]
    assert sorted([*given_out, *choice.left_over]) == sorted(wanted.workloads), (
        "each workload goes to exactly one place"
    )
    for share in choice.shares:
        assert share.workloads
        assert set(share.workloads) <= set(board.profile(share.partner).endorsements)


def _passes_but_for_endorsements(wanted: Need, row: Profile, state: Moving, policy: Policy) -> bool:
    one = rank_candidates(wanted, Snapshot(AT, (row,), {row.id: state}), policy)[0]
    return {verdict.filter for verdict in one.failed} <= {"endorsed"}


def _worth(group: tuple[Profile, ...], wanted: Need, moving: dict[int, Moving], policy: Policy) -> tuple[object, ...]:
    covered = {code for row in group for code in row.endorsements} & set(wanted.workloads)
    return -len(covered), len(group), sorted(preference(wanted, row, moving[row.id], policy) for row in group)


def test_single_partner_goes_before_a_split_and_two_before_three() -> None:
    codes = ("ENTRA", "INTUNE", "TEAMS")
    three = [profile(number, endorsements=(code,)) for number, code in enumerate(codes, 1)]
    two = [*three, profile(4, endorsements=("ENTRA", "INTUNE"))]
    one = [*two, profile(5, endorsements=codes)]
    late = {5: Moving(4, AT), 4: Moving(4, AT)}
    for rows, expected in ((one, {5}), (two, {4, 3}), (three, {1, 2, 3})):
        moving = {row.id: late.get(row.id, Moving()) for row in rows}
        choice = plan_batch([need(workloads=codes)], Board(rows), moving, AT, RULES).choices[0]
        assert {share.partner for share in choice.shares} == expected
        assert choice.left_over == ()


def test_what_nobody_covers_is_left_over() -> None:
    wanted = need(workloads=("INTUNE", "VIVA_GLINT"))
    choice = plan_batch([wanted], Board([profile()]), {1: Moving()}, AT, RULES).choices[0]
    assert [(share.partner, share.workloads) for share in choice.shares] == [(1, ("INTUNE",))]
    assert choice.left_over == ("VIVA_GLINT",)


@settings(max_examples=100, deadline=None)
@given(needs, partners, turns, policies)
def test_receipt_survives_being_written_and_read(
    wanted: Need, rows: list[Profile], ages: list[int | None], policy: Policy
) -> None:
    moving = start(rows, ages)
    assert unpack_moving(pack_moving(moving)) == moving
    assert read_profiles(profiles_data(rows)) == tuple(sorted(rows, key=lambda row: row.id))
    assert read_need(write_need(wanted)) == wanted
    choice = plan_batch([wanted], Board(rows), moving, AT, policy).choices[0]
    again = plan_batch([read_need(write_need(wanted))], Board(rows), unpack_moving(pack_moving(moving)), AT, policy)
    before = Start(PROVABLE[-1], policy, "r", "b", b"", AT).hash()
    assert receipt_hash(before, write_need(wanted), choice) == receipt_hash(
        before, write_need(wanted), again.choices[0]
    )


def test_what_was_packed_before_types_were_counted_is_still_read() -> None:
    """Three columns, as older bases hold them: steps of ids, turns in microseconds, open counts."""
    older = zlib.compress(array("q", [3, 4, -1, 1_000_000, 2, 5]).tobytes(), 6)
    turn = dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC)
    assert unpack_moving(older) == {3: Moving(2), 7: Moving(5, turn)}
    assert unpack_moving(zlib.compress(b"", 6)) == {}


def test_a_profile_without_limits_by_type_is_written_as_before() -> None:
    assert not {"benefit_capacity", "standard_capacity"} & set(profiles_data([profile()])[0])
    limited = profiles_data([profile(benefit_capacity=0)])[0]
    assert (limited["benefit_capacity"], "standard_capacity" in limited) == (0, False)


def test_partner_of_a_rare_workload_is_found_among_many_that_cover_more() -> None:
    """Twenty-eight partners cover most of a to g, one only h: three of them cover everything."""
    codes = tuple("ABCDEFGH")
    wide = list(combinations(codes[:7], 6)) + list(combinations(codes[:7], 5))
    rows = [profile(number, endorsements=one) for number, one in enumerate(wide, 1)]
    rows.append(profile(99, endorsements=("H",)))
    choice = plan_batch([need(workloads=codes)], Board(rows), {row.id: Moving() for row in rows}, AT, RULES).choices[0]
    assert choice.left_over == ()
    assert 99 in {share.partner for share in choice.shares}
