"""What a run starts from is kept, and comes back as it was."""

import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings

from lab.chance.worlds import Written, draw_scenario
from lab.choices import WhatIf
from lab.domain.changing import PAUSE, change_scenario
from lab.domain.hours import Hours
from lab.domain.keeping import pack, unpack
from lab.domain.scenario import Answer, Change
from partners.domain.matching import Moving
from tests.lab.test_simulating import scenario, worlds
from tests.partners.test_matching import profile
from tests.world import NOW


@settings(max_examples=30, deadline=None)
@given(worlds)
def test_scenario_comes_back_as_it_was(written: Written) -> None:
    drawn = draw_scenario(written, 1)
    answers = replace(drawn.answers, of_partner={1: 0.25}, reasons={"no_capacity": 1.0}, reasons_of={1: {"": 1.0}})
    standing = {1: Moving(2, NOW, 1, 2**40), 2: Moving()}
    known = {1: Answer("declined", 5, "other"), 2: Answer("lapsed", 9)}
    arrivals = (replace(drawn.arrivals[0], known=known), *drawn.arrivals[1:])
    hours = {**drawn.hours, 1: Hours(((0, 5), (9, 12)), 8)}
    kept = replace(drawn, arrivals=arrivals, answers=answers, standing=standing, hours=hours)
    assert unpack(pack(kept)) == kept
    assert pack(unpack(pack(kept))) == pack(kept)


def test_partner_that_leaves_is_away_and_loses_its_other_changes() -> None:
    before = scenario(0, 10, changes=(Change(5, 1, is_away=True), Change(7, 2, is_away=True)))
    gone = change_scenario(before, WhatIf.LEAVES, before.profiles[0])
    assert gone.changes == (Change(0, 1, is_away=True), Change(7, 2, is_away=True))


def test_partner_that_pauses_is_afterwards_what_it_would_have_been() -> None:
    own = (Change(0, 1, is_away=True), Change(9, 1, is_away=False, capacity=3), Change(PAUSE + 5, 1, is_away=True))
    paused = change_scenario(scenario(0, changes=own), WhatIf.PAUSES, scenario(0).profiles[0])
    assert [(row.minute, row.is_away, row.capacity) for row in paused.changes] == [
        (0, True, None),
        (0, True, None),
        (9, True, 3),
        (PAUSE, False, None),
        (PAUSE + 5, True, None),
    ]
    late = scenario(0, changes=(Change(0, 1, is_away=True), Change(2 * PAUSE, 1, is_away=False)))
    assert [row.is_away for row in change_scenario(late, WhatIf.PAUSES, late.profiles[0]).changes] == [
        *(True, True, True),
        False,
    ]


def test_doubled_capacity_stays_doubled_when_it_changes() -> None:
    before = scenario(0, changes=(Change(5, 1, is_away=False, capacity=3), Change(7, 1, is_away=True)))
    after = change_scenario(before, WhatIf.DOUBLES, before.profiles[0])
    assert after.profiles[0].capacity == 2 * before.profiles[0].capacity
    assert [change.capacity for change in after.changes] == [6, None]
    limited = replace(before, profiles=(replace(before.profiles[0], benefit_capacity=2), before.profiles[1]))
    [doubled, _other] = change_scenario(limited, WhatIf.DOUBLES, limited.profiles[0]).profiles
    assert (doubled.benefit_capacity, doubled.standard_capacity) == (4, None)


@pytest.mark.parametrize("number", [2, 9])
def test_partner_that_joins_is_there_from_the_beginning(number: int) -> None:
    before = scenario(0, changes=(Change(0, 2, is_away=True),))
    after = change_scenario(before, WhatIf.JOINS, replace(profile(number), is_active=False))
    assert [row.id for row in after.profiles] == sorted({1, 2, number})
    assert all(row.is_active for row in after.profiles if row.id == number)
    assert not [change for change in after.changes if change.partner == number]


def test_scenario_of_before_there_were_working_hours_is_read() -> None:
    """Whoever is in it works around the clock."""
    kept = scenario(0)
    data = json.loads(zlib.decompress(pack(kept)))
    del data["hours"], data["works"], data["answers"]["answer_within"]
    data["answers"]["minutes_in_time"] = 2 * 24 * 60
    assert unpack(zlib.compress(json.dumps(data).encode())) == kept
