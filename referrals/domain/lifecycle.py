"""The life of a referral and of an offer, as tables. What is not in a table is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from referrals.choices import HELD_STATES, OPEN_STATES, Actor, NextAct, OfferState, State


@dataclass(frozen=True, slots=True)
class Transition:
    """Who may make a move, and what it needs."""

    by: frozenset[Actor]
    needs: str = ""


def _by(*actors: Actor, needs: str = "") -> Transition:
    return Transition(frozenset(actors), needs)


SYSTEM, PARTNER, TEAM, REQUESTER = Actor.SYSTEM, Actor.PARTNER, Actor.TEAM, Actor.REQUESTER
RELEASING = _by(SYSTEM, PARTNER, TEAM, needs="decline, expiry, withdrawal or a granted release")
DETERMINED_OPEN = _by(PARTNER, needs="current determination: not realized")
DETERMINED_DONE = _by(PARTNER, needs="current determination: realized, out of scope or not eligible")
RESUMING = _by(TEAM, SYSTEM, needs="reason; the state before, at the latest at the wake-up")

Table = Mapping[tuple[State, State], Transition]


def _referral_table() -> dict[tuple[State, State], Transition]:
    s = State
    table = {
        (s.SUBMITTED, s.SCREENING): _by(SYSTEM),
        (s.SCREENING, s.AWAITING_PARTNER): _by(SYSTEM, needs="type; workloads to cover"),
        (s.SCREENING, s.AWAITING_CUSTOMER): _by(SYSTEM, needs="questions; two business days"),
        (s.AWAITING_CUSTOMER, s.SCREENING): _by(REQUESTER, SYSTEM, needs="an answer, or the deadline"),
        (s.AWAITING_PARTNER, s.OFFERED): _by(SYSTEM, needs="offer and receipt"),
        (s.AWAITING_PARTNER, s.WITH_FTC): _by(TEAM, needs="reason"),
        (s.OFFERED, s.ACCEPTED): _by(PARTNER, needs="live offer"),
        (s.OFFERED, s.AWAITING_PARTNER): RELEASING,
        (s.ACCEPTED, s.AWAITING_PARTNER): RELEASING,
        (s.ACCEPTED, s.OFFERED): _by(PARTNER, needs="undo within its minutes, contact data not shown"),
        (s.ACCEPTED, s.DELIVERING): DETERMINED_OPEN,
        (s.ACCEPTED, s.FEE_BASED): DETERMINED_DONE,
        (s.DELIVERING, s.FEE_BASED): DETERMINED_DONE,
        (s.DELIVERING, s.AWAITING_PARTNER): _by(TEAM, needs="reason"),
    }
    for state in (s.SCREENING, s.AWAITING_PARTNER, s.OFFERED, s.ACCEPTED):
        table[state, s.IN_REVIEW] = _by(SYSTEM, TEAM, needs="reason")
        table[s.IN_REVIEW, state] = RESUMING
    for state in OPEN_STATES:
        table[state, s.CANCELLED] = _by(TEAM, REQUESTER, needs="reason")
        if state != s.ON_HOLD:
            table[state, s.ON_HOLD] = _by(
                TEAM, PARTNER, SYSTEM, needs="wake-up time; by the system: customer unreachable"
            )
            table[s.ON_HOLD, state] = RESUMING
    for state in (s.WITH_FTC, s.DELIVERING, s.FEE_BASED):
        table[state, s.CLOSED] = _by(PARTNER, TEAM, needs="outcome")
    table[s.IN_REVIEW, s.CLOSED] = _by(PARTNER, TEAM, SYSTEM, needs="outcome")
    table[s.ON_HOLD, s.CLOSED] = _by(TEAM, SYSTEM, needs="reason")
    for state in (s.CLOSED, s.CANCELLED):
        table[state, s.SCREENING] = _by(TEAM, needs="reason")
    return table


REFERRAL_TABLE: Table = _referral_table()

OFFER_TABLE: Mapping[tuple[OfferState, OfferState], str] = {
    (OfferState.PENDING, OfferState.ACCEPTED): "the partner accepts",
    (OfferState.PENDING, OfferState.DECLINED): "the partner declines",
    (OfferState.PENDING, OfferState.EXPIRED): "seven days without an answer",
    (OfferState.PENDING, OfferState.WITHDRAWN): "the team, or the end of the referral",
    (OfferState.PENDING, OfferState.RELEASE_REQUESTED): "a FastTrack Ready Partner asks to be let off",
    (OfferState.RELEASE_REQUESTED, OfferState.PENDING): "the release is refused",
    (OfferState.RELEASE_REQUESTED, OfferState.DECLINED): "the release is granted",
    (OfferState.RELEASE_REQUESTED, OfferState.WITHDRAWN): "the team, or the end of the referral",
    (OfferState.ACCEPTED, OfferState.DECLINED): "declined before delivery starts",
    (OfferState.ACCEPTED, OfferState.COMPLETED): "the work is closed",
    (OfferState.ACCEPTED, OfferState.WITHDRAWN): "the team, or the end of the referral",
    (OfferState.DECLINED, OfferState.PENDING): "undo only",
    (OfferState.ACCEPTED, OfferState.PENDING): "undo only",
}

HEALING = frozenset((State.AWAITING_PARTNER, State.IN_REVIEW))  # where a referral goes that nobody turns out to have

NEXT_ACTS: Mapping[State, tuple[NextAct, Actor]] = {
    State.SUBMITTED: (NextAct.SCREEN, Actor.SYSTEM),
    State.SCREENING: (NextAct.SCREEN, Actor.SYSTEM),
    State.AWAITING_CUSTOMER: (NextAct.ANSWER_QUESTIONS, Actor.REQUESTER),
    State.AWAITING_PARTNER: (NextAct.ROUTE, Actor.SYSTEM),
    State.OFFERED: (NextAct.ANSWER_OFFER, Actor.PARTNER),
    State.ACCEPTED: (NextAct.DETERMINE, Actor.PARTNER),
    State.DELIVERING: (NextAct.REPORT_PROGRESS, Actor.PARTNER),
    State.FEE_BASED: (NextAct.REPORT_PROGRESS, Actor.PARTNER),
    State.IN_REVIEW: (NextAct.REVIEW, Actor.TEAM),
    State.ON_HOLD: (NextAct.WAKE, Actor.SYSTEM),
    State.WITH_FTC: (NextAct.FOLLOW_FTC, Actor.FTC),
}


class MoveRefused(Exception):
    """The lifecycle does not allow this move; the message says why in plain words."""


class WrongState(MoveRefused):
    """What the referral or the offer has become stands in the way: somebody was faster, or it never was possible."""


def check_move(before: str, after: str, by: Actor) -> None:
    """Raises MoveRefused unless the table has the move for this actor."""
    transition = REFERRAL_TABLE.get((State(before), State(after)))
    if transition is None:
        raise WrongState(f"A referral that is “{State(before).label}” cannot become “{State(after).label}”.")
    if by not in transition.by:
        raise WrongState(f"{by.label} cannot move a referral from “{State(before).label}” to “{State(after).label}”.")


def check_healing(before: str, after: str) -> None:
    """Raises MoveRefused unless a partner was to hold it, and it goes where its next act is found anew."""
    if before not in HELD_STATES or after not in HEALING:
        raise WrongState(f"A referral that is “{State(before).label}” can’t be repaired as “{State(after).label}”.")


def may_move(before: str, after: str, by: Actor) -> bool:
    try:
        check_move(before, after, by)
    except MoveRefused:
        return False
    return True


def check_offer_move(before: str, after: str) -> None:
    """Raises MoveRefused unless the offer table has the move."""
    if (OfferState(before), OfferState(after)) not in OFFER_TABLE:
        raise WrongState(f"An offer that is “{OfferState(before).label}” cannot become “{OfferState(after).label}”.")
