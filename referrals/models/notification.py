"""Mail that has to go out."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import TokenField
from accounts.models import User
from partners.models import Partner

from .referral import Referral

STUCK_AFTER = 3  # attempts


class NotificationQuerySet(models.QuerySet["Notification"]):
    def stuck(self) -> "NotificationQuerySet":
        """Mail that was tried several times and that nobody took."""
        return self.filter(sent_at=None, attempts__gte=STUCK_AFTER)

    def due(self, now: dt.datetime) -> "NotificationQuerySet":
        """Mail that is to go out."""
        return self.filter(sent_at=None, due_at__lte=now)

    def to_send_again(self, pk: int, to: str) -> "NotificationQuerySet":
        """A stuck mail that may go to this address: its owner's mail to its owner, and while it says anything."""
        elsewhere = Q(kind__in=Notification.FOR_OWNERS) & ~Q(to=to)
        forgotten = Q(body="") & ~Q(kind__in=Notification.WRITTEN_WHEN_SENT)
        return self.stuck().filter(pk=pk).exclude(elsewhere).exclude(forgotten)

    def next_going_out(self, referral: Referral, kind: str, now: dt.datetime) -> dt.datetime | None:
        """When a mail about a referral that waits for its hour goes out; none when none waits."""
        waiting = self.filter(sent_at=None, due_at__gt=now, referral=referral, kind=kind)
        return waiting.order_by("due_at", "id").values_list("due_at", flat=True).first()


class Notification(models.Model):
    """One mail. A row that is pending is the mail queue; the Message-ID stays the same over every attempt."""

    ACCOUNT = "account"  # kind of mail that lets somebody into an account, or tells its owner of it
    RESET = "reset"  # asked for by whoever typed the address
    INVITATION = "sign_in"  # lets a person set up how to sign in
    WRITTEN_WHEN_SENT = (RESET, INVITATION)
    JOIN = "join"  # lets a person join a partner, and then set up how to sign in
    FOR_OWNERS = (ACCOUNT, JOIN, *WRITTEN_WHEN_SENT)

    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    offer = models.ForeignKey(
        "referrals.Offer", on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    kind = models.CharField(max_length=24)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_key = TokenField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("Blank for in-app only."))
    gathers = models.BooleanField(default=False, help_text=_("Goes into the person’s next digest."))
    partner = models.ForeignKey(
        Partner,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Only without an offer."),
    )
    person = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Emailed within the person’s hours."),
    )
    path = models.CharField(max_length=200, blank=True, help_text=_("Link target; blank for the offer."))
    zone = models.CharField(
        max_length=64, blank=True, help_text=_("Time zone for daytime delivery. Blank to send at any hour.")
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(sent_at=None, due_at__isnull=False), name="pending_mail"),
            models.Index(fields=["to", "id"], condition=Q(offer=None), name="notices_of_an_address"),
            models.Index(fields=["person", "id"], condition=Q(person__isnull=False), name="notices_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def can_be_sent_again(self) -> bool:
        return bool(self.body) or self.kind in self.WRITTEN_WHEN_SENT

    @property
    def is_for_its_owner_alone(self) -> bool:
        """May nobody else have it: neither read it, nor have it sent elsewhere?"""
        return self.kind in self.FOR_OWNERS
