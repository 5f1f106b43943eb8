"""A saved view, or the team's insights, that a person gets by email every week or month."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .saved_view import SavedView


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every Monday")
    MONTHLY = "monthly", _("On the first of the month")


class ScheduledReportQuerySet(models.QuerySet["ScheduledReport"]):
    def due(self, now: dt.datetime) -> "ScheduledReportQuerySet":
        return self.filter(due_at__lte=now).order_by("due_at", "id")


class ScheduledReport(models.Model):
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reports")
    view = models.ForeignKey(
        SavedView,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reports",
        help_text=_("Blank for the insights."),
    )
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices)
    due_at = models.DateTimeField(db_index=True)

    objects = ScheduledReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "view"], name="one_report_of_a_view_per_person", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(rhythm__in=Rhythm.values), name="reports_have_a_known_rhythm"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.view or _('Insights')}"
