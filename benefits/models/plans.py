"""The plans of an edition: their SKUs, and the workloads that each brings on its days."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits import choices

from .catalogue import BY_NAME, CODE_HELP, CODE_RULE, Dated, DatedRow, ProductFamily, Workload, check_same_edition


class Plan(DatedRow):
    code = models.CharField(max_length=60, validators=[CODE_RULE], help_text=CODE_HELP)
    name = models.CharField(max_length=200)
    family = models.ForeignKey(ProductFamily, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(max_length=12, choices=choices.PlanKind.choices)
    audience = models.CharField(max_length=20, choices=choices.PlanAudience.choices)
    benefit_eligible = models.CharField(
        _("eligibility"),
        max_length=12,
        choices=choices.BenefitEligible.choices,
        help_text=_("Whether this plan’s paid seats count toward the minimum, and whether its workloads count."),
    )
    max_seats = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Maximum seats for this plan; more shows a warning.")
    )
    entitlement_basis = models.CharField(max_length=200, blank=True)
    aliases = ArrayField(models.CharField(max_length=120), blank=True, default=list, help_text=_("Former names."))
    notes = models.TextField(blank=True)

    class Meta(DatedRow.Meta):
        abstract = False
        ordering = [BY_NAME]
        constraints = [
            *DatedRow.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "code"], name="one_plan_per_code"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_same_edition(self, "family")


class PlanSku(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="skus")
    sku_id = models.UUIDField(
        _("SKU ID"), null=True, blank=True, help_text=_("skuId in a subscribedSkus export. Blank if unknown.")
    )
    part_number = models.CharField(max_length=120, help_text=_("skuPartNumber in a subscribedSkus export."))
    product_name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("SKU")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "sku_id"], name="one_sku_per_plan_and_id"),
            models.UniqueConstraint(
                fields=["plan", "part_number"], condition=Q(sku_id=None), name="one_sku_without_id_per_part_number"
            ),
        ]

    def __str__(self) -> str:
        return self.part_number


class Entitlement(Dated):
    """A workload that a plan brings on its days."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="entitlements")
    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="entitlements")
    is_limited = models.BooleanField(
        _("limited version"),
        default=False,
        help_text=_("The plan includes a limited version only: a note, not an entitlement."),
    )
    sku_id = models.UUIDField(
        _("SKU ID"),
        null=True,
        blank=True,
        help_text=_("For a limited version: the SKU that includes it. Leave blank for all."),
    )
    basis = models.CharField(max_length=200, blank=True, help_text=_("Source, if different from the rest of the plan."))

    class Meta(Dated.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(sku_id=None) | Q(is_limited=True), name="only_a_limited_form_is_of_a_sku"
            ),
            models.UniqueConstraint(
                fields=["plan", "workload", "is_limited", "sku_id", "effective_from"],
                nulls_distinct=False,
                name="one_entitlement_per_plan_workload_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} → {self.workload}"

    def clean(self) -> None:
        """Also asked by the admin, whose list of workloads holds those of every edition."""
        if self.plan_id and self.workload_id and self.plan.edition_id != self.workload.edition_id:
            words = gettext("This workload belongs to %(edition)s.") % {"edition": self.workload.edition}
            raise ValidationError({"workload": words})
        if self.plan_id and self.workload_id and self._is_named_for_the_same_day():
            raise ValidationError(
                {"workload": gettext("The plan already lists this workload for some of these dates.")}
            )

    def _is_named_for_the_same_day(self) -> bool:
        words = {"plan": self.plan_id, "workload": self.workload_id}
        others = Entitlement.objects.filter(**words, is_limited=self.is_limited, sku_id=self.sku_id)
        if self.effective_from:
            others = others.filter(Q(effective_to=None) | Q(effective_to__gte=self.effective_from))
        if self.effective_to:
            others = others.filter(Q(effective_from=None) | Q(effective_from__lte=self.effective_to))
        return others.exclude(pk=self.pk).exists()
