"""A list asked for as a file: a row that waits is the queue, and every row is the record of who took what."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .saved_view import ListName


class FileKind(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel")


class ListExportQuerySet(models.QuerySet["ListExport"]):
    def due(self, now: dt.datetime) -> "ListExportQuerySet":
        """Exports to be written, however old; one that a worker left behind is written again."""
        return self.filter(finished_at=None, due_at__lte=now).order_by("id")

    def old(self, now: dt.datetime) -> "ListExportQuerySet":
        """Those whose file nobody needs any more."""
        return self.filter(forget_at__lte=now).exclude(content=None)


class ListExport(models.Model):
    list_name = models.CharField(max_length=10, choices=ListName.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    address = models.TextField(help_text=_("The list's query."))
    chosen = models.JSONField(default=list, blank=True, help_text=_("IDs of the selected rows. Blank for all."))
    partners = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text=_("Partner whose rows it contains; blank for all."),
    )
    kind = models.CharField(max_length=4, choices=FileKind.choices)
    due_at = models.DateTimeField(help_text=_("When a worker may take it, or take it over."))
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    forget_at = models.DateTimeField(help_text=_("The file goes then; the record stays."))
    error = models.CharField(max_length=300, blank=True)
    content = models.BinaryField(null=True, blank=True)

    objects = ListExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False) | Q(content=None), name="an_export_with_a_file_is_finished"
            )
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(finished_at=None), name="pending_exports")]

    def __str__(self) -> str:
        return f"{self.get_list_name_display()}, {self.asked_at:%d %b %Y}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def file_name(self) -> str:
        return f"{self.list_name}-{self.asked_at:%Y-%m-%d-%H%M}.{self.kind}"
