"""History: one event per change, written in the same transaction and never changed (a trigger refuses it).

Another trigger chains them: an event holds a hash over the one before it of its referral (``domain.chaining``).
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from accounts.fields import FoldedField
from accounts.models import User
from benefits.models import Determination
from partners.models import Partner
from referrals.choices import Actor, EventKind, State

from .offer import Offer
from .referral import Referral


class EventQuerySet(models.QuerySet["Event"]):
    def seen_by_partner(self, partner: Partner) -> "EventQuerySet":
        """What concerns this partner's own turn; nothing of anybody else's."""
        return self.filter(partner=partner)


class Event(models.Model):
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=10, choices=Actor.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    determination = models.ForeignKey(
        Determination, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state_from = models.CharField(max_length=20, choices=State.choices, blank=True)
    state_to = models.CharField(max_length=20, choices=State.choices, blank=True)
    note = models.TextField(blank=True)
    note_key = FoldedField(of="searched_note")
    data = models.JSONField(default=dict, blank=True)
    # What the database fills in, whatever is said.
    place = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    salt = models.BinaryField(default=bytes, db_default=b"")
    digest = models.BinaryField(default=bytes, db_default=b"")
    hash = models.BinaryField(default=bytes, db_default=b"")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["referral", "place"], name="events_are_one_chain")]
        indexes = [
            models.Index(fields=["at"], condition=Q(kind=EventKind.ACCEPTED), name="events_accepted"),
            models.Index(fields=["partner", "referral"], condition=Q(kind=EventKind.NOTE), name="notes_of_partners"),
            GinIndex(OpClass("note_key", "gin_trgm_ops"), condition=Q(kind=EventKind.NOTE), name="notes_of_history"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.referral_id})"

    @property
    def searched_note(self) -> str:
        """Lists are searched by notes that somebody wrote, not by what the system says of each step."""
        return self.note if self.kind == EventKind.NOTE else ""

    @property
    def is_for_partner(self) -> bool:
        """May the partner it concerns read the note? The team's own words stay with the team, verdicts excepted."""
        own = self.actor in (Actor.PARTNER, Actor.SYSTEM)
        return own or self.kind in (
            EventKind.RELEASE_DECIDED,
            EventKind.DETERMINED,
            EventKind.ANSWERED,
            EventKind.COACHED,
        )
