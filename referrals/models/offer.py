"""An offer: one partner's turn at a referral. And the reasons for which it may be declined."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import BYTEWISE, FoldedField, Folding, FoldingQuerySet
from accounts.models import User
from benefits.choices import Outcome
from benefits.models import Determination
from partners.choices import ACTING_ROLES, ReferralType
from partners.models import Absence, Membership, Organisation, Partner
from referrals.choices import LIVE_OFFER_STATES, Actor, DeclineAct, DeclineEffect, OfferState

from .referral import Referral
from .routing import RoutingRun


class DeclineReason(Folding):
    code = models.SlugField(max_length=40, unique=True, help_text=_("Stable; records refer to it."))
    label = models.CharField(max_length=120, help_text=_("Shown to the partner, for example “No capacity”."))
    label_key = FoldedField(of="label")
    next_act = models.CharField(max_length=20, choices=DeclineAct.choices, default=DeclineAct.ROUTE_ON)
    claimed_outcomes = ArrayField(
        models.CharField(max_length=24, choices=Outcome.choices),
        blank=True,
        default=list,
        help_text=_("Outcomes this reason claims. If no determination confirms it, the team reviews first."),
    )
    retry_after_days = models.PositiveSmallIntegerField(default=7, help_text=_("Days until it is offered again."))
    effect = models.CharField(max_length=16, choices=DeclineEffect.choices, blank=True, default=DeclineEffect.NONE)
    place = models.PositiveSmallIntegerField(default=0, help_text=_("Position in the list."))
    is_retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Kept for existing records; no longer offered.")
    )

    objects = FoldingQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.label


def number_among(**own: Any) -> Case:
    """The number that people know an offer by: its referral's, or its own where a later one of ``own`` has that."""
    later = Offer.objects.filter(referral=OuterRef("referral"), pk__gt=OuterRef("pk"), **own)
    return Case(
        When(Exists(later), then=F("public_id")), default=F("referral__public_id"), output_field=models.CharField()
    )


def assigned_to(person: User) -> Q:
    """Offers of the person, and of colleagues for whom it covers now."""
    away = Absence.objects.current().covered_by(person)
    theirs = away.filter(member__user=OuterRef("colleague"), member__partner=OuterRef("partner"))
    return Q(colleague=person) | Q(Exists(theirs))


class OfferQuerySet(FoldingQuerySet["Offer"]):
    def live(self) -> "OfferQuerySet":
        return self.filter(state__in=LIVE_OFFER_STATES)

    def visible_to(self, user: User) -> "OfferQuerySet":
        """Offers of the partners that the person is an active member of; nothing of anybody else."""
        return self.filter(partner__memberships__user=user, partner__memberships__is_active=True)

    def read_by(self, person: User) -> "OfferQuerySet":
        """What the person may see, as its pages show it: each knows whether the person acts for its partner."""
        acting = Membership.objects.filter(
            user=person, partner=models.OuterRef("partner"), is_active=True, role__in=ACTING_ROLES
        )
        own = Partner.objects.of_member(person)
        rows = self.visible_to(person).for_list()
        return rows.annotate(reader_acts=models.Exists(acting), shown_number=number_among(partner__in=own))

    def with_number(self, number: str) -> "OfferQuerySet":
        """By its own number, or the newest by its referral's."""
        if number.startswith("REF-"):
            newest = self.filter(referral__public_id=number).order_by("-id").values("pk")[:1]
            return self.filter(pk__in=newest)
        return self.filter(public_id=number)

    def newest_ids(self, most: int) -> list[int]:
        """The live ones, and the newest: those of which there may be news. Two queries."""
        newest = self.order_by("-id")
        ids = {*newest.live().values_list("pk", flat=True), *newest.values_list("pk", flat=True)[:most]}
        return sorted(ids, reverse=True)

    def expired(self, now: dt.datetime) -> "OfferQuerySet":
        """Unanswered offers whose seven days are over. A release request and a hold stop the clock."""
        return self.filter(state=OfferState.PENDING, expires_at__lte=now, clock_stopped_at=None)

    def to_remind(self, now: dt.datetime) -> "OfferQuerySet":
        """Unanswered offers whose partner is to be reminded; nobody is while the clock stands still."""
        return self.filter(state=OfferState.PENDING, remind_at__lte=now, clock_stopped_at=None)

    def count_by_state(self) -> dict[str, int]:
        """State → number of offers. One query."""
        return dict(self.order_by().values_list("state").annotate(models.Count("pk")))

    def for_list(self) -> "OfferQuerySet":
        """With what its page shows while it lives; the determination that it ended with is read where it is shown."""
        names = ("referral__customer", "referral__tenant", "referral__determination", "partner", "colleague")
        return self.select_related(*names)


