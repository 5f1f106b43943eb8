"""Partners, their members, endorsements, availability and calendar."""

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import FoldedField, Folding, FoldingQuerySet, PublicIdField
from accounts.models import User
from benefits.choices import Industry, SizeBand
from partners.choices import ReferralType, Role

from .hours import HALF_DAYS_FIT, HALF_DAYS_SAID, Closed, Hours

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


NO_LIMIT = _("Part of the capacity. Leave blank for no separate limit.")


class Organisation(Folding):
    name = models.CharField(max_length=200, unique=True)
    name_key = FoldedField(of="name")

    objects = FoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        ordering = ["name_key", "id"]

    def __str__(self) -> str:
        return self.name


class PartnerQuerySet(FoldingQuerySet["Partner"]):
    def of_member(self, user: User) -> "PartnerQuerySet":
        return self.filter(memberships__user=user, memberships__is_active=True)

    def with_pause_to_mention(self, now: dt.datetime) -> "PartnerQuerySet":
        """Those whose pause ends soon, and that are to be told so."""
        return self.filter(pause_remind_at__lte=now)

    def with_availability_due(self, now: dt.datetime) -> "PartnerQuerySet":
        """Those whose pause or lowered capacity is over."""
        return self.filter(Q(paused_until__lte=now) | Q(capacity_lowered_until__lte=now))


def codes(length: int, help_text: "StrOrPromise") -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=length), blank=True, default=list, help_text=help_text)


class Partner(Folding, Hours):
    """One location of a partner organisation. ``open_…`` and ``last_offered_at`` move with every offer."""

    public_id = PublicIdField("PAR")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="partners", verbose_name=_("organization")
    )
    name = models.CharField(max_length=200)
    name_key = FoldedField(of="name")
    contact_email = models.EmailField(help_text=_("Person or distribution list that receives offers."))
    is_active = models.BooleanField("active", default=True)
    is_fasttrack_ready = models.BooleanField(_("FastTrack Ready Partner"), default=False)
    takes_benefit = models.BooleanField(_("FastTrack Benefit referral flag"), default=False)
    is_referral_ready = models.BooleanField(_("Referral Ready flag"), default=True)
    takes_no_incentive = models.BooleanField("takes referrals without incentive", default=False)
    countries = codes(2, _("ISO 3166 codes, separated by commas."))
    languages = codes(8, _("Language codes such as en, de, pt-BR, separated by commas."))
    industries = ArrayField(
        models.CharField(max_length=20, choices=Industry.choices),
        blank=True,
        default=list,
        help_text=_("Leave blank for all."),
    )
    sizes = ArrayField(
        models.CharField(max_length=12, choices=SizeBand.choices),
        blank=True,
        default=list,
        help_text=_("Leave blank for all."),
    )
    capacity = models.PositiveSmallIntegerField(default=10, help_text=_("Maximum open referrals."))
    capacity_benefit = models.PositiveSmallIntegerField(
        "capacity for Benefit referrals",
        null=True,
        blank=True,
        help_text=_("Part of the capacity. Leave blank for no separate limit."),
    )
    capacity_standard = models.PositiveSmallIntegerField(
        "capacity for Standard referrals",
        null=True,
        blank=True,
        help_text=_("Part of the capacity. Leave blank for no separate limit."),
    )
    usual_capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Capacity to restore when the reduction ends.")
    )
    capacity_lowered_until = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_remind_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Next reminder that the pause ends.")
    )
    must_answer_review = models.BooleanField(
        default=False,
        help_text=_("A Benefit referral expired while available. No new offers until the partner explains."),
    )
    open_offers = models.PositiveIntegerField(default=0, editable=False)
    open_benefit = models.PositiveIntegerField(default=0, editable=False, help_text=_("Open Benefit referrals."))
    last_offered_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_turn = models.BigIntegerField(
        default=0, db_default=0, editable=False, help_text=_("Later turns have higher numbers; 0 before the first.")
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_benefit=False) | Q(is_fasttrack_ready=True),
                name="only_a_fasttrack_ready_partner_takes_benefit_referrals",
                violation_error_message=_("Only a FastTrack Ready Partner may have the Benefit referral flag."),
            ),
            models.CheckConstraint(
                condition=Q(open_benefit__lte=F("open_offers")), name="benefit_referrals_are_among_the_open_ones"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="a_partner_opens_before_it_closes",
                violation_error_message=_("Opening must be before closing, on the same day."),
            ),
            models.CheckConstraint(
                condition=HALF_DAYS_FIT, name="half_days_fit", violation_error_message=HALF_DAYS_SAID
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_paused(self, now: dt.datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def has_room(self, referral_type: str, *, without: int = 0) -> bool:
        """Below capacity, in total and of a type, when ``without`` open referrals of that type are left out."""
        is_benefit = referral_type == ReferralType.BENEFIT
        limit = self.capacity_benefit if is_benefit else self.capacity_standard
        of_type = self.open_benefit if is_benefit else self.open_offers - self.open_benefit
        return self.open_offers - without < self.capacity and (limit is None or of_type - without < limit)

    def has_availability(self, now: dt.datetime, referral_type: str, *, without: int = 0) -> bool:
        """Not paused, and room for a referral of the type."""
        return self.is_active and not self.is_paused(now) and self.has_room(referral_type, without=without)

    @property
    def places_by_type(self) -> list[tuple[str, int, int]]:
        """Types with a capacity of their own: in words, how many are open, of how many."""
        standard = self.open_offers - self.open_benefit
        rows = (
            (_("Benefit referrals"), self.open_benefit, self.capacity_benefit),
            (_("Standard referrals"), standard, self.capacity_standard),
        )
        return [(str(kind), opens, limit) for kind, opens, limit in rows if limit is not None]


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def current(self, on: dt.date) -> "EndorsementQuerySet":
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on))


class Endorsement(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="endorsements")
    workload_code = models.CharField("workload", max_length=60)
    granted_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text=_("Last day. Leave blank for no end date."))

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        ordering = ["workload_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "workload_code"], name="one_endorsement_per_partner_and_workload"
            ),
        ]

    def __str__(self) -> str:
        return self.workload_code


class Membership(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.TRIAGER)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "user"], name="one_membership_per_person_and_partner")
        ]

    def __str__(self) -> str:
        return gettext("%(user)s at %(partner)s") % {"user": self.user, "partner": self.partner}


class IncumbentClaim(models.Model):
    """An approved claim of a partner on a customer: it is asked first when it passes every filter."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="claims")
    customer = models.ForeignKey("benefits.Customer", on_delete=models.CASCADE, related_name="claims")
    approved_on = models.DateField()

    class Meta:
        ordering = ["-approved_on"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "customer"], name="one_claim_per_partner_and_customer")
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.customer}"


class Closure(Closed):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="closures")

    class Meta(Closed.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="a_closure_starts_before_it_ends"),
        ]
