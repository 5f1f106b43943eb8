"""What if one partner joined, left, paused or had twice the capacity? The same scenario but for that. Pure."""

from dataclasses import replace

from lab.choices import WhatIf
from partners.domain.matching import Profile

from .scenario import Change, Scenario

PAUSE = 30 * 24 * 60  # minutes


def change_scenario(scenario: Scenario, what: WhatIf, profile: Profile) -> Scenario:
    """From the beginning on. ``profile``: of the partner as it is; a scenario that does not know it is given it."""
    partner = profile.id
    others = tuple(row for row in scenario.profiles if row.id != partner)
    known = next((row for row in scenario.profiles if row.id == partner), profile)
    changes = tuple(row for row in scenario.changes if row.partner != partner)
    own = tuple(row for row in scenario.changes if row.partner == partner)
    if what == WhatIf.JOINS:
        joined = replace(profile, is_active=True, must_answer_review=False, paused_until="")
        return replace(scenario, profiles=_by_id(*others, joined), changes=changes)
    if what == WhatIf.LEAVES:
        return _with_changes(scenario, known, others, (*changes, Change(0, partner, is_away=True)))
    if what == WhatIf.PAUSES:
        pause = Change(0, partner, is_away=True), Change(PAUSE, partner, is_away=False)
        return _with_changes(scenario, known, others, (*changes, *pause))
    twice = replace(known, capacity=2 * known.capacity)
    doubled = (replace(row, capacity=None if row.capacity is None else 2 * row.capacity) for row in own)
    return _with_changes(scenario, twice, others, (*changes, *doubled))


def _with_changes(
    scenario: Scenario, profile: Profile, others: tuple[Profile, ...], changes: tuple[Change, ...]
) -> Scenario:
    in_order = tuple(sorted(changes, key=lambda row: row.minute))
    return replace(scenario, profiles=_by_id(*others, profile), changes=in_order)


def _by_id(*profiles: Profile) -> tuple[Profile, ...]:
    return tuple(sorted(profiles, key=lambda row: row.id))
