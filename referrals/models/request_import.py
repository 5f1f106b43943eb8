"""A file of requests: checked row by row, then imported as somebody of the team says. Its row is the queue."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ImportMode(models.TextChoices):
    ALL = "all", _("All rows or none")
    VALID = "valid", _("Valid rows")


class RequestImportQuerySet(models.QuerySet["RequestImport"]):
    def due(self, now: dt.datetime) -> "RequestImportQuerySet":
        """Files to be checked or imported, however old; one that a worker left behind is taken over."""
        return self.filter(due_at__lte=now).order_by("id")


class RequestImport(models.Model):
    """``rows``: ``line`` in the file, external ``reference``, ``data`` as intake takes it, ``errors``, ``known``."""

    file_name = models.CharField(max_length=120)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raw = models.BinaryField(null=True, blank=True)
    rows = models.JSONField(default=list)
    mode = models.CharField(max_length=5, choices=ImportMode.choices, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("When a worker may take it; empty: it waits."))
    checked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = RequestImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="due_imports")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(due_at=None), name="a_finished_import_waits_for_nothing"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def faulty(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["errors"]]

    @property
    def known(self) -> list[dict[str, object]]:
        return [row for row in self.rows if row["known"]]

    @property
    def fresh(self) -> list[dict[str, object]]:
        return [row for row in self.rows if not row["errors"] and not row["known"]]

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
