"""What routing reads instead of every partner: which profiles stand, and what has changed since. Kept by triggers."""

import datetime as dt

from django.db import models
from django.db.models import Q

from .partner import Partner


class ProfileVersion(models.Model):
    """One row. Its value is new whenever a profile, an endorsement or a closure has changed."""

    version = models.UUIDField()

    def __str__(self) -> str:
        return str(self.version)


class ProfileRevision(models.Model):
    """All profiles at one time, stored once under the hash of their content and shared by every run."""

    content_hash = models.CharField(max_length=64, unique=True)
    profiles = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.content_hash[:12]


class MovingBase(models.Model):
    """Open offers and last turns of all partners at one time: receipts store what differs from it."""

    content_hash = models.CharField(max_length=64, unique=True)
    packed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.content_hash[:12]


class OpeningQuerySet(models.QuerySet["Opening"]):
    def due(self, now: dt.datetime) -> "OpeningQuerySet":
        """To be tried: new ones at once, and once more when they are settled."""
        return self.filter(Q(was_tried=False) | Q(at__lt=now - dt.timedelta(seconds=Opening.LIFE_SECONDS)))

    def settled(self, now: dt.datetime) -> "OpeningQuerySet":
        """Old enough that no router that started before it is still at work."""
        return self.filter(at__lt=now - dt.timedelta(seconds=Opening.LIFE_SECONDS))


class Opening(models.Model):
    """A partner may be able to take what it could not before; referrals that wait for a partner are tried again.

    They are tried at once, and once more some seconds later: a router that read the partner before may still have
    been about to say that nobody is left.
    """

    LIFE_SECONDS = 15

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=40)
    was_tried = models.BooleanField(default=False)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.why}"
