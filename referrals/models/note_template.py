"""Notes that people write again and again when they decline: each a person's own, or shared with colleagues."""

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.models import Partner

from .offer import DeclineReason


class NoteTemplateQuerySet(QuerySet["NoteTemplate"]):
    def seen_by(self, person: User, partner: Partner) -> "NoteTemplateQuerySet":
        """A person's own at this partner, and those that its colleagues share there."""
        return self.filter(Q(owner=person) | Q(is_shared=True), partner=partner).order_by("name", "id")


class NoteTemplate(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="note_templates")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="note_templates")
    name = models.CharField(_("name"), max_length=60)
    reason = models.ForeignKey(
        DeclineReason,
        verbose_name=_("reason"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave blank for all."),
    )
    text = models.TextField(_("text"))
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)

    objects = NoteTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "owner", "name"], name="one_note_template_of_a_name_per_person"),
        ]

    def __str__(self) -> str:
        return self.name
