"""After acceptance: show contacts, deliver the Benefit, continue fee-based, close."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.choices import Outcome
from referrals.choices import Actor, CloseOutcome, EventKind, NextAct, OfferState, ReleaseState, State
from referrals.domain.policies import FEE_BASED_OUTCOMES
from referrals.email.writing import remind_partner
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.capacity import free_capacity
from referrals.lifecycle.determining import determine_referral
from referrals.lifecycle.locking import live_offer, lock_offer, lock_partner, lock_referral
from referrals.lifecycle.moving import end_offer, move, set_next_act
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.sights import check_looked
from referrals.models import Offer, Referral


class DeterminationMissing(Exception):
    """The current determination does not allow this; the message says what it says."""


class EndorsementMissing(Exception):
    """Workloads remain for which the partner is not endorsed; it has to acknowledge that."""

    def __init__(self, workloads: list[str]) -> None:
        self.workloads = workloads
        super().__init__(_("You’re not endorsed for: %(workloads)s.") % {"workloads": ", ".join(workloads)})


class OfferNotHeld(Exception):
    """The partner does not hold this referral any more."""


def lock_held(pk: int) -> tuple[Referral, Offer]:
    """Lock a referral, its partner and the accepted offer. Raises OfferNotHeld."""
    referral_id, partner_id = Offer.objects.values_list("referral_id", "partner_id").get(pk=pk)
    referral = lock_referral(referral_id)
    lock_partner(partner_id)
    offer = lock_offer(pk)
    if offer.state != OfferState.ACCEPTED:
        words = {"state": offer.get_state_display()}
        raise OfferNotHeld(_("This offer is “%(state)s”; the referral isn’t assigned to you.") % words)
    return referral, offer


@transaction.atomic
def show_contacts(pk: int, *, by: By, now: dt.datetime) -> None:
    """Make the contact data visible to the partner that accepted; the first time is an event."""
    referral, offer = lock_held(pk)
    if offer.contacts_shown_at is None:
        offer.contacts_shown_at = now
        offer.save(update_fields=["contacts_shown_at"])
        record_event(referral, EventKind.CONTACTS_SHOWN, by, now, offer=offer)


@transaction.atomic
def start_delivery(pk: int, *, by: By, now: dt.datetime, acknowledged: bool = False) -> Referral:
    """Begin to deliver the Benefit. Beginning again changes nothing.

    Raises:
        OfferNotHeld: the referral is not the partner's.
        DeterminationMissing: the current determination is not “not realized”.
        EndorsementMissing: a remaining workload is not endorsed; a FastTrack Ready Partner may acknowledge that.
    """
    referral, offer = lock_held(pk)
    if referral.state == State.DELIVERING:
        return referral
    decided = determine_referral(referral, by, now, occasion="deliver", holder=offer)
    if decided.outcome != Outcome.NOT_REALIZED:
        said = _("Delivery requires a determination that the Benefit isn’t fully realized.")
        raise DeterminationMissing(f"{said} {decided.reason}")
    endorsed = set(offer.partner.endorsements.current(now.date()).values_list("workload_code", flat=True))
    missing = sorted(set(decided.result["remaining_workloads"]) - endorsed)
    if missing and not (acknowledged and offer.partner.is_fasttrack_ready):
        raise EndorsementMissing(missing)
    note = f"Acknowledged without endorsement: {', '.join(missing)}." if missing else ""
    move(referral, State.DELIVERING, by, now, due=clocks.progress_due(now), offer=offer, note=note)
    return referral


@transaction.atomic
def continue_fee_based(pk: int, *, by: By, now: dt.datetime, looked: str = "") -> Referral:
    """Go on with fee-based work, which uses no capacity. ``looked``: mark of the changed facts it has looked at.

    Raises:
        LookFirst: others have recorded facts that the partner has not looked at.
        OfferNotHeld, DeterminationMissing: as above; the outcome must be realized, out of scope or not eligible.
    """
    referral, offer = lock_held(pk)
    if referral.state == State.FEE_BASED:
        return referral
    check_looked(referral, offer, looked, now)
    decided = determine_referral(referral, by, now, occasion="fee_based", holder=offer)
    if decided.outcome not in FEE_BASED_OUTCOMES:
        said = _("Fee-based work requires a realized Benefit or an out-of-scope request.")
        raise DeterminationMissing(f"{said} {decided.reason}")
    move(referral, State.FEE_BASED, by, now, due=clocks.progress_due(now), offer=offer)
    free_capacity(offer)
    offer.save(update_fields=["uses_capacity"])
    return referral


@transaction.atomic
def report_progress(pk: int, *, note: str, by: By, now: dt.datetime) -> Referral:
    """Note how delivery goes; the next progress check is due in thirty days."""
    referral, offer = lock_held(pk)
    if referral.next_action == NextAct.REPORT_PROGRESS:
        set_next_act(referral, NextAct.REPORT_PROGRESS, Actor.PARTNER, clocks.progress_due(now))
        referral.save()
    record_event(referral, EventKind.NOTE, by, now, offer=offer, note=note)
    return referral


@transaction.atomic
def close_work(pk: int, *, outcome: CloseOutcome, note: str, by: By, now: dt.datetime) -> Referral:
    """Close a referral whose delivery or fee-based work is done.

    Raises:
        OfferNotHeld: the referral is not the partner's.
        MoveRefused: neither delivery nor fee-based work has begun.
    """
    referral, offer = lock_held(pk)
    referral.close_outcome = outcome
    move(referral, State.CLOSED, by, now, note=note, offer=offer)
    offer.determination = referral.determination
    end_offer(offer, OfferState.COMPLETED, by, now)
    return referral


def withdraw_live_offer(referral: Referral, by: By, now: dt.datetime, *, note: str) -> Offer | None:
    """End whatever offer a locked referral has, because the referral itself goes elsewhere."""
    offer = live_offer(referral)
    if offer is None:
        return None
    offer.determination = referral.determination
    end_offer(offer, OfferState.WITHDRAWN, by, now)
    offer.release_requests.filter(state="open").update(
        state=ReleaseState.WITHDRAWN, decided_at=now, decided_by=by.user, verdict_note="The offer was withdrawn."
    )
    record_event(referral, EventKind.WITHDRAWN, by, now, offer=offer, note=note)
    words = [_("This referral is no longer assigned to you. You keep a read-only record.")]
    remind_partner(offer, "withdrawn", words, now)
    return offer