class Offer(Folding):
    public_id = models.CharField(max_length=16, unique=True, editable=False, db_collation=BYTEWISE)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="offers")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="offers", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(
        RoutingRun, on_delete=models.PROTECT, null=True, blank=True, related_name="offers", db_index=False
    )
    round = models.PositiveSmallIntegerField(default=1)
    workloads = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    referral_type = models.CharField(max_length=10)
    is_incumbent = models.BooleanField(default=False)
    why = models.TextField(blank=True, help_text=_("Why this partner was selected, as shown to it."))

    state = models.CharField(max_length=20, choices=OfferState.choices, default=OfferState.PENDING)
    offered_at = models.DateTimeField()
    turn_at = models.DateTimeField(null=True, blank=True, help_text=_("The turn that it spent."))
    turn_before = models.DateTimeField(null=True, blank=True, help_text=_("The partner's last turn before it."))
    turn = models.BigIntegerField(default=0, db_default=0, help_text=_("The number of the turn that it spent."))
    last_turn_before = models.BigIntegerField(
        default=0, db_default=0, help_text=_("The number of the partner's last turn before it.")
    )
    uses_capacity = models.BooleanField(default=True, help_text=_("While live; fee-based work doesn’t use capacity."))
    respond_by = models.DateTimeField(help_text=_("Two business days in the partner's calendar: a flag, not a state."))
    respond_why = models.TextField(blank=True, help_text=_("How this deadline was calculated."))
    remind_at = models.DateTimeField(null=True, blank=True, help_text=_("Next reminder to respond."))
    expires_at = models.DateTimeField()
    clock_stopped_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the referral went on hold or into review; the seven days are paused.")
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    facts_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("The partner has reviewed others’ facts up to then. Blank for the time of the offer."),
    )
    was_unseen = models.BooleanField(
        default=False, help_text=_("Withdrawn unseen because an earlier decline was undone; doesn’t count as a turn.")
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_by = models.CharField(max_length=10, choices=Actor.choices, blank=True)
    colleague = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Assignee within the partner."),
    )
    tags = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, help_text=_("Internal to the partner.")
    )
    tags_key = FoldedField(of="tags")
    contacts_shown_at = models.DateTimeField(null=True, blank=True)

    reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    notes = models.TextField(_("notes for the team"), blank=True)
    notes_key = FoldedField(of="notes")
    handover = models.TextField(_("handover note for the next partner"), blank=True)
    determination = models.ForeignKey(
        Determination,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("As of when it ended."),
        db_index=False,
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(state__in=LIVE_OFFER_STATES), name="one_live_offer_per_referral"
            ),
            models.UniqueConstraint(
                fields=["referral", "partner", "round"],
                condition=Q(was_unseen=False),
                name="one_offer_per_referral_partner_and_round",
            ),
            models.CheckConstraint(
                condition=(Q(state=OfferState.PENDING) & Q(answered_at=None))
                | (~Q(state=OfferState.PENDING) & Q(answered_at__isnull=False)),
                name="an_answered_offer_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferState.DECLINED) | (Q(reason__isnull=False) & ~Q(notes="")),
                name="a_declined_offer_has_a_reason_and_notes",
            ),
            models.CheckConstraint(
                condition=Q(offered_at__lt=F("expires_at")), name="an_offer_expires_after_it_is_made"
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "offered_at", "id"], name="offers_of_partners"),
            models.Index(
                fields=["partner", "state", "expires_at", "id"],
                condition=Q(state__in=LIVE_OFFER_STATES),
                name="live_offers_of_partners",
            ),
            models.Index(fields=["expires_at"], condition=Q(state=OfferState.PENDING), name="expiring_offers"),
            models.Index(fields=["remind_at"], condition=Q(state=OfferState.PENDING), name="reminded_offers"),
            GinIndex(OpClass("notes_key", "gin_trgm_ops"), condition=~Q(notes_key=""), name="notes_of_declines"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def get_type_label(self) -> str:
        return str(ReferralType(self.referral_type).label)

    @property
    def is_accepted(self) -> bool:
        return self.state == OfferState.ACCEPTED

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_OFFER_STATES

    @property
    def number(self) -> str:
        """What addresses carry: see ``number_among``."""
        known = vars(self).get("shown_number") or (self.referral.public_id if self.is_live else self.public_id)
        return str(known)

    @property
    def may_act(self) -> bool:
        """Does the person for whom ``read_by`` has read it act for its partner?"""
        return bool(vars(self)["reader_acts"])


class DeclineDraft(models.Model):
    """What a person has typed so far on the decline page of an offer; gone once it is sent."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "by"], name="one_draft_per_offer_and_person")]

    def __str__(self) -> str:
        return gettext("Draft for %(offer)s") % {"offer": self.offer}
