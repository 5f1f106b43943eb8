"""What declining an offer will do, in words, by the rules that decide it: its partner reads it before it sends."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from partners.choices import ReferralType
from referrals.answering.responding import duty_applies
from referrals.choices import DeclineAct, DeclineEffect, OfferState
from referrals.domain.policies import act_after_decline, type_after_decline
from referrals.models import DeclineReason, Offer


def foretell_declines(
    offer: Offer, reasons: Iterable[DeclineReason], now: dt.datetime
) -> list[tuple[DeclineReason, str]]:
    """Each reason with what it does to this offer, by the standing determination and the duty to deliver."""
    determination, partner = offer.referral.determination, offer.partner
    outcome = determination.outcome if determination else ""
    is_free = partner.has_availability(now, offer.referral_type, without=1)
    may_ask = offer.state == OfferState.PENDING and not offer.release_requests.exists()
    told = []
    for reason in reasons:
        has_duty = determination is not None and duty_applies(offer, partner, determination, reason, now)
        parts = [_say_duty(may_ask=may_ask)] if has_duty else []
        parts.append(say_what_follows(reason, offer.referral.assigned_type, outcome, at_once=not has_duty))
        parts += _say_effect(reason, asks_availability=is_free and not has_duty)
        told.append((reason, " ".join(parts)))
    return told


def say_what_follows(reason: DeclineReason, referral_type: str, outcome: str, *, at_once: bool = True) -> str:
    """Where the referral goes once the decline stands, and as what."""
    claimed = tuple(reason.claimed_outcomes)
    act, to_type = (
        act_after_decline(reason.next_act, claimed, outcome),
        type_after_decline(referral_type, claimed, outcome),
    )
    parts = [*_say_claim(claimed, outcome), *([_say_type(to_type)] if to_type != referral_type else [])]
    return " ".join([*parts, _say_act(act, reason.retry_after_days, at_once=at_once)])


def say_in_general(reason: DeclineReason) -> str:
    """What a reason does to any offer, as admins read it; the duty to deliver comes before it."""
    act = _say_act(DeclineAct(reason.next_act), reason.retry_after_days, at_once=True)
    if reason.claimed_outcomes:
        act = _(
            "If the determination says so, it is a Standard referral from then on. %(act)s "
            "If not, the team looks at it first."
        ) % {"act": act}
    return " ".join([act, *_say_effect(reason, asks_availability=True)])


def _say_claim(claimed: tuple[str, ...], outcome: str) -> Iterator[str]:
    if claimed and not outcome:
        yield _("There is no determination that says so.")
    elif claimed:
        yield _("The determination says so.") if outcome in claimed else _("The determination does not say so.")


def _say_type(to_type: ReferralType) -> str:
    if to_type == ReferralType.STANDARD:
        return _("It becomes a Standard referral.")
    return _("The Benefit is not fully realized: it becomes a Benefit referral.")


def _say_act(act: DeclineAct, days: int, *, at_once: bool) -> str:
    if act == DeclineAct.REVIEW_FIRST:
        return _("The team looks at it before it goes on.")
    if act == DeclineAct.RETRY_LATER:
        return _("It comes back to you in %(days)s days, before anybody else is asked.") % {"days": days}
    if at_once:
        return _("It is offered to the next partner at once.")
    return _("Then it is offered to the next partner.")


def _say_duty(*, may_ask: bool) -> str:
    if may_ask:
        return _("Yours to deliver: this needs a corrected availability, or a release by the team.")
    return _("Yours to deliver: this needs a corrected availability.")


def _say_effect(reason: DeclineReason, *, asks_availability: bool) -> Iterator[str]:
    if reason.effect == DeclineEffect.AVAILABILITY and asks_availability:
        yield _("You say until when you have less availability; until then you get fewer or no offers.")
    elif reason.effect == DeclineEffect.PROFILE:
        yield _("What you say is wrong in your profile goes to the programme’s admins.")
    elif reason.effect == DeclineEffect.DUPLICATE:
        yield _("You name the referral that it repeats, and the team links the two.")
