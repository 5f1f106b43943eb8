"""Routing runs: compact receipts from which every candidate's verdicts can be rebuilt."""

from django.db import models

from partners.models import Partner, ProfileRevision

from .referral import Referral


class RoutingRun(models.Model):
    """One act of choosing a partner for one referral."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="runs")
    at = models.DateTimeField()
    batch = models.UUIDField(help_text="Shared by the runs that were planned together.")
    position = models.PositiveIntegerField(help_text="Place in the batch, from 0.")
    engine_version = models.PositiveSmallIntegerField()
    policy_version = models.PositiveSmallIntegerField()
    profiles = models.ForeignKey(ProfileRevision, on_delete=models.PROTECT, related_name="runs")
    need = models.JSONField(help_text="The referral's facts that were matched.")
    moving = models.JSONField(help_text="Open offers and last turn of the partners that pass the profile filters.")
    chosen = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    passing = models.PositiveIntegerField(help_text="How many partners passed every filter.")
    ranked = models.JSONField(help_text="Ids of the first that passed, best first.")
    words = models.JSONField(help_text="Name and reason of the first few, readable without the engine.")
    receipt_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["referral", "-id"], name="runs_of_referral")]

    def __str__(self) -> str:
        return f"Run {self.pk}"
