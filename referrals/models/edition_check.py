"""Open referrals determined again by another edition: before it is published, and once it is in force."""

import datetime as dt
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from benefits.choices import Outcome
from benefits.models import ServiceDescription
from partners.models import Partner

from .referral import Referral

LEASE = dt.timedelta(minutes=1)  # a worker that was killed is not waited for any longer


class CheckKind(models.TextChoices):
    PREVIEW = "preview", _("Preview of a draft")
    STANDING = "standing", _("Existing determinations, after an edition took effect")


class CheckState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class EditionCheckQuerySet(models.QuerySet["EditionCheck"]):
    def due(self, now: object) -> "EditionCheckQuerySet":
        """Checks to be done, however old; one that a worker left behind is done again."""
        return self.filter(state__in=(CheckState.WAITING, CheckState.RUNNING), due_at__lte=now).order_by("id")

    def hold(self, pk: int, holder: uuid.UUID) -> bool:
        """Take a check for one worker, for a while; gives ``False`` when another holds it. By the database's clock."""
        is_free = Q(held_until=None) | Q(held_until__lt=Now()) | Q(held_by=holder)
        return bool(self.filter(is_free, pk=pk).update(held_by=holder, held_until=Now() + LEASE))

    def let_go(self, pk: int, holder: uuid.UUID) -> None:
        self.filter(pk=pk, held_by=holder).update(held_by=None, held_until=None)


class EditionCheck(models.Model):
    """One pass over the open referrals. A row that waits is the queue; ``after`` is how far it has come."""

    edition = models.ForeignKey(ServiceDescription, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=10, choices=CheckKind.choices)
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.WAITING)
    content_hash = models.CharField(max_length=64, help_text=_("Hash of the edition as checked; outdated by any edit."))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(default=0, help_text=_("ID of the last referral checked."))
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    held_by = models.UUIDField(null=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)

    objects = EditionCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(finished_at=None), name="due_edition_checks")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.edition.name}"

    @property
    def percent(self) -> int:
        return 100 if self.state == CheckState.DONE else 100 * self.done // max(self.total, 1)


def codes() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=60), default=list, blank=True)


class EditionDifference(models.Model):
    """One open referral whose standing determination the edition would give otherwise."""

    check_run = models.ForeignKey(EditionCheck, on_delete=models.CASCADE, related_name="differences")
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome_before = models.CharField(max_length=24, choices=Outcome.choices)
    outcome_after = models.CharField(max_length=24, choices=Outcome.choices)
    remaining_before = codes()
    remaining_after = codes()
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.outcome_before} → {self.outcome_after}"
