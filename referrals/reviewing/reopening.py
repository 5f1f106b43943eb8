"""Undo the acknowledgement of a decline within its minutes: it waits for a review again."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import ProfileCorrection
from referrals.answering.undoing import UndoRefused
from referrals.choices import EventKind, ReviewState
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import lock_referral
from referrals.lifecycle.recording import record_event
from referrals.models import DeclineReview

from .judging import way_of


def why_not_reopen(review: DeclineReview, person: User | None, now: dt.datetime) -> str:
    """Why an acknowledgement can no longer be undone; empty when it can. Page and service ask the same."""
    at = review.decided_at
    if review.state != ReviewState.ACKNOWLEDGED or at is None or review.decided_by != person:
        return _("There’s nothing to undo.")
    if now >= at + dt.timedelta(minutes=settings.UNDO_MINUTES):
        return _("You can undo for %(undo_minutes)s minutes.") % {"undo_minutes": settings.UNDO_MINUTES}
    proposed = ProfileCorrection.objects.filter(source=review.offer.public_id, proposed_at=at)
    if way_of(review, at) != "acknowledge" or proposed.exists():
        return _("Someone has been told already, so it can’t be undone.")
    return ""


@transaction.atomic
def reopen_review(pk: int, *, by: By, now: dt.datetime) -> DeclineReview:
    """Let a decline wait for a review again, as if it had not been acknowledged. Raises UndoRefused: it is too late."""
    referral = lock_referral(DeclineReview.objects.values_list("offer__referral_id", flat=True).get(pk=pk))
    rows = DeclineReview.objects.select_for_update(of=("self",)).select_related("offer", "decided_by")
    review = rows.get(pk=pk)
    refused = why_not_reopen(review, by.user, now)
    if refused:
        raise UndoRefused(refused)
    review.state, review.verdict_note, review.decided_at, review.decided_by = ReviewState.OPEN, "", None, None
    review.save()
    record_event(referral, EventKind.UNDONE, by, now, offer=review.offer, note=_("Acknowledgement undone."))
    return review
