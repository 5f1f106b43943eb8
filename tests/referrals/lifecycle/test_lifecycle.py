"""The tables, their squares, and the page that is generated from them."""

import io
import itertools
from collections.abc import Callable

import pytest
from django.core.management import call_command

from referrals.choices import OPEN_STATES, Actor, OfferState, State
from referrals.domain.lifecycle import (
    NEXT_ACTS,
    OFFER_TABLE,
    REFERRAL_TABLE,
    MoveRefused,
    check_healing,
    check_move,
    check_offer_move,
    may_move,
)

S, A = State, Actor
HELD = {S.SCREENING, S.AWAITING_PARTNER, S.OFFERED, S.ACCEPTED}
# Written from the specification's table, not from the code's.
SINGLE = {
    (S.SUBMITTED, S.SCREENING): {A.SYSTEM},
    (S.SCREENING, S.AWAITING_PARTNER): {A.SYSTEM},
    (S.SCREENING, S.AWAITING_CUSTOMER): {A.SYSTEM},
    (S.AWAITING_CUSTOMER, S.SCREENING): {A.REQUESTER, A.SYSTEM},
    (S.AWAITING_PARTNER, S.OFFERED): {A.SYSTEM},
    (S.AWAITING_PARTNER, S.WITH_FTC): {A.TEAM},
    (S.OFFERED, S.ACCEPTED): {A.PARTNER},
    (S.OFFERED, S.AWAITING_PARTNER): {A.PARTNER, A.SYSTEM, A.TEAM},
    (S.ACCEPTED, S.AWAITING_PARTNER): {A.PARTNER, A.SYSTEM, A.TEAM},
    (S.ACCEPTED, S.OFFERED): {A.PARTNER},
    (S.ACCEPTED, S.DELIVERING): {A.PARTNER},
    (S.ACCEPTED, S.FEE_BASED): {A.PARTNER},
    (S.DELIVERING, S.FEE_BASED): {A.PARTNER},
    (S.DELIVERING, S.AWAITING_PARTNER): {A.TEAM},
}


HOLDABLE = set(OPEN_STATES) - {S.ON_HOLD}
RULES: list[tuple[Callable[[State, State], bool], set[Actor]]] = [
    (lambda before, after: (before, after) == (S.IN_REVIEW, S.CLOSED), {A.PARTNER, A.TEAM, A.SYSTEM}),
    (lambda before, after: before in OPEN_STATES and after == S.CANCELLED, {A.TEAM, A.REQUESTER}),
    (lambda before, after: before in (S.CLOSED, S.CANCELLED) and after == S.SCREENING, {A.TEAM}),
    (
        lambda before, after: after == S.CLOSED and before in (S.WITH_FTC, S.DELIVERING, S.FEE_BASED),
        {A.PARTNER, A.TEAM},
    ),
    (lambda before, after: after == S.IN_REVIEW and before in HELD, {A.SYSTEM, A.TEAM}),
    (lambda before, after: after == S.ON_HOLD and before in HOLDABLE, {A.TEAM, A.PARTNER, A.SYSTEM}),
    (lambda before, after: before == S.ON_HOLD and after in {*HOLDABLE, S.CLOSED}, {A.TEAM, A.SYSTEM}),
    (lambda before, after: before == S.IN_REVIEW and after in HELD, {A.TEAM, A.SYSTEM}),
]


def expected_actors(before: State, after: State) -> set[Actor]:
    if (before, after) in SINGLE:
        return SINGLE[before, after]
    return next((actors for applies, actors in RULES if applies(before, after)), set())


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_square_of_referral_states(before: State, after: State) -> None:
    assert {actor for actor in Actor if may_move(before, after, actor)} == expected_actors(before, after)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(OfferState, OfferState)))
def test_square_of_offer_states(before: OfferState, after: OfferState) -> None:
    if (before, after) in OFFER_TABLE:
        check_offer_move(before, after)
    else:
        with pytest.raises(MoveRefused, match="cannot become"):
            check_offer_move(before, after)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_only_what_a_partner_was_to_hold_is_put_right(before: State, after: State) -> None:
    held = (S.OFFERED, S.ACCEPTED, S.DELIVERING, S.FEE_BASED)
    if before in held and after in (S.AWAITING_PARTNER, S.IN_REVIEW):
        check_healing(before, after)
    else:
        with pytest.raises(MoveRefused, match="can’t be repaired as"):
            check_healing(before, after)


def test_every_open_state_has_one_next_act_with_its_owner() -> None:
    assert set(NEXT_ACTS) == set(OPEN_STATES)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {after for _before, after in REFERRAL_TABLE} | {S.SUBMITTED}
    left = {before for before, _after in REFERRAL_TABLE}
    assert reached == left == set(State)


def test_refusal_says_why_in_plain_words() -> None:
    with pytest.raises(MoveRefused, match="“Closed” cannot become “Offered”"):
        check_move(S.CLOSED, S.OFFERED, A.TEAM)


def test_lifecycle_page_is_current() -> None:
    out = io.StringIO()
    call_command("write_lifecycle", "--check", stdout=out)
    assert "current" in out.getvalue()
