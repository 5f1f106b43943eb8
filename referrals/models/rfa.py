"""A request for deployment assistance that waits for its e-mail address to be confirmed."""

import datetime as dt

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import PublicIdField, TokenField
from accounts.models import User

from .referral import Referral


class RfaQuerySet(models.QuerySet["Rfa"]):
    def forgotten(self, now: dt.datetime) -> "RfaQuerySet":
        """Requests that were not confirmed in time; their data is deleted."""
        return self.filter(confirmed_at=None, expires_at__lt=now)


class Rfa(models.Model):
    token = TokenField(editable=False)
    form_key = models.UUIDField(unique=True)
    reference = PublicIdField("REF", null=True, help_text=_("The number of the referral that it becomes."))
    email = models.EmailField()
    data = models.JSONField(help_text=_("The validated answers."))
    filed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("The signed-in user.")
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="rfas")

    objects = RfaQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for deployment assistance")
        verbose_name_plural = _("requests for deployment assistance")
        ordering = ["-id"]
        indexes = [models.Index(Upper("email"), name="requests_of_an_address")]

    def __str__(self) -> str:
        return gettext("RFA of %(day)s") % {"day": f"{self.created_at:%Y-%m-%d}"}
