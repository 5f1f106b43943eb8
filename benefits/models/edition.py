"""One edition of the service description. Published editions are never changed (a trigger refuses it)."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits import choices


class EditionQuerySet(models.QuerySet["ServiceDescription"]):
    def published(self) -> "EditionQuerySet":
        """Editions that decide or have decided: published and superseded ones."""
        return self.exclude(state=choices.EditionState.DRAFT)

    def drafts(self) -> "EditionQuerySet":
        return self.filter(state=choices.EditionState.DRAFT)

    def in_force(self, on: dt.date) -> "EditionQuerySet":
        """The edition that decides on a date, as a queryset of at most one row."""
        newest_first = ("-effective_from", "-published_at", "-id")
        return self.published().filter(effective_from__lte=on).order_by(*newest_first)[:1]


class ServiceDescription(models.Model):
    name = models.CharField(max_length=60, unique=True, help_text=_("Edition name, for example 2026-08-18."))
    state = models.CharField(max_length=12, choices=choices.EditionState.choices, default=choices.EditionState.DRAFT)
    as_of = models.DateField(help_text=_("Date of the most recent source in this edition."))
    effective_from = models.DateField(help_text=_("Used for determinations from this date."))
    seat_rule = models.CharField(
        max_length=20,
        choices=choices.SeatRule.choices,
        default=choices.SeatRule.SUM,
        help_text=_("How paid seats are counted toward the minimum. No source says whether plans may be added up."),
    )
    view_rule = models.CharField(
        max_length=20,
        choices=choices.ViewRule.choices,
        default=choices.ViewRule.ALL,
        help_text=_("Which entitled workloads count toward full value."),
    )
    no_intent_remains = models.BooleanField(
        _("refused workloads remain"),
        default=True,
        help_text=_("If on, a workload that the customer declines keeps the Benefit open."),
    )
    contents_rule = models.CharField(
        max_length=10,
        choices=choices.ContentsRule.choices,
        default=choices.ContentsRule.NOTHING,
        help_text=_("How to treat plans with neither entitlements nor a basis."),
    )
    service_plan_rule = models.CharField(
        max_length=10,
        choices=choices.ServicePlanRule.choices,
        default=choices.ServicePlanRule.WITHHOLD,
        help_text=_("How to use the service plans listed in an export."),
    )
    unknowns_rule = models.CharField(
        max_length=10,
        choices=choices.UnknownsRule.choices,
        default=choices.UnknownsRule.BROAD,
        help_text=_("Which unknown facts to ask about."),
    )
    products_as_of = models.DateField(
        _("products as of"),
        null=True,
        blank=True,
        help_text=_("Date of the last imported Microsoft product table."),
    )
    guides_revised_at = models.DateTimeField(
        auto_now_add=True, help_text=_("When a guide was last corrected in place.")
    )
    content_hash = models.CharField(max_length=64, editable=False, blank=True)
    reference = models.JSONField(
        default=dict, editable=False, help_text=_("Sections of the file for information only.")
    )
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, editable=False)
    publish_reason = models.TextField(
        blank=True, editable=False, help_text=_("Why it was published without a second reviewer.")
    )
    prepared_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("Last edited by."),
    )
    editors = models.ManyToManyField(
        "accounts.User",
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("Everyone who edited it; someone else must publish it."),
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of the service description")
        verbose_name_plural = _("editions of the service description")
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="a_published_edition_says_when",
            )
        ]

    def __str__(self) -> str:
        words = {"name": self.name, "state": self.get_state_display().lower()}
        return gettext("Edition %(name)s (%(state)s)") % words

    @property
    def is_draft(self) -> bool:
        return self.state == choices.EditionState.DRAFT
