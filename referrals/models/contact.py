"""A partner's attempts to reach the customer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.choices import Channel

from .offer import Offer


class ContactAttempt(models.Model):
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="attempts")
    tried_on = models.DateField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_settled = models.BooleanField(default=False, help_text=_("The customer has replied since; no longer counted."))

    class Meta:
        ordering = ["tried_on", "id"]
        indexes = [models.Index(fields=["offer"], condition=Q(is_settled=False), name="attempts_that_count")]

    def __str__(self) -> str:
        return f"{self.tried_on}: {self.get_channel_display()}"
