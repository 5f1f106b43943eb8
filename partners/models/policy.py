"""The routing policy, as dated versions. What is in force is never changed: a new version replaces it."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import ListField
from accounts.models import User
from partners.choices import WAIVABLE, BatchOrder, TieBreak
from partners.domain.demand import ALWAYS
from partners.domain.policy import MOST_PARTNERS, PRESSURE_BELOW, Policy


class RoutingPolicyQuerySet(models.QuerySet["RoutingPolicy"]):
    def in_force(self, now: dt.datetime) -> "RoutingPolicy":
        """The newest version whose time has come. Raises RoutingPolicy.DoesNotExist when there is none."""
        return self.filter(effective_at__lte=now).order_by("-effective_at", "-version")[:1].get()


class RoutingPolicy(models.Model):
    version = models.PositiveIntegerField(unique=True, editable=False)
    effective_at = models.DateTimeField(help_text=_("Effective from this time; can be edited until then."))
    incumbent_first = models.BooleanField(
        default=True, help_text=_("A partner with an approved claim on the customer goes first, if it passes.")
    )
    most_partners = models.PositiveSmallIntegerField(
        default=MOST_PARTNERS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PARTNERS)],
        help_text=_("Maximum partners to split a referral among when none covers it alone. 1 means never."),
    )
    tie_breaks = ListField(
        models.CharField(max_length=30, choices=TieBreak.choices),
        first=[TieBreak.LEAST_RECENTLY_OFFERED.value, TieBreak.FEWEST_OPEN.value],
        help_text=_("Order among passing partners; then by ID."),
    )
    pressure_below = models.PositiveSmallIntegerField(
        _("demand threshold (%)"),
        default=PRESSURE_BELOW,
        db_default=PRESSURE_BELOW,
        validators=[MinValueValidator(1), MaxValueValidator(ALWAYS)],
        help_text=_(
            "“Least wanted elsewhere” applies only while the free share of passing partners’ capacity is below this. "
            "100 means always."
        ),
    )
    batch_order = models.CharField(
        max_length=20,
        choices=BatchOrder.choices,
        default=BatchOrder.SCARCITY,
        db_default=BatchOrder.DUE,
        help_text=_(
            "Which referral in a batch goes first. “Fewest candidates first” places more: if no partner is free, "
            "a referral planned earlier can move to another passing partner."
        ),
    )
    waived = ArrayField(
        models.CharField(max_length=20, choices=[(name.value, name.label) for name in WAIVABLE]),
        default=list,
        blank=True,
        help_text=_("Disabled filters."),
    )
    reason = models.TextField(help_text=_("Reason for this version."))
    untried_reason = models.TextField(
        _("reason without a lab run"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Required if these settings were not tried in the routing lab."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, editable=False)

    objects = RoutingPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "routing policies"
        ordering = ["-version"]

    def __str__(self) -> str:
        return gettext("Policy %(version)s") % {"version": self.version}

    def clean(self) -> None:
        if self.effective_at and self.effective_at < timezone.now() - dt.timedelta(minutes=5):
            raise ValidationError(
                {"effective_at": gettext("Enter now or a future time. Past routing keeps its policy.")}
            )
        if len(set(self.tie_breaks or ())) != len(self.tie_breaks or ()):
            raise ValidationError({"tie_breaks": gettext("List each tie-break once.")})

    def as_policy(self) -> Policy:
        """What choosing works on."""
        return Policy(
            version=self.version,
            incumbent_first=self.incumbent_first,
            most_partners=self.most_partners,
            tie_breaks=tuple(self.tie_breaks),
            waived=tuple(sorted(self.waived)),
            batch_order=self.batch_order,
            pressure_below=self.pressure_below,
        )
