"""A referral: the customer's need, routed as one piece."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.fields import PublicIdField, TokenField
from accounts.models import User
from benefits.choices import Delivery, Outcome
from benefits.domain.situation import Request
from benefits.models import Customer, Determination, Tenant
from partners.choices import ReferralType
from referrals.choices import (
    OPEN_STATES,
    Actor,
    CloseOutcome,
    NextAct,
    RequesterKind,
    Sender,
    Source,
    State,
    WantedFrom,
)

from .referral_queries import ReferralQuerySet

CLOSED_STATES = (State.CLOSED, State.CANCELLED)
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
CLOSED_ON = Coalesce("closed_at", Value(NEVER))  # never empty: lists are sorted by it


def codes(length: int = 60) -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=length), default=list, blank=True)


class Referral(models.Model):
    public_id = PublicIdField("REF")
    status_token = TokenField(editable=False)
    form_key = models.UUIDField(
        null=True, unique=True, help_text=_("Key of the form that made it: posted twice, made once.")
    )
    external_reference = models.CharField(
        max_length=80, blank=True, editable=False, help_text=_("The importer's own name for it, in small letters.")
    )
    rfa_id = models.CharField(
        _("RFA ID"),
        max_length=40,
        blank=True,
        db_default="",
        help_text=_("Of the request at Microsoft, where the customer made one."),
    )
    engagement = models.CharField(max_length=16, blank=True, help_text=_("Shared by referrals split from one request."))
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="siblings", db_index=False
    )

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="referrals", help_text=_("Requested by."), db_index=False
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    sender = models.CharField(
        max_length=12,
        choices=Sender.choices,
        blank=True,
        help_text=_("Whether the sender may submit requests for the customer."),
    )
    sender_token = models.CharField(
        max_length=64, blank=True, help_text=_("Private link for the customer’s known contact to confirm.")
    )
    requester_kind = models.CharField(max_length=10, choices=RequesterKind.choices)
    requester_name = models.CharField(max_length=120)
    requester_email = models.EmailField()
    requester_phone = models.CharField(max_length=40, blank=True)

    text = models.TextField(_("request"))
    workloads = codes()
    areas = codes(30)
    services = codes(120)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.REMOTE)
    wanted_from = models.CharField(_("start date"), max_length=10, choices=WantedFrom.choices, blank=True)
    languages = codes(8)
    no_incentive = models.BooleanField(_("earns no incentive"), default=False)
    excluded_partners = models.ManyToManyField("partners.Organisation", blank=True)

    requested_type = models.CharField(max_length=10, choices=ReferralType.choices, default=ReferralType.BENEFIT)
    assigned_type = models.CharField(max_length=10, choices=ReferralType.choices, blank=True)
    is_typed_by_team = models.BooleanField(default=False, help_text=_("Screening keeps the type set by the team."))
    eligibility_unverified = models.BooleanField(default=False)
    determination = models.ForeignKey(
        Determination,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        help_text=_("The newest one."),
        db_index=False,
    )
    determined_for = models.CharField(
        max_length=40, blank=True, help_text=_("The side by whose knowledge it was made; empty: by all that is known.")
    )
    cover = codes()
    differs_under = models.ForeignKey(
        "benefits.ServiceDescription",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The edition under which the determination would change; nothing changes automatically."),
        db_index=False,
    )
    differs_outcome = models.CharField(max_length=24, choices=Outcome.choices, blank=True)

    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    state_before = models.CharField(max_length=20, choices=State.choices, blank=True)
    next_action = models.CharField(max_length=20, choices=NextAct.choices, blank=True)
    next_owner = models.CharField(max_length=10, choices=Actor.choices, blank=True)
    next_action_at = models.DateTimeField(null=True, blank=True)
    due_why = models.TextField(blank=True, help_text=_("How the deadline of the next action was calculated."))
    nudged_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was reported as overdue."))
    state_note = models.TextField(blank=True, help_text=_("Why it is where it is."))
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text=_("No matching partner since then; retried when capacity frees up.")
    )
    times_left = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text=_("Passes since its last offer that found no partner: 0, 1, or 2 and more."),
    )
    unheld_since = models.DateTimeField(null=True, blank=True, help_text=_("Owned by the system since then."))
    unheld_for = models.DurationField(default=dt.timedelta, help_text=_("Total time unowned."))
    unreachable_since = models.DateTimeField(
        null=True, blank=True, help_text=_("When the requester was emailed after several contact attempts.")
    )
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", db_index=False
    )
    asked_at = models.DateTimeField(null=True, blank=True, help_text=_("When the requester was asked for facts."))

    round = models.PositiveSmallIntegerField(default=1)
    counts_from_round = models.PositiveSmallIntegerField(
        default=1, help_text=_("Offers in earlier rounds no longer exclude an organization.")
    )
    round_by = models.CharField(max_length=10, choices=Actor.choices, blank=True)
    round_reason = models.TextField(blank=True)
    retry_partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    close_outcome = models.CharField(max_length=20, choices=CloseOutcome.choices, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["external_reference"],
                condition=~Q(external_reference=""),
                name="one_referral_per_external_reference",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED_STATES, next_action="", next_owner="", next_action_at=None)
                | (
                    ~Q(state__in=CLOSED_STATES)
                    & ~Q(next_action="")
                    & ~Q(next_owner="")
                    & Q(next_action_at__isnull=False)
                ),
                name="an_open_referral_has_one_next_act_with_owner_and_due_time",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.ON_HOLD) & Q(next_action=NextAct.WAKE))
                | (~Q(state=State.ON_HOLD) & ~Q(next_action=NextAct.WAKE)),
                name="a_held_referral_waits_for_its_wake_up",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(state__in=CLOSED_STATES),
                name="only_a_closed_referral_says_when_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(round=1) | (~Q(round_by="") & ~Q(round_reason="")),
                name="a_new_round_has_an_author_and_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.ON_HOLD, State.IN_REVIEW)) | ~Q(state_before=""),
                name="a_held_referral_knows_the_state_before",
            ),
            models.CheckConstraint(
                condition=Q(waiting_since=None) | Q(state=State.IN_REVIEW),
                name="a_referral_without_a_partner_is_with_the_team",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_action", "next_action_at", "id"],
                condition=~Q(state__in=CLOSED_STATES),
                name="due_referrals",
            ),
            models.Index(
                fields=["next_owner", "next_action_at", "id"],
                include=[  # what lists filter, search and sort open referrals by: none of it is read from the rows
                    *("public_id", "customer", "determination", "state", "assigned_type", "source", "round"),
                    *("cover", "areas", "languages"),
                ],
                condition=~Q(next_owner=""),
                name="open_referrals",
            ),
            models.Index(CLOSED_ON, "id", condition=Q(state__in=CLOSED_STATES), name="closed_referrals"),
            GinIndex(
                fields=["cover", "areas", "languages"],
                condition=Q(state__in=CLOSED_STATES),
                name="closed_referrals_by_codes",
            ),
            models.Index(fields=["customer", "-id"], name="referrals_of_customer"),
            models.Index(fields=["id"], condition=Q(differs_under__isnull=False), name="differing_referrals"),
            models.Index(
                fields=["waiting_since", "id"], condition=Q(waiting_since__isnull=False), name="waiting_referrals"
            ),
            models.Index(fields=["id"], condition=Q(unreachable_since__isnull=False), name="referrals_out_of_reach"),
            models.Index(fields=["id"], condition=Q(eligibility_unverified=True), name="unverified_referrals"),
            models.Index(fields=["engagement"], condition=~Q(engagement=""), name="engagements"),
            models.Index(fields=["sender_token"], condition=~Q(sender_token=""), name="referrals_by_sender_token"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_waiting(self) -> bool:
        """Does it wait for a partner that passes?"""
        return self.waiting_since is not None

    @property
    def requester_is_of_tenant(self) -> bool:
        """May the requester speak for the tenant? Others learn no facts and overwrite none."""
        return self.sender in (Sender.TENANT, Sender.CONFIRMED)

    @property
    def was_retyped(self) -> bool:
        """Was the Benefit asked for, and is it Standard now? To that the requester may object."""
        return (self.requested_type, self.assigned_type) == (ReferralType.BENEFIT, ReferralType.STANDARD)

    @property
    def awaits_sender(self) -> bool:
        """Is somebody to say first whether the sender may ask?"""
        return self.is_open and self.sender in (Sender.UNCONFIRMED, Sender.REFUSED)

    @property
    def request(self) -> Request:
        """The request as the determination reads it."""
        return Request(
            text=self.text.strip(),
            workloads=tuple(self.workloads),
            areas=tuple(self.areas),
            services=tuple(self.services),
            delivery=self.delivery,
        )
