"""Partners, their members, endorsements, availability and calendar."""

import calendar
import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import ListField, PublicIdField, TimeZoneField
from accounts.models import User
from benefits.choices import Industry, SizeBand
from partners.choices import ReferralType, Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


NO_LIMIT = _("Of the capacity. Empty: no limit of its own.")
WORKING_WEEK = (0, 1, 2, 3, 4)  # Monday to Friday


class Organisation(models.Model):
    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PartnerQuerySet(models.QuerySet["Partner"]):
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


class Partner(models.Model):
    """One location of a partner organisation. ``open_…`` and ``last_offered_at`` move with every offer."""

    public_id = PublicIdField("PAR")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partners")
    name = models.CharField(max_length=200)
    contact_email = models.EmailField(help_text=_("Person or distribution list that gets offers."))
    is_active = models.BooleanField("active", default=True)
    is_fasttrack_ready = models.BooleanField(_("FastTrack Ready Partner"), default=False)
    takes_benefit = models.BooleanField(_("FastTrack Benefit referral flag"), default=False)
    is_referral_ready = models.BooleanField(_("Referral Ready flag"), default=True)
    takes_no_incentive = models.BooleanField("takes referrals without incentive", default=False)
    countries = codes(2, _("ISO 3166 codes, separated by commas."))
    languages = codes(8, _("Language codes such as en, de, pt-BR, separated by commas."))
    industries = ArrayField(
        models.CharField(max_length=20, choices=Industry.choices), blank=True, default=list, help_text=_("Empty: any.")
    )
    sizes = ArrayField(
        models.CharField(max_length=12, choices=SizeBand.choices), blank=True, default=list, help_text=_("Empty: any.")
    )
    time_zone = TimeZoneField()
    calendar_country = models.CharField(max_length=2, blank=True, help_text=_("Whose public holidays it keeps."))
    opens_at = models.TimeField(default=dt.time(9), help_text=_("Working hours, in its own time zone."))
    closes_at = models.TimeField(default=dt.time(17))
    working_days = ListField(
        models.PositiveSmallIntegerField(choices=list(enumerate(calendar.day_name))), first=WORKING_WEEK
    )
    capacity = models.PositiveSmallIntegerField(default=10, help_text=_("Most referrals at a time."))
    capacity_benefit = models.PositiveSmallIntegerField(
        "capacity for Benefit referrals",
        null=True,
        blank=True,
        help_text=_("Of the capacity. Empty: no limit of its own."),
    )
    capacity_standard = models.PositiveSmallIntegerField(
        "capacity for Standard referrals",
        null=True,
        blank=True,
        help_text=_("Of the capacity. Empty: no limit of its own."),
    )
    usual_capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Capacity to return to when a lowered one ends.")
    )
    capacity_lowered_until = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_remind_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When its people are next told that the pause ends.")
    )
    must_answer_review = models.BooleanField(
        default=False, help_text=_("Let a Benefit referral lapse while available; no new offers until it has answered.")
    )
    open_offers = models.PositiveIntegerField(default=0, editable=False)
    open_benefit = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("How many of the open offers are Benefit referrals.")
    )
    last_offered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
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
    ends_on = models.DateField(null=True, blank=True, help_text=_("Last day. Empty: no end."))

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


class Closure(models.Model):
    """Days on which a partner does not work, besides weekends and public holidays."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="closures")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="a_closure_starts_before_it_ends"),
        ]

    def __str__(self) -> str:
        return gettext("%(starts_on)s to %(ends_on)s") % {"starts_on": self.starts_on, "ends_on": self.ends_on}
