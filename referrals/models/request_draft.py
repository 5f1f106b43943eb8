"""A request that is being filled in step by step, kept so that its requester can come back to it."""

import datetime as dt
import uuid

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import TokenField


class RequestDraftQuerySet(models.QuerySet["RequestDraft"]):
    def forgotten(self, now: dt.datetime) -> "RequestDraftQuerySet":
        """Drafts that nobody came back to; they are deleted with what was typed."""
        return self.filter(expires_at__lte=now)


class RequestDraft(models.Model):
    """What was typed so far. Whoever has the address of its pages may go on with it; nobody else finds it.

    Of one that was sent nothing stays but its address, so that whoever comes back learns that it was sent.
    """

    token = TokenField(editable=False)
    form_key = models.UUIDField(default=uuid.uuid4, help_text=_("Sent twice, it makes one request."))
    data = models.JSONField(default=dict, help_text=_("Field → values as they were typed."))
    products = models.JSONField(default=dict, blank=True, help_text=_("What an export lists, as it was read."))
    email = models.EmailField(blank=True, help_text=_("Email address for the draft link."))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = RequestDraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="drafts_by_expiry"),
            models.Index(fields=["email", "created_at"], name="drafts_of_an_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(data={}, products={}, email=""),
                name="a_draft_that_was_sent_holds_nothing",
            )
        ]

    def __str__(self) -> str:
        return gettext("Draft of %(day)s") % {"day": f"{self.created_at:%Y-%m-%d}"}
