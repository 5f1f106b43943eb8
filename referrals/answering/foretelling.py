"""What declining an offer will do, in words, by the rules that decide it: its partner reads it before it sends."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from partners.choices import ReferralType
from referrals.answering.responding import duty_applies
from referrals.choices import DeclineAct, DeclineEffect
from referrals.domain.policies import act_after_decline, type_after_decline
from referrals.models import DeclineReason, Offer


class Foretold(NamedTuple):
    """What declining for a reason does; ``has_duty``: it is met with the duty to deliver first."""

    reason: DeclineReason
    words: str
    has_duty: bool

    @property
    def asks(self) -> str:
        """What has to be said with it, beside notes: effects, parted by blanks."""
        effect = DeclineEffect.AVAILABILITY if self.has_duty else ""
        return " ".join(sorted({str(one) for one in (effect, self.reason.effect) if one}))


def foretell_declines(offer: Offer, reasons: Iterable[DeclineReason], now: dt.datetime) -> list[Foretold]:
    """Each reason with what it does to this offer, by the standing determination and the duty to deliver."""
    determination, partner = offer.referral.determination, offer.partner
    outcome = determination.outcome if determination else ""
    is_free = partner.has_availability(now, offer.referral_type, without=1)
    told = []
    for reason in reasons:
        has_duty = determination is not None and duty_applies(offer, partner, determination, reason, now)
        parts = [say_what_follows(reason, offer.referral.assigned_type, outcome, at_once=not has_duty)]
        parts += _say_effect(reason, asks_availability=is_free and not has_duty)
        told.append(Foretold(reason, " ".join(parts), has_duty))
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
            "If the determination confirms it, it becomes a Standard referral. %(act)s If not, the team "
            "reviews it first."
        ) % {"act": act}
    return " ".join([act, *_say_effect(reason, asks_availability=True)])


def _say_claim(claimed: tuple[str, ...], outcome: str) -> Iterator[str]:
    if claimed and not outcome:
        yield _("No determination confirms this.")
    elif claimed:
        yield (
            _("The determination confirms this.")
            if outcome in claimed
            else _("The determination doesn’t confirm this.")
        )


def _say_type(to_type: ReferralType) -> str:
    if to_type == ReferralType.STANDARD:
        return _("It becomes a Standard referral.")
    return _("The Benefit isn’t fully realized, so it becomes a Benefit referral.")


def _say_act(act: DeclineAct, days: int, *, at_once: bool) -> str:
    if act == DeclineAct.REVIEW_FIRST:
        return _("Reviewed by the team first.")
    if act == DeclineAct.RETRY_LATER:
        return _("You’ll be offered it again in %(days)s days, before anyone else.") % {"days": days}
    if at_once:
        return _("Offered to the next partner immediately.")
    return _("Then offered to the next partner.")


def _say_effect(reason: DeclineReason, *, asks_availability: bool) -> Iterator[str]:
    if reason.effect == DeclineEffect.AVAILABILITY and asks_availability:
        yield _("Enter when your availability returns. You’ll get fewer or no offers until then.")
    elif reason.effect == DeclineEffect.PROFILE:
        yield _("Profile corrections go to the program admins.")
    elif reason.effect == DeclineEffect.DUPLICATE:
        yield _("Enter the duplicate referral; the team will link them.")
