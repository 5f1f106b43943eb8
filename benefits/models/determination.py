"""Recorded determinations: facts, edition, outcome and trace, so that each can be recomputed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.fields import PublicIdField
from benefits import choices

from .customer import Customer
from .edition import ServiceDescription


class Determination(models.Model):
    """One recorded decision. Rows are never changed (a trigger refuses it)."""

    public_id = PublicIdField("DET")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="determinations")
    edition = models.ForeignKey(ServiceDescription, on_delete=models.PROTECT, related_name="determinations")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=24, choices=choices.Outcome.choices)
    rule = models.CharField(max_length=40)
    reason = models.TextField()
    facts = models.JSONField(help_text=_("The situation in the scenario format."))
    result = models.JSONField(help_text=_("Lists, findings, advice, plans held, warnings and trace."))
    facts_hash = models.CharField(max_length=64)
    result_hash = models.CharField(max_length=64)
    engine_version = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["customer", "-id"], name="newest_determination")]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.get_outcome_display()}"
