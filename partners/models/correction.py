"""Corrections of a profile that a partner proposes when it declines; an admin decides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.choices import Correction, CorrectionState

from .partner import Partner


class ProfileCorrection(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="corrections")
    about = models.CharField(max_length=20, choices=Correction.choices)
    text = models.TextField(help_text=_("What it should say, in the partner's words."))
    source = models.CharField(max_length=16, blank=True, help_text=_("The offer that it was declined with."))
    state = models.CharField(max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="a_decided_correction_says_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_about_display()}"
