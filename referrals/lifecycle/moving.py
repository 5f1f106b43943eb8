"""Move referrals and offers through their lifecycle: the only place where a state is written."""

import datetime as dt

from django.utils.translation import gettext as _

from referrals.choices import Actor, EventKind, NextAct, OfferState, State
from referrals.domain.lifecycle import NEXT_ACTS, MoveRefused, check_healing, check_move, check_offer_move
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.capacity import free_capacity, use_capacity
from referrals.lifecycle.clocks import Deadline
from referrals.lifecycle.locking import live_offer
from referrals.lifecycle.recording import record_event
from referrals.models import ContactAttempt, Inquiry, Offer, Referral
from referrals.queue import ring

UNHELD_ACTS = (NextAct.SCREEN, NextAct.ROUTE)
HOLDING = (State.ON_HOLD, State.IN_REVIEW)
BEFORE_ITS_SENDER = (State.SUBMITTED, State.SCREENING, State.ON_HOLD, State.CANCELLED)  # nobody has confirmed it
ENDED = (State.CLOSED, State.CANCELLED)


def move(
    referral: Referral,
    to: State,
    by: By,
    now: dt.datetime,
    *,
    due: Deadline | None = None,
    note: str = "",
    offer: Offer | None = None,
    kind: EventKind = EventKind.MOVED,
) -> None:
    """Move a locked referral, give it its next act, write the event and ring.

    ``due`` is when the next act is due; left out means now, so that the system acts at once.

    Raises:
        MoveRefused: the lifecycle does not allow it.
    """
    before = State(referral.state)
    check_move(before, to, by.actor)
    if referral.awaits_sender and to not in BEFORE_ITS_SENDER:
        raise MoveRefused(_("Confirm the sender first."))
    if referral.unreachable_since is not None:
        _stop_asking(referral, to)
    referral.state_before = _state_before(referral, before, to)
    if to in HOLDING:
        referral.offers.live().filter(clock_stopped_at=None).update(clock_stopped_at=now)
    referral.state, referral.state_note, referral.waiting_since = to, note, None
    if to == State.OFFERED:
        referral.times_left = 0
    if to in ENDED:
        referral.next_action, referral.next_owner, referral.next_action_at = "", "", None
        referral.due_why, referral.nudged_at, referral.closed_at = "", None, now
    else:
        referral.closed_at = None
        set_next_act(referral, *_next_act(referral, to), due or Deadline(now, ""))
    measure_unheld(referral, now)
    referral.save()
    record_event(referral, kind, by, now, state_from=before, state_to=to, note=note, offer=offer)
    ring()


def _next_act(referral: Referral, to: State) -> tuple[NextAct, Actor]:
    """By the state; a request whose sender nobody has confirmed is not screened."""
    act, owner = NEXT_ACTS[to]
    if act == NextAct.SCREEN and referral.awaits_sender:
        return NextAct.CONFIRM_SENDER, Actor.TEAM
    return act, owner


def _stop_asking(referral: Referral, to: State) -> None:
    """Whatever moves a referral on ends the question whether its customer can be reached; attempts count anew."""
    referral.unreachable_since = None
    ContactAttempt.objects.filter(offer__referral=referral, is_settled=False).update(is_settled=True)
    offer = live_offer(referral)
    if offer is not None and to not in ENDED and not offer.uses_capacity and referral.state == State.ON_HOLD:
        use_capacity(offer)
        offer.save(update_fields=["uses_capacity"])


def set_next_act(referral: Referral, act: NextAct, owner: Actor, due: Deadline) -> None:
    """Say on a locked referral what has to happen next, by whom, and when. The caller saves."""
    referral.next_action, referral.next_owner = act, owner
    referral.next_action_at, referral.due_why, referral.nudged_at = due.at, due.why, None


def measure_unheld(referral: Referral, now: dt.datetime) -> None:
    """Take the time for which the system alone has a referral: nobody else can do anything about it then."""
    is_unheld = referral.next_action in UNHELD_ACTS
    if not is_unheld and referral.unheld_since is not None:
        referral.unheld_for += max(now - referral.unheld_since, dt.timedelta())
        referral.unheld_since = None
    elif is_unheld and referral.unheld_since is None:
        referral.unheld_since = now


def _state_before(referral: Referral, before: State, to: State) -> str:
    """What a held or reviewed referral returns to."""
    if to not in HOLDING:
        return ""
    return _stand_of(referral) if (before, to) == (State.ON_HOLD, State.IN_REVIEW) else before


def _stand_of(referral: Referral) -> State:
    """Where a referral that comes back into review would otherwise be."""
    offer = referral.offers.live().first()
    if offer is not None:
        return State.ACCEPTED if offer.is_accepted else State.OFFERED
    return State.AWAITING_PARTNER if referral.assigned_type and referral.cover else State.SCREENING


def heal(referral: Referral, to: State, due: Deadline, note: str, now: dt.datetime) -> None:
    """Give a locked referral that a partner is said to have, while none has, its next act, and say so in an event.

    Raises:
        MoveRefused: it is not of those, or does not belong there.
    """
    before = State(referral.state)
    check_healing(before, to)
    referral.state = to
    referral.state_before = State.SCREENING if to == State.IN_REVIEW else referral.state_before
    referral.state_note = note
    set_next_act(referral, *NEXT_ACTS[to], due)
    if to == State.AWAITING_PARTNER:
        referral.unheld_since = referral.unheld_since or now
    referral.save()
    record_event(referral, EventKind.HEALED, SYSTEM, now, state_from=before, state_to=to, note=note)


def accept(offer: Offer, by: By, now: dt.datetime) -> None:
    """A locked offer is its partner's; the referral moves beside it."""
    _answer(offer, OfferState.ACCEPTED, by, now)
    offer.ended_by, offer.opened_at = by.actor, offer.opened_at or now
    offer.save()


def ask_release(offer: Offer, by: By, now: dt.datetime) -> None:
    """A locked offer waits for the team's word on its release."""
    _answer(offer, OfferState.RELEASE_REQUESTED, by, now)
    offer.save()


def reopen(offer: Offer) -> None:
    """A locked offer is to be answered anew, as if nobody had; the caller says by when, and saves it."""
    check_offer_move(offer.state, OfferState.PENDING)
    offer.state, offer.ended_by = OfferState.PENDING, ""
    offer.answered_at = offer.answered_by = None


def end_offer(offer: Offer, to: OfferState, by: By, now: dt.datetime) -> None:
    """End a locked offer with what its partner has asked, and give its place back to the (locked here) partner."""
    _answer(offer, to, by, now)
    offer.ended_by = by.actor
    free_capacity(offer)
    offer.save()
    Inquiry.objects.end_with(offer, now)


def _answer(offer: Offer, to: OfferState, by: By, now: dt.datetime) -> None:
    check_offer_move(offer.state, to)
    offer.state, offer.answered_at, offer.answered_by = to, now, by.user
