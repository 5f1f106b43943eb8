"""What a partner's people write to one another about an offer. Nobody else reads it, the team included."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.fields import FoldedField, Folding, FoldingQuerySet
from accounts.models import User

from .offer import Offer


class ColleagueNote(Folding):
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="colleague_notes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    text_key = FoldedField(of="text")
    told = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, help_text=_("People who were notified.")
    )

    objects = FoldingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%d %b %Y}"
