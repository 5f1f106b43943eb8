"""Choosing a partner: filters, preference, newcomers, and that a batch equals one after the other."""

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.choices import Filter
from partners.domain.matching import Moving, Need, Profile, Snapshot, rank_candidates
from partners.domain.planning import (
    ProfileIndex,
    choose_partner,
    plan_batch,
    read_moving,
    read_need,
    receipt_hash,
    start_newcomers,
    write_moving,
    write_need,
)

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


def chosen(wanted: Need, *profiles: Profile, moving: dict[int, Moving] | None = None) -> int | None:
    index = ProfileIndex(profiles)
    states = {row.id: (moving or {}).get(row.id, Moving()) for row in profiles}
    choice = choose_partner(wanted, index, states, AT)
    ranked = rank_candidates(wanted, Snapshot(AT, index.profiles, states))
    first = next((candidate.partner for candidate in ranked if candidate.rank == 1), None)
    assert first == choice.chosen, "the receipt's full list and the planner agree"
    return choice.chosen


def failing(wanted: Need, one: Profile, moving: Moving | None = None) -> set[str]:
    states = {one.id: moving or Moving()}
    candidate = rank_candidates(wanted, Snapshot(AT, (one,), states))[0]
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


def test_newcomer_starts_at_the_median_turn() -> None:
    turns = {number: Moving(0, AT - dt.timedelta(days=number)) for number in (1, 2, 3)}
    started = start_newcomers([profile(number) for number in (1, 2, 3, 4)], turns)
    assert started[4].last_offered_at == AT - dt.timedelta(days=2)


def test_newcomer_over_a_thousand_turns_gets_neither_none_nor_a_flood() -> None:
    profiles = [profile(number, capacity=10_000) for number in range(1, 11)]
    turns = {number: Moving(0, AT - dt.timedelta(hours=number)) for number in range(1, 10)}
    choices, _after = plan_batch([need()] * 1000, ProfileIndex(profiles), turns, AT)
    shares = [sum(choice.chosen == number for choice in choices) for number in range(1, 11)]
    assert sum(shares) == 1000
    assert min(shares) >= 95
    assert max(shares) <= 105


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
)


def numbered(rows: list[Profile]) -> list[Profile]:
    return [replace(row, id=place, organisation=place) for place, row in enumerate(rows, 1)]


@settings(max_examples=200, deadline=None)
@given(st.lists(needs, max_size=12), st.lists(profiles, max_size=6).map(numbered))
def test_planning_a_batch_equals_choosing_one_after_the_other(wanted: list[Need], partners: list[Profile]) -> None:
    index = ProfileIndex(partners)
    together, after = plan_batch(wanted, index, {}, AT)
    moving: dict[int, Moving] = {}
    one_by_one = []
    for single in wanted:
        choices, moving = plan_batch([single], index, moving, AT)
        one_by_one += choices
    assert [choice.chosen for choice in together] == [choice.chosen for choice in one_by_one]
    assert all(after[row.id].open_offers <= row.capacity for row in partners)


@settings(max_examples=200, deadline=None)
@given(needs, st.lists(profiles, max_size=6).map(numbered))
def test_bit_masks_choose_what_the_verdicts_say(wanted: Need, partners: list[Profile]) -> None:
    passing = [one.id for one in partners if not _fails(wanted, one)]
    assert (chosen(wanted, *partners) in passing) is bool(passing)


def _fails(wanted: Need, one: Profile) -> bool:
    """Does any verdict of the receipt refuse this partner when it stands alone?"""
    return bool(rank_candidates(wanted, Snapshot(AT, (one,), {one.id: Moving()}))[0].failed)


def test_receipt_survives_being_written_and_read() -> None:
    wanted = need(incumbents=(1,))
    index = ProfileIndex([profile(1), profile(2)])
    moving = {1: Moving(1, AT), 2: Moving()}
    choice = choose_partner(wanted, index, moving, AT)
    again = choose_partner(read_need(write_need(wanted)), index, read_moving(write_moving(moving)), AT)
    assert receipt_hash(wanted, choice, "r", AT) == receipt_hash(read_need(write_need(wanted)), again, "r", AT)
