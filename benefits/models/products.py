"""What is known of products besides the plans: service plans by id, and products outside of the Benefit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits import choices

from .catalogue import EditionRow, source_keys


class ServicePlan(EditionRow):
    """A service plan by its id, whatever an export calls it."""

    service_plan_id = models.UUIDField(_("service plan ID"), help_text=_("servicePlanId in an export."))
    name = models.CharField(max_length=120, help_text=_("Name used by workloads."))
    in_families = models.BooleanField(
        _("in an eligible family"),
        default=True,
        help_text=_(
            "If off, no plan of the five families includes it; products with only such service plans are ignored."
        ),
    )

    class Meta:
        verbose_name = _("service plan")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "service_plan_id"], name="one_service_plan_per_id"),
        ]

    def __str__(self) -> str:
        return self.name


class OutsideProduct(EditionRow):
    """A product that is known and has no part in the Benefit: it is set aside with its reason, and blocks nothing."""

    sku_id = models.UUIDField(_("SKU ID"), null=True, blank=True, help_text=_("skuId in an export."))
    part_number = models.CharField(max_length=120, help_text=_("skuPartNumber in an export."))
    product_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=16, choices=choices.OutsideReason.choices)
    notes = models.TextField(blank=True)
    sources = source_keys()
    verified_on = models.DateField(null=True, blank=True, help_text=_("Date last verified against sources."))

    class Meta:
        verbose_name = _("product outside the Benefit")
        verbose_name_plural = _("products outside the Benefit")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "sku_id"], condition=~Q(sku_id=None), name="one_outside_product_per_sku_id"
            ),
            models.UniqueConstraint(fields=["edition", "part_number"], name="one_outside_product_per_part_number"),
        ]

    def __str__(self) -> str:
        return self.product_name or self.part_number
