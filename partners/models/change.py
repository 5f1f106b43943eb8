"""What a partner's own people change in its profile, and addresses that wait to be confirmed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import TokenField
from accounts.models import User
from partners.choices import Role

from .partner import Partner


class ProfileChange(models.Model):
    """One change with what stood before, as the people of the partner and the programme read it."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.partner}: {', '.join(self.after)}"


class Confirmed(models.TextChoices):
    CONTACT = "contact", _("Offers go to this address")
    MEMBER = "member", _("This person belongs to the partner")


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def waiting(self) -> "ConfirmationQuerySet":
        return self.filter(ended_at=None)


class Confirmation(models.Model):
    """What holds once somebody who reads the mail has confirmed it: a new address for offers, or a new member."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="confirmations")
    kind = models.CharField(max_length=10, choices=Confirmed.choices)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    token = TokenField(editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(ended_at=None, kind=Confirmed.CONTACT),
                name="one_new_address_waits_per_partner",
            ),
            models.UniqueConstraint(
                fields=["partner", "email"],
                condition=Q(ended_at=None, kind=Confirmed.MEMBER),
                name="one_invitation_waits_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.email}"
