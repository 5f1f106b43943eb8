"""Microsoft's table of products: when it was read, and what it says that a draft does not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from benefits import choices

from .edition import ServiceDescription


class ProposalKind(models.TextChoices):
    """As ``benefits.domain.refreshing.Kind``."""

    OF_PLAN = "of_plan", _("Products of plans")
    OUTSIDE = "outside", _("Products outside the Benefit")
    UNDECIDED = "undecided", _("Products to decide")
    GAINED = "gained", _("Workloads added to plans")
    LOST = "lost", _("Workloads removed from plans")
    SERVICE_PLAN = "service_plan", _("Unknown service plans")


class ProposalState(models.TextChoices):
    OPEN = "open", _("To decide")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class ProductProposal(models.Model):
    """A difference between a draft and Microsoft's table of products, until somebody accepts or refuses it."""

    edition = models.ForeignKey(
        ServiceDescription,
        on_delete=models.SET_NULL,
        null=True,
        related_name="proposals",
        help_text=_("Blank if the draft was deleted; refusals are remembered."),
    )
    kind = models.CharField(max_length=12, choices=ProposalKind.choices)
    sku_id = models.CharField(max_length=36, blank=True)
    part_number = models.CharField(max_length=120, blank=True)
    product_name = models.CharField(max_length=200, blank=True)
    plan_code = models.CharField(max_length=60, blank=True)
    workload_code = models.CharField(max_length=60, blank=True)
    outside_reason = models.CharField(max_length=16, choices=choices.OutsideReason.choices, blank=True)
    because = models.TextField(blank=True)
    service_plans = models.JSONField(default=list, help_text=_("ID and name of unknown service plans."))
    proposed = models.JSONField(default=list, help_text=_("Proposed kind, plan and reason."))
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("product proposal")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind", "sku_id", "part_number", "plan_code", "workload_code"],
                name="one_proposal_per_difference",
            ),
        ]

    def __str__(self) -> str:
        return self.product_name or self.part_number


class TableReading(models.Model):
    """When Microsoft's table of products was read, and what came of it."""

    as_of = models.DateField(help_text=_("Date of the table."))
    content_hash = models.CharField(max_length=64)
    products = models.PositiveIntegerField()
    proposals = models.PositiveIntegerField()
    edition = models.ForeignKey(
        ServiceDescription,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text=_("The draft with these proposals."),
    )
    read_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("product table import")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d}"
