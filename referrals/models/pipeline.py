"""The canary: a message that the dispatcher sends through the broker to the worker, and what became of it."""

import datetime as dt
from typing import NamedTuple

from django.db import models
from django.db.models.functions import Now

LATE_AFTER = dt.timedelta(seconds=60)


class Pipeline(NamedTuple):
    """When each step of the canary was last done, all by the database's clock. ``None``: never yet."""

    now: dt.datetime
    installed_at: dt.datetime
    tried_at: dt.datetime | None
    published_at: dt.datetime | None
    returned_at: dt.datetime | None

    @property
    def stands_since(self) -> dt.datetime | None:
        """Since when nothing has come through; ``None`` while work moves."""
        last = self.returned_at or self.installed_at
        return last if self.now - last > LATE_AFTER else None

    @property
    def late_part(self) -> str:
        """The first part on the way that is late: dispatcher, broker or worker; empty while work moves."""
        if not self.stands_since:
            return ""
        steps = (("dispatcher", self.tried_at), ("broker", self.published_at))
        return next((part for part, at in steps if at is None or self.now - at > LATE_AFTER), "worker")


class CanaryQuerySet(models.QuerySet["Canary"]):
    def read(self) -> Pipeline | None:
        """How the pipeline is; ``None`` where nothing was ever installed or run. One query."""
        fields = ("at_now", "installed_at", "tried_at", "published_at", "returned_at")
        row = self.annotate(at_now=Now()).values_list(*fields).first()
        return Pipeline(*row) if row else None

    def note(self, step: str) -> None:
        """A step was done just now: ``tried``, ``published`` or ``returned``. One statement, and a second at first."""
        now = {f"{step}_at": Now()}
        if not self.filter(pk=Canary.ONLY).update(**now):
            self.get_or_create(pk=Canary.ONLY)
            self.filter(pk=Canary.ONLY).update(**now)


class Canary(models.Model):
    """One row."""

    ONLY = 1

    installed_at = models.DateTimeField(db_default=Now())
    tried_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    objects = CanaryQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_canary")]

    def __str__(self) -> str:
        return f"sent {self.tried_at}, back {self.returned_at}"
