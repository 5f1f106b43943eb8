"""How far a request is, in the words of its requester: steps, shares, and who has taken it up."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from benefits.choices import Outcome
from benefits.domain.catalogue import Edition
from referrals.choices import OfferState, Sender, State
from referrals.models import Event, Offer, Referral

IN_WORDS = {
    State.SUBMITTED: _("We received your request and are reviewing it."),
    State.SCREENING: _("We’re checking what your plans include."),
    State.AWAITING_CUSTOMER: _("We need some information from you to continue."),
    State.AWAITING_PARTNER: _("We’re finding the right partner for you."),
    State.OFFERED: _("We’ve offered your request to a partner. They usually respond within 2 business days."),
    State.ACCEPTED: _("A partner accepted your request and will contact you."),
    State.DELIVERING: _("Your partner is helping you deploy what your plans include."),
    State.FEE_BASED: _("Your partner may offer you paid work. You decide whether to accept it."),
    State.IN_REVIEW: _("Our team is reviewing your request."),
    State.ON_HOLD: _("Your request is on hold until the agreed date."),
    State.WITH_FTC: _("Microsoft’s FastTrack Center has your request."),
    State.CLOSED: _("Your request is closed."),
    State.CANCELLED: _("Your request was withdrawn."),
}
INCLUDED = {
    Outcome.NOT_REALIZED: _("Your plans include help that you haven’t fully used."),
    Outcome.REALIZED: _("You’ve already had the full value of the FastTrack Benefit."),
    Outcome.OUT_OF_SCOPE: _("What you asked for isn’t part of the FastTrack Benefit."),
    Outcome.NOT_ELIGIBLE: _("Your plans aren’t eligible for the FastTrack Benefit."),
    Outcome.NEEDS_INFORMATION: _("We don’t know yet what your plans include."),
}
EXPECTED = (State.OFFERED, State.ACCEPTED, State.IN_REVIEW)
SENDER_AWAITED = _("We’re checking that you can submit requests for this organization.")
SENDER_REFUSED = _("We couldn’t confirm that you can submit requests for this organization.")
HOLDING = (State.ON_HOLD, State.IN_REVIEW)
ROAD = (
    (_("Request received"), (State.SUBMITTED,)),
    (_("What your plans include"), (State.SCREENING, State.AWAITING_CUSTOMER)),
    (_("Finding a partner"), (State.AWAITING_PARTNER, State.OFFERED, State.WITH_FTC, *HOLDING)),
    (_("Working with your partner"), (State.ACCEPTED, State.DELIVERING, State.FEE_BASED)),
)
WITH_PARTNER = len(ROAD) - 1
ENDS = {State.CLOSED: _("Closed"), State.CANCELLED: _("Withdrawn")}


class Step(NamedTuple):
    """A step of the road: done, now or ahead, and since when."""

    label: str
    progress: str
    since: dt.datetime | None = None


def say_state(referral: Referral) -> str:
    """Where a request is, in the words of its requester."""
    if referral.awaits_sender:
        return str(SENDER_AWAITED)
    if referral.sender == Sender.REFUSED:
        return str(SENDER_REFUSED)
    return str(IN_WORDS[State(referral.state)])


def say_included(referral: Referral) -> str:
    """What its plans include, to a requester who may speak for the tenant."""
    decided = referral.determination
    return str(INCLUDED[Outcome(decided.outcome)]) if decided and referral.requester_is_of_tenant else ""


def expected_by(referral: Referral, now: dt.datetime) -> dt.datetime | None:
    """When whoever has the request now is to have done its part."""
    due = referral.next_action_at
    return due if due and due > now and referral.state in EXPECTED and not referral.awaits_sender else None


def name_holders(referrals: Iterable[Referral]) -> dict[int, str]:
    """The partner of each that was accepted, by the referral; before acceptance the requester learns of nobody."""
    accepted = Offer.objects.filter(referral__in=referrals, state=OfferState.ACCEPTED)
    return dict(accepted.values_list("referral_id", "partner__name"))


def list_steps(referral: Referral, *, has_partner: bool) -> list[Step]:
    """The road with how far it has got; of one that has ended, what happened, and the end."""
    moves = list(Event.objects.filter(referral=referral).exclude(state_to="").order_by("id"))
    since = {0: referral.created_at}
    for move in moves:
        if move.state_to not in (*HOLDING, *ENDS):
            since.setdefault(_place(move.state_to), move.at)
    if referral.state in ENDS:
        ended = next((move.at for move in reversed(moves) if move.state_to == referral.state), None)
        return [*_list_past(referral, moves, since), Step(str(ENDS[State(referral.state)]), "done", ended)]
    here = WITH_PARTNER if has_partner else _place(_stand(referral))
    return [
        Step(str(label), _progress(place - here), since.get(place) if place <= here else None)
        for place, (label, _states) in enumerate(ROAD)
    ]


def _list_past(referral: Referral, moves: list[Event], since: dict[int, dt.datetime]) -> Iterator[Step]:
    """Steps that were left behind; the first in any case, and a partner's work, which nothing comes after."""
    stand = _place(_last_stand(referral, moves))
    for place, (label, _states) in enumerate(ROAD):
        if place == 0 or place < stand or place == WITH_PARTNER == stand:
            yield Step(str(label), "done", since.get(place))


def _stand(referral: Referral) -> str:
    return referral.state_before if referral.state in HOLDING else referral.state


def _last_stand(referral: Referral, moves: list[Event]) -> str:
    """Where it was before it ended, whether it was held then or not."""
    last = next((move.state_to for move in reversed(moves) if move.state_to not in (*HOLDING, *ENDS)), "")
    if last:
        return last
    return State.AWAITING_PARTNER if referral.assigned_type else State.SUBMITTED  # split off, it has no move yet


def _place(state: str) -> int:
    return next(place for place, (_label, states) in enumerate(ROAD) if state in states)


def _progress(ahead: int) -> str:
    if ahead < 0:
        return "done"
    return "ahead" if ahead else "now"


def list_shares(referral: Referral, edition: Edition) -> list[dict[str, str]]:
    """The parts of a split request, by workload, with where each is and who has it; empty when it is one piece."""
    if not referral.engagement:
        return []
    parts = list(Referral.objects.filter(engagement=referral.engagement).order_by("id"))
    holders = name_holders(parts)
    return [
        {
            "words": ", ".join(_name(edition, code) for code in part.cover),
            "state": str(IN_WORDS[State(part.state)]),
            "holder": holders.get(part.pk, ""),
        }
        for part in parts
    ]


def _name(edition: Edition, code: str) -> str:
    return edition.workloads[code].name if code in edition.workloads else code
