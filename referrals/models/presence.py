"""Who looks at which referral: a hint for colleagues, and nothing that anybody waits for."""

from django.db import models

from accounts.models import User

from .referral import Referral


class Presence(models.Model):
    """``party`` is the side a person looks for: ``team``, or ``partner:7``; other sides never learn of it."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    party = models.CharField(max_length=40)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "referral"], name="one_presence_per_person")]

    def __str__(self) -> str:
        return f"{self.person} at {self.referral_id}"
