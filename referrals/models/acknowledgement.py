"""What a referral record says for the customer to sign, where proof is asked for, as in the public sector."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.choices import Industry
from benefits.models import Customer


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def for_customer(self, customer: Customer) -> "AcknowledgementQuerySet":
        """Those that the record of a customer carries, by its industry and country. An empty list is all of them."""
        industry = Q(industries=[]) | Q(industries__contains=[customer.industry])
        country = Q(countries=[]) | Q(countries__contains=[customer.country])
        return self.filter(industry, country, is_retired=False)


class Acknowledgement(models.Model):
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(
        _("text"), max_length=4000, help_text=_("Printed in the referral record, above a line for the customer’s name.")
    )
    industries = ArrayField(
        models.CharField(max_length=20, choices=Industry.choices),
        default=list,
        blank=True,
        help_text=_("For customers in these industries. Leave blank for all."),
    )
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        help_text=_("For customers in these countries (two-letter codes). Leave blank for all."),
    )
    place = models.PositiveSmallIntegerField(_("place"), default=0, help_text=_("Order in the record."))
    is_retired = models.BooleanField(_("retired"), default=False, help_text=_("No longer printed."))

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.title
