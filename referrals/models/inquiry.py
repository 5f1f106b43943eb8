"""Open questions of a determination, mailed to the requester, with its answers until a person has judged them."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from referrals.choices import Actor

from .offer import Offer
from .referral import Referral


class Asked(models.TextChoices):
    WORKLOAD = "workload", _("Is a workload enabled in a tenant?")
    SEATS = "seats", _("How many paid seats of a plan does a tenant have?")
    PLANS = "plans", _("Which plans does a tenant have?")


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def unsettled(self, referral: Referral) -> "Inquiry | None":
        """What the customer was asked and nobody has judged yet."""
        return self.filter(referral=referral, settled_at=None).first()

    def concerning(self, referral: Referral, offer: Offer | None) -> list["Inquiry"]:
        """All of a referral, the newest first; to the partner of an accepted offer those of its own turn only."""
        rows = self.filter(referral=referral)
        if offer is not None:
            in_its_turn = Q(settled_at=None) | Q(offer=None, settled_at__gte=offer.answered_at)
            rows = rows.filter(Q(offer=offer) | in_its_turn)
        return list(rows)

    def end_with(self, offer: Offer, now: dt.datetime) -> None:
        """An offer has ended: what its partner asked is asked no more; what the customer has answered is the team's."""
        mine = self.filter(offer=offer, settled_at=None)
        mine.filter(answered_at=None).update(settled_at=now)
        mine.update(offer=None, side=Actor.TEAM)


class Inquiry(models.Model):
    """Proposed facts: nothing is recorded before a person takes them over.

    ``questions``: rows of ``kind``, ``code`` (workload or plan), ``tenant`` (domain) and ``text``, in the order to ask.
    ``answers``: one for each: null where nothing was said, else ``status``, ``part`` and ``note``; or ``seats``; or
    ``plans``, pairs of plan and seats. Once judged, each says in ``taken`` whether it was recorded.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="inquiries")
    side = models.CharField(max_length=10, choices=Actor.choices, help_text=_("Who asked."))
    offer = models.ForeignKey(
        Offer,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Partner that asked; blank for the team."),
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    questions = models.JSONField()
    answers = models.JSONField(default=list, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = _("inquiries")
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(settled_at=None), name="one_unsettled_inquiry_per_referral"
            )
        ]

    def __str__(self) -> str:
        words = {"number": len(self.questions), "referral": self.referral_id}
        return gettext("%(number)s questions about %(referral)s") % words

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def pairs(self) -> list[tuple[dict[str, str], dict[str, object]]]:
        """Each question with its answer; an empty one where nothing was said."""
        said = self.answers or [None] * len(self.questions)
        return [(question, answer or {}) for question, answer in zip(self.questions, said, strict=True)]

    @property
    def left_over(self) -> list[tuple[dict[str, str], dict[str, object]]]:
        """The answers that were judged and not recorded: the customer's words stay readable."""
        return [(question, answer) for question, answer in self.pairs if answer.get("taken") is False]
