"""What relaxing one filter at a time would give: each line is checked by doing it."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings

from partners.choices import Filter
from partners.domain.matching import Moving, Need, Profile, Snapshot, rank_candidates
from partners.domain.relaxing import find_relaxations
from tests.partners.test_matching import AT, RULES, need, needs, profile
from tests.partners.test_planning import partners

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

NAMES = {
    "de": "German",
    "fr": "French",
    "GB": "United Kingdom",
    "INTUNE": "Microsoft Intune",
    "VIVA_GLINT": "Viva Glint",
}


def acts(wanted: Need, *rows: Profile, moving: dict[int, Moving] | None = None) -> dict[str, int]:
    """Each act with how many partners it would give."""
    states = {row.id: (moving or {}).get(row.id, Moving()) for row in rows}
    found = find_relaxations(wanted, Snapshot(AT, rows, states), RULES, lambda code: NAMES.get(code, code))
    return {row.act: row.number for row in found}


CONTOSO, LATER = profile(name="Contoso"), "2026-11-24T09:00:00+00:00"
CASES: dict[Filter, tuple[Need, Profile, str]] = {
    Filter.TYPE: (need(), replace(CONTOSO, takes_benefit=False), "make it a Standard referral"),
    Filter.ACTIVE: (need(), replace(CONTOSO, is_active=False), "make Contoso active again"),
    Filter.ANSWERED: (need(), replace(CONTOSO, must_answer_review=True), "wait for Contoso to answer its review"),
    Filter.PAUSED: (need(), replace(CONTOSO, paused_until=LATER), "wait until Tue 24 Nov 2026, when a pause ends"),
    Filter.COUNTRY: (
        need(),
        replace(CONTOSO, countries=("DE",)),
        "accept a partner that does not work in United Kingdom",
    ),
    Filter.LANGUAGE: (need(), replace(CONTOSO, languages=("fr",)), "accept French"),
    Filter.INDUSTRY: (need(), replace(CONTOSO, industries=("education",)), "ask partners that restrict the industry"),
    Filter.SIZE: (need(), replace(CONTOSO, sizes=("1-9",)), "ask partners that restrict the customer size"),
    Filter.NO_INCENTIVE: (
        need(no_incentive=True),
        CONTOSO,
        "ask partners that have not opted in to referrals without incentive",
    ),
    Filter.EXCLUDED: (need(excluded_organisations=(1,)), CONTOSO, "ask the customer to accept Contoso after all"),
    Filter.OFFERED: (need(offered_organisations=(1,)), CONTOSO, "ask those again that had their turn (a new round)"),
    Filter.ENDORSED: (need(workloads=("VIVA_GLINT",)), CONTOSO, "endorse Contoso for Viva Glint"),
    Filter.CAPACITY: (need(), replace(CONTOSO, capacity=0), "raise the capacity of Contoso by one"),
}


def test_each_filter_has_its_own_words() -> None:
    assert set(CASES) == set(Filter)
    for wanted, one, words in CASES.values():
        assert acts(wanted, one) == {words: 1}


def test_some_of_several_workloads_can_be_left_out() -> None:
    assert acts(need(workloads=("INTUNE", "VIVA_GLINT")), profile()) == {"leave out or split off Viva Glint": 1}


def test_capacity_of_the_type_is_raised_by_what_is_missing() -> None:
    full = profile(name="Contoso", capacity=5, benefit_capacity=1)
    expected = {"raise the capacity of Contoso for Benefit referrals by 2": 1}
    assert acts(need(), full, moving={1: Moving(2, open_benefit=2)}) == expected
    both = {"raise the capacity of Contoso by one and of Contoso for Benefit referrals by 5": 1}
    assert acts(need(), full, moving={1: Moving(5, open_benefit=5)}) == both


def test_capacity_is_raised_by_what_is_missing() -> None:
    full = profile(name="Contoso", capacity=2)
    assert acts(need(), full, moving={1: Moving(4)}) == {"raise the capacity of Contoso by 3": 1}


def test_best_change_comes_first() -> None:
    rows = [profile(number, languages=("fr",)) for number in (1, 2, 3)]
    rows.append(profile(4, name="Contoso", capacity=1))
    found = acts(need(), *rows, moving={4: Moving(1)})
    assert list(found.items()) == [("accept French", 3), ("raise the capacity of Contoso by one", 1)]


def test_partner_that_two_filters_keep_out_is_not_promised() -> None:
    assert acts(need(), profile(languages=("fr",), countries=("DE",))) == {}


def relaxed(wanted: Need, one: Profile, name: str) -> tuple[Need, Profile]:
    """The need and the profile with one filter off."""
    off = {
        Filter.TYPE: (wanted, replace(one, takes_benefit=True, takes_standard=True)),
        Filter.ACTIVE: (wanted, replace(one, is_active=True)),
        Filter.ANSWERED: (wanted, replace(one, must_answer_review=False)),
        Filter.PAUSED: (wanted, replace(one, paused_until="")),
        Filter.CAPACITY: (
            wanted,
            replace(one, capacity=one.capacity + 1, benefit_capacity=None, standard_capacity=None),
        ),
        Filter.ENDORSED: (wanted, replace(one, endorsements=wanted.workloads)),
        Filter.COUNTRY: (wanted, replace(one, countries=(wanted.country,))),
        Filter.LANGUAGE: (replace(wanted, languages=()), one),
        Filter.INDUSTRY: (wanted, replace(one, industries=())),
        Filter.SIZE: (wanted, replace(one, sizes=())),
        Filter.NO_INCENTIVE: (replace(wanted, no_incentive=False), one),
        Filter.EXCLUDED: (replace(wanted, excluded_organisations=()), one),
        Filter.OFFERED: (replace(wanted, offered_organisations=()), one),
    }
    return off[Filter(name)]


@settings(max_examples=300, deadline=None)
@given(needs, partners)
def test_every_line_holds_when_it_is_done_and_none_is_missing(wanted: Need, rows: list[Profile]) -> None:
    """One filter off lets exactly the named partners pass: checked on every partner and every filter."""
    rows = [replace(row, name=f"P{row.id}") for row in rows]
    snapshot = Snapshot(AT, tuple(rows), {row.id: Moving() for row in rows})
    said = {(row.filter, name) for row in find_relaxations(wanted, snapshot, RULES) for name in row.partners}
    passing = {
        name for candidate in rank_candidates(wanted, snapshot, RULES) if candidate.rank for name in [candidate.name]
    }
    done = set()
    for row in rows:
        for name in Filter.values:
            asked, changed = relaxed(wanted, row, name)
            one = Snapshot(AT, (changed,), {row.id: Moving()})
            if row.name not in passing and rank_candidates(asked, one, RULES)[0].rank:
                done.add((name, row.name))
    assert said == done


def test_dates_are_said_in_the_zone_of_the_reader() -> None:
    one = profile(paused_until="2026-11-24T23:30:00+00:00")
    berlin = dt.timezone(dt.timedelta(hours=1))
    found = find_relaxations(need(), Snapshot(AT, (one,), {1: Moving()}), RULES, str, berlin)
    assert found[0].act == "wait until Wed 25 Nov 2026, when a pause ends"
