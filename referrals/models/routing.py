"""Routing runs: compact receipts from which every candidate's verdicts can be rebuilt."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import MovingBase, Partner, ProfileRevision, RoutingPolicy

from .referral import Referral


class RoutingBatch(models.Model):
    """What the runs that were planned together started from."""

    at = models.DateTimeField()
    engine_version = models.PositiveSmallIntegerField()
    policy = models.ForeignKey(RoutingPolicy, on_delete=models.PROTECT, related_name="batches")
    profiles = models.ForeignKey(ProfileRevision, on_delete=models.PROTECT, related_name="batches")
    base = models.ForeignKey(MovingBase, on_delete=models.PROTECT, related_name="batches")
    changes = models.BinaryField(help_text=_("Open offers and last turns that differed from the base, packed."))
    first_turn = models.BigIntegerField(
        null=True, help_text=_("Number of its first turn; none before turns had numbers.")
    )
    wanted = models.BinaryField(
        null=True, help_text=_("Open needs outside of the batch by partner, packed, where the policy weighs demand.")
    )
    start_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = _("routing batches")

    def __str__(self) -> str:
        return gettext("Batch %(id)s") % {"id": self.pk}


class RoutingRun(models.Model):
    """One act of choosing a partner for one referral."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="runs", db_index=False)
    batch = models.ForeignKey(RoutingBatch, on_delete=models.PROTECT, related_name="runs", db_index=False)
    position = models.PositiveIntegerField(help_text=_("Place in the order of planning, from 0."))
    need = models.JSONField(help_text=_("The referral's facts that were matched."))
    chosen = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    shares = models.JSONField(default=list, blank=True, help_text=_("Of a split: partner and its workloads."))
    left_over = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    passing = models.PositiveIntegerField(help_text=_("How many partners passed every filter."))
    ranked = models.JSONField(help_text=_("Ids of the first that passed, best first."))
    order = models.JSONField(
        null=True, blank=True, help_text=_("Why it was planned when it was, and its candidates; none by due order.")
    )
    moves = models.JSONField(
        null=True, blank=True, help_text=_("What made room for it: place in the batch, the partners from and to.")
    )
    words = models.JSONField(help_text=_("Name and reason of the first few, readable without the engine."))
    receipt_hash = models.CharField(max_length=64, help_text=_("Chained to the run before it in the batch."))

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["referral", "-id"], name="runs_of_referral")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="one_run_per_place_in_a_batch"),
        ]

    def __str__(self) -> str:
        return gettext("Run %(id)s") % {"id": self.pk}

    @property
    def at(self) -> dt.datetime:
        return self.batch.at

    @property
    def is_split(self) -> bool:
        return bool(self.shares)
