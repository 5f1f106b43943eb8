"""A list with filters under a name, its owner's or shared with colleagues; and with which one a list opens."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import FoldedField, Folding, FoldingQuerySet
from accounts.models import User
from partners.models import Partner


class ListName(models.TextChoices):
    OFFERS = "offers", _("A partner’s queue")
    REFERRALS = "referrals", _("The team’s referrals")


class SavedViewQuerySet(FoldingQuerySet["SavedView"]):
    def seen_by(self, person: User, list_name: ListName) -> "SavedViewQuerySet":
        """A person's own, and those that its colleagues share: of its partners, or of the team.

        ``is_default`` says with which one the person's list opens.
        """
        own = Q(owner=person)
        if list_name == ListName.REFERRALS:
            shared = Q(is_shared=True)
        else:
            shared = Q(is_shared=True, partner__memberships__user=person, partner__memberships__is_active=True)
        chosen = OpensFirst.objects.filter(person=person, view=OuterRef("pk"))
        seen = self.filter(own | shared, list_name=list_name).annotate(is_default=Exists(chosen))
        return seen.distinct().order_by("name_key", "id")


class SavedView(Folding):
    list_name = models.CharField(max_length=10, choices=ListName.choices)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    partner = models.ForeignKey(
        Partner,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whose members it is for."),
    )
    name = models.CharField(max_length=60)
    name_key = FoldedField(of="name")
    address = models.TextField(help_text=_("The list's query."))
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_name", "name"], name="one_saved_view_of_a_name_per_person"),
            models.CheckConstraint(
                condition=Q(list_name=ListName.OFFERS, partner__isnull=False)
                | Q(list_name=ListName.REFERRALS, partner=None),
                name="a_saved_view_of_offers_belongs_to_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpensFirst(models.Model):
    """A person's choice: the list opens with this view, its own or one that a colleague shares."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=10, choices=ListName.choices)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="opens_first_for")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "list_name"], name="one_view_opens_first_per_person_and_list"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.view}"
