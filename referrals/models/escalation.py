"""A question or complaint to the referral processing team, about a referral or in general, with its answers."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import PublicIdField
from accounts.models import User
from partners.choices import Filter
from partners.models import Partner
from referrals.choices import Actor

from .referral import Referral


class EscalationState(models.TextChoices):
    OPEN = "open", _("Awaiting team")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, person: User) -> "EscalationQuerySet":
        """The team and auditors see all; people those of their partners, and what they asked for nobody's."""
        if person.sees_everything:
            return self
        ours = Q(partner__memberships__user=person, partner__memberships__is_active=True)
        return self.filter(Q(opened_by=person, partner=None) | ours).distinct()

    def for_page(self) -> "EscalationQuerySet":
        """Those of a referral's page with whom they name, the newest first."""
        return self.select_related("partner", "closed_by").order_by("-id")

    def unanswered(self) -> "EscalationQuerySet":
        return self.filter(state=EscalationState.OPEN)

    def count_wrong_filters(self, since: dt.datetime) -> list[tuple[str, int]]:
        """Filter → how often partners have reported it as wrong, the most first. One query."""
        reported = self.filter(opened_at__gte=since).exclude(wrong_filter="").order_by()
        counted = reported.values_list("wrong_filter").annotate(number=models.Count("pk"))
        return sorted(counted, key=lambda row: (-row[1], row[0]))

    def overdue(self, now: dt.datetime) -> "EscalationQuerySet":
        return self.unanswered().filter(due_at__lte=now, nudged_at=None)


class Escalation(models.Model):
    public_id = PublicIdField("ESC")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="escalations")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    side = models.CharField(max_length=10, choices=Actor.choices)
    subject = models.CharField(max_length=120)
    is_objection = models.BooleanField(default=False, help_text=_("The requester appeals the change of type."))
    wrong_filter = models.CharField(
        max_length=16,
        choices=Filter.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("Routing filter reported as wrong."),
    )
    state = models.CharField(max_length=10, choices=EscalationState.choices, default=EscalationState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("When the team’s next reply is due."))
    nudged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_side = models.CharField(max_length=10, choices=Actor.choices, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_by__isnull=False)
                | Q(side__in=(Actor.REQUESTER, Actor.SYSTEM), referral__isnull=False),
                name="an_escalation_comes_from_a_person_or_is_about_a_referral",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_side="", closed_by=None)
                | (Q(state=EscalationState.CLOSED, closed_at__isnull=False) & ~Q(closed_side="")),
                name="only_a_closed_escalation_says_who_closed_it",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class EscalationMessage(models.Model):
    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="messages")
    form_key = models.UUIDField(
        null=True, unique=True, help_text=_("Made of the form's key, its author and words: posted twice, written once.")
    )
    at = models.DateTimeField()
    side = models.CharField(max_length=10, choices=Actor.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.at:%d %b %Y}"
