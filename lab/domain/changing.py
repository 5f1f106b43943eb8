"""What if one partner joined, left, paused or had twice the capacity? The same scenario but for that. Pure."""

from dataclasses import replace

from lab.choices import WhatIf
from partners.domain.matching import Profile

from .scenario import Change, Scenario

PAUSE = 30 * 24 * 60  # minutes


def change_scenario(scenario: Scenario, what: WhatIf, profile: Profile) -> Scenario:
    """From the beginning on. ``profile``: of a partner that joins; others are in the scenario.

    Who pauses is afterwards what it would have been then; who joins or leaves has no other change.
    """
    others = tuple(row for row in scenario.profiles if row.id != profile.id)
    changes = tuple(row for row in scenario.changes if row.partner != profile.id)
    own = tuple(row for row in scenario.changes if row.partner == profile.id)
    if what == WhatIf.JOINS:
        joined = replace(profile, is_active=True, must_answer_review=False, paused_until="")
        return replace(scenario, profiles=_by_id(*others, joined), changes=changes)
    [known] = (row for row in scenario.profiles if row.id == profile.id)
    if what == WhatIf.DOUBLES:
        known = replace(
            known,
            capacity=2 * known.capacity,
            benefit_capacity=_twice(known.benefit_capacity),
            standard_capacity=_twice(known.standard_capacity),
        )
        own = tuple(replace(row, capacity=_twice(row.capacity)) for row in own)
    elif what == WhatIf.LEAVES:
        own = (Change(0, known.id, is_away=True),)
    else:
        own = _paused(known.id, own)
    in_order = tuple(sorted((*changes, *own), key=lambda row: row.minute))
    return replace(scenario, profiles=_by_id(*others, known), changes=in_order)


def _paused(partner: int, own: tuple[Change, ...]) -> tuple[Change, ...]:
    """Away for a while, and then as its own changes say."""
    during = [replace(row, is_away=True) for row in own if row.minute < PAUSE]
    is_away_then = next((row.is_away for row in reversed(own) if row.minute <= PAUSE), False)
    after = [row for row in own if row.minute >= PAUSE]
    return (Change(0, partner, is_away=True), *during, Change(PAUSE, partner, is_away=is_away_then), *after)


def _twice(number: int | None) -> int | None:
    return None if number is None else 2 * number


def _by_id(*profiles: Profile) -> tuple[Profile, ...]:
    return tuple(sorted(profiles, key=lambda row: row.id))
