"""Runs of the lab and the parts that they consist of: a part that waits is the queue, and what is done stays done."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.fields import PublicIdField
from accounts.models import User
from lab.choices import Kind, PartKind
from partners.domain.policy import Policy


class LabRunQuerySet(models.QuerySet["LabRun"]):
    def without_scenario(self) -> "LabRunQuerySet":
        """All but the arrivals themselves, which may be megabytes."""
        return self.defer("scenario", "again__scenario")


class LabRun(models.Model):
    """What was asked of the lab. Everything that its results depend on is kept with it, and never changes."""

    public_id = PublicIdField("LAB")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    inputs = models.JSONField(help_text=_("The simulated world, or the first and last day of the period."))
    variants = models.JSONField(help_text=_("What is compared, the current policy first."))
    seeds = models.PositiveSmallIntegerField()
    versions = models.JSONField()
    assumptions = models.JSONField(default=dict)
    scenario = models.BinaryField(null=True, help_text=_("Arrivals and partners of the period, compressed."))
    again = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="repeats")
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    result_hash = models.CharField(max_length=64, blank=True)

    objects = LabRunQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(cancelled_at=None), name="a_lab_run_ends_in_one_way"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_open(self) -> bool:
        return not (self.finished_at or self.cancelled_at)

    @property
    def is_unread(self) -> bool:
        """Is it a replay whose period no worker has read yet?"""
        return self.kind == Kind.PERIOD and self.scenario is None

    @property
    def is_begun(self) -> bool:
        """Has a worker taken any part of it?"""
        return self.parts.filter(tries__gt=0).exists()

    @property
    def percent(self) -> int:
        """How far it is, by arrivals."""
        sums = self.parts.aggregate(done=Sum("done"), total=Sum("total"))
        return 100 * sums["done"] // sums["total"] if sums["total"] else 0

    @property
    def first_day(self) -> dt.date:
        """Of a replay."""
        return dt.date.fromisoformat(self.inputs["first"])

    @property
    def last_day(self) -> dt.date:
        return dt.date.fromisoformat(self.inputs["last"])

    def policy(self, place: int) -> Policy:
        """The policy of a variant."""
        stored: dict[str, Any] = self.variants[place]["policy"]
        lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
        return Policy(**(stored | lists))


class LabPartQuerySet(models.QuerySet["LabPart"]):
    def due(self, now: dt.datetime) -> "LabPartQuerySet":
        """Parts to be worked on, those among them that a worker left behind. A period is read first."""
        open_ = self.filter(finished_at=None, run__finished_at=None, run__cancelled_at=None)
        open_ = open_.exclude(~Q(kind=PartKind.READING), run__kind=Kind.PERIOD, run__scenario=None)
        return open_.filter(due_at__lte=now).order_by("id")


class LabPart(models.Model):
    """One simulation or one bound. ``percent``: how often partners decline, beside what is expected."""

    run = models.ForeignKey(LabRun, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=PartKind.choices)
    variant = models.PositiveSmallIntegerField()
    seed = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(help_text=_("When a worker may take it, or take it over."))
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    objects = LabPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "variant", "seed", "percent"], name="one_part_of_each"),
            models.CheckConstraint(
                condition=Q(finished_at=None, result=None) | Q(finished_at__isnull=False, result__isnull=False),
                name="a_finished_part_has_a_result",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(finished_at=None), name="pending_lab_parts")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind} {self.variant}/{self.seed}/{self.percent}"

    @property
    def factor(self) -> float:
        return self.percent / 100

    def data(self) -> dict[str, Any]:
        """What its results are known by."""
        return {
            "kind": self.kind,
            "variant": self.variant,
            "seed": self.seed,
            "percent": self.percent,
            "result": self.result,
        }
