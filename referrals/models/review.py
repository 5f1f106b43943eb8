"""What the team looks at: declined offers, and requests to be released from the duty to deliver."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.choices import ReleaseState, ReviewState

from .offer import DeclineReason, Offer


class DeclineReviewQuerySet(models.QuerySet["DeclineReview"]):
    def overdue(self, now: dt.datetime) -> "DeclineReviewQuerySet":
        """Open ones past their day, of which nobody has been told."""
        return self.filter(state=ReviewState.OPEN, due_at__lte=now, nudged_at=None)


class DeclineReview(models.Model):
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="review")
    state = models.CharField(max_length=16, choices=ReviewState.choices, default=ReviewState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict_note = models.TextField(blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was escalated as overdue."))

    objects = DeclineReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="a_closed_review_says_when",
            )
        ]

    def __str__(self) -> str:
        return gettext("Review of %(offer)s") % {"offer": self.offer}


class ReleaseRequest(models.Model):
    """A FastTrack Ready Partner asks to be let off; the expiry clock stands still until the team decides."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="release_requests")
    reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT)
    notes = models.TextField()
    handover = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.OPEN)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    time_left = models.DurationField(help_text=_("What was left of the offer's seven days."))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict_note = models.TextField(blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer"], condition=Q(state="open"), name="one_open_release_request_per_offer"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="a_decided_release_request_says_when",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Release request for %(offer)s") % {"offer": self.offer}
