"""What a decline causes, when delivery is a duty, and which type a referral has. Pure."""

import re

from benefits.choices import Outcome
from partners.choices import ReferralType
from referrals.choices import DeclineAct

FEE_BASED_OUTCOMES = (Outcome.REALIZED, Outcome.OUT_OF_SCOPE, Outcome.NOT_ELIGIBLE)
LEAST_SUBSTANCE = 20
TOO_LITTLE_SUBSTANCE = f"Write at least {LEAST_SUBSTANCE} letters that help the team understand the situation."


def type_by_outcome(outcome: str) -> ReferralType:
    """Screening: not eligible, out of scope or realized is a Standard referral; all else is a Benefit referral."""
    return ReferralType.STANDARD if outcome in FEE_BASED_OUTCOMES else ReferralType.BENEFIT


def has_duty_to_deliver(
    *, referral_type: str, is_fasttrack_ready: bool, has_availability: bool, outcome: str, reason_act: str
) -> bool:
    """A FastTrack Ready Partner with availability must deliver a Benefit referral that is not realized.

    Source: partner article KB-01605. Wrong type, duplicate and conflict go to review without a release request.
    """
    if referral_type != ReferralType.BENEFIT or not is_fasttrack_ready or not has_availability:
        return False
    return outcome not in FEE_BASED_OUTCOMES and reason_act != DeclineAct.REVIEW_FIRST


def act_after_decline(reason_act: str, claimed_outcomes: tuple[str, ...], outcome: str) -> DeclineAct:
    """What happens to the referral: a reason that claims an outcome needs a determination that says so."""
    if claimed_outcomes and outcome not in claimed_outcomes:
        return DeclineAct.REVIEW_FIRST
    return DeclineAct(reason_act)


def type_after_decline(referral_type: str, claimed_outcomes: tuple[str, ...], outcome: str) -> ReferralType:
    """Realized or out of scope, as claimed → Standard; a Standard one that is not realized → Benefit."""
    if referral_type == ReferralType.BENEFIT and claimed_outcomes and outcome in claimed_outcomes:
        return ReferralType.STANDARD
    if referral_type == ReferralType.STANDARD and outcome == Outcome.NOT_REALIZED:
        return ReferralType.BENEFIT
    return ReferralType(referral_type)


def count_substance(text: str) -> int:
    """Letters and digits that say something: runs of one character count once."""
    collapsed = re.sub(r"(.)\1{2,}", r"\1", text, flags=re.DOTALL)
    return sum(character.isalnum() for character in collapsed)


def has_substance(text: str) -> bool:
    return count_substance(text) >= LEAST_SUBSTANCE


def workloads_to_cover(
    *,
    requested: tuple[str, ...],
    scope_workloads: tuple[str, ...],
    open_in_areas: tuple[str, ...],
    remaining: tuple[str, ...],
) -> tuple[str, ...]:
    """Requested workloads; none named → open ones of the requested areas; none → the remaining ones."""
    return tuple(sorted({*requested, *scope_workloads})) or tuple(sorted(open_in_areas)) or tuple(sorted(remaining))
