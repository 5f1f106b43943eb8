"""Heads: what sums the whole history up to a day up, signed with a key that the database does not hold."""

import datetime as dt

from django.db import models
from django.db.models import Exists

from .event import Event

SETTLED = dt.timedelta(hours=1)  # after a day's end, when no transaction is open any more that writes an event of it


def day_to_sum_up(now: dt.datetime) -> dt.date:
    """The last day, in UTC, whose events are all there."""
    return (now - SETTLED).astimezone(dt.UTC).date() - dt.timedelta(days=1)


class HistoryHeadQuerySet(models.QuerySet["HistoryHead"]):
    def due(self, now: dt.datetime) -> models.QuerySet[Event]:
        """Some event, if the day that is over has no head."""
        return Event.objects.order_by().filter(~Exists(self.filter(day=day_to_sum_up(now))))


class HistoryHead(models.Model):
    """Written once a day and never changed (a trigger refuses it)."""

    day = models.DateField(unique=True)
    last_event = models.BigIntegerField(help_text="The number of the last event that it sums up.")
    events = models.BigIntegerField(help_text="How many events there are since the head before.")
    hash = models.BinaryField()
    signature = models.BinaryField()
    made_at = models.DateTimeField()

    objects = HistoryHeadQuerySet.as_manager()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {bytes(self.hash).hex()}"
