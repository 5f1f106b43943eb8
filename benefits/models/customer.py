"""Customers' facts: who they are, what they hold, and what is enabled, each with its author."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.fields import FoldedField, Folding, FoldingQuerySet
from benefits import choices
from benefits.domain.sight import Sight


class Customer(Folding):
    name = models.CharField(max_length=200)
    name_key = FoldedField(of="name")
    tpid = models.CharField(_("TPID"), max_length=20, blank=True, help_text=_("Microsoft top parent ID, if known."))
    country = models.CharField(max_length=2, help_text=_("ISO 3166 code."))
    industry = models.CharField(max_length=20, choices=choices.Industry.choices, default=choices.Industry.COMMERCIAL)
    size_band = models.CharField(_("size"), max_length=12, choices=choices.SizeBand.choices)
    audience = models.CharField(max_length=20, choices=choices.Audience.choices, default=choices.Audience.COMMERCIAL)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FoldingQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "id"]
        indexes = [GinIndex(OpClass("name_key", "gin_trgm_ops"), name="customers_by_part_of_name")]

    def __str__(self) -> str:
        return self.name


class Tenant(Folding):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tenants")
    directory_id = models.UUIDField(_("tenant ID"), null=True, blank=True)
    domain = models.CharField(max_length=253)
    domain_key = FoldedField(of="domain")
    sender_domains = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text=_("Other email domains whose users may submit requests for this tenant."),
    )
    is_confirmed = models.BooleanField(
        _("confirmed"),
        default=True,
        help_text=_("If off, created from an unconfirmed sender’s request, for that request only."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FoldingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("domain"), condition=Q(is_confirmed=True), name="one_tenant_per_domain"
            ),
            models.UniqueConstraint(
                fields=["directory_id"], condition=Q(is_confirmed=True), name="one_tenant_per_directory_id"
            ),
        ]
        indexes = [
            GinIndex(OpClass("domain_key", "gin_trgm_ops"), name="tenants_by_part_of_domain"),
            models.Index(fields=["directory_id"], name="tenants_by_directory_id"),
        ]

    def __str__(self) -> str:
        return self.domain


def is_known_to(sight: Sight, act: str = "recorded") -> Q:
    """Recorded (or ``replaced``) by that side itself, or by anybody by the instant up to which it knows of others."""
    if sight.until is None:
        return Q()
    side = {"recorded": "author_party", "replaced": "replaced_by_party"}[act]
    return Q(**{side: sight.party}) | Q(**{f"{act}_at__lte": sight.until})


class AuthoredFact(models.Model):
    """A fact with its author. ``author_party`` names the side that recorded it and is opaque here."""

    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author_party = models.CharField(max_length=40)

    class Meta:
        abstract = True


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def current(self) -> "SubscriptionQuerySet":
        return self.filter(replaced_at=None)

    def known_to(self, sight: Sight) -> "SubscriptionQuerySet":
        """What each tenant held by the newest act of recording that the side knows of. One statement.

        An act puts all of a tenant's rows in the place of those before, so that what stood right after it is whole.
        """
        if sight.until is None:
            return self.current()
        replaced = is_known_to(sight, "replaced")
        acts = (
            Subscription.objects.filter(tenant=OuterRef("tenant"))
            .order_by()
            .values("tenant")
            .annotate(
                at=Greatest(Max("recorded_at", filter=is_known_to(sight)), Max("replaced_at", filter=replaced)),
            )
        )
        stood = self.annotate(newest_act=Subquery(acts.values("at"))).filter(recorded_at__lte=F("newest_act"))
        return stood.filter(Q(replaced_at=None) | Q(replaced_at__gt=F("newest_act")))

    def replaced_unknown_to(self, sight: Sight) -> "SubscriptionQuerySet":
        """Rows that another side has replaced since."""
        return self.exclude(replaced_at=None).exclude(is_known_to(sight, "replaced"))

    def typed(self) -> "SubscriptionQuerySet":
        """What a form of plans and paid seats can show: enabled, paid, of a plan."""
        return self.filter(state=choices.SubscriptionState.ENABLED, unpaid_seats=None).exclude(plan_code="")


class Subscription(AuthoredFact):
    """Seats of one plan or unmapped product in one tenant. Replaced ones stay as history."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="subscriptions")
    plan_code = models.CharField(max_length=60, blank=True, help_text=_("Blank for products in no edition."))
    part_number = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=choices.SubscriptionState.choices)
    paid_seats = models.PositiveIntegerField(null=True, blank=True, help_text=_("Blank if unknown."))
    unpaid_seats = models.PositiveIntegerField(null=True, blank=True, help_text=_("Trial or free seats."))
    withheld = models.JSONField(
        default=dict, blank=True, help_text=_("Plan workloads that the SKU doesn’t include, with the reason for each.")
    )
    service_plans = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("For products in no edition: the service plans and whether each is on."),
    )
    read = models.JSONField(
        null=True, blank=True, help_text=_("The product as exported: SKU ID, part number, service plans.")
    )
    from_export = models.ForeignKey("ExportUpload", on_delete=models.PROTECT, null=True, blank=True)
    named_by_party = models.CharField(
        max_length=40, blank=True, help_text=_("For products in no edition: who recorded the name.")
    )
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by_party = models.CharField(max_length=40, blank=True, help_text=_("Who replaced it."))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(plan_code="") | ~Q(part_number=""), name="a_subscription_names_a_plan_or_a_product"
            ),
            models.CheckConstraint(
                condition=Q(paid_seats=None) | Q(unpaid_seats=None), name="seats_are_paid_or_unpaid_not_both"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], condition=Q(replaced_at=None), name="current_subscriptions"),
            models.Index(fields=["plan_code", "tenant"], condition=Q(replaced_at=None), name="current_plans"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_code or self.part_number} ({self.state})"

    def is_named_by(self, party: str) -> bool:
        """Does this side know what the product is called? Whoever has only kept the row does not."""
        return (self.named_by_party or self.author_party) == party


class EnablementQuerySet(models.QuerySet["Enablement"]):
    def known_to(self, sight: Sight) -> "EnablementQuerySet":
        return self.filter(is_known_to(sight))

    def current(self) -> "EnablementQuerySet":
        """The newest record of each workload in each tenant."""
        return self.order_by("tenant_id", "workload_code", "-recorded_at", "-id").distinct("tenant_id", "workload_code")


class Enablement(AuthoredFact):
    """What somebody recorded about one workload in one tenant; the newest record counts, all are kept."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="enablements")
    workload_code = models.CharField(max_length=60)
    status = models.CharField(max_length=16, choices=choices.Status.choices)
    part_seats = models.PositiveIntegerField(null=True, blank=True, help_text=_("Partially enabled: seats enabled …"))
    part_total = models.PositiveIntegerField(null=True, blank=True, help_text=_("… of total seats."))
    part_group = models.CharField(max_length=120, blank=True, help_text=_("Partially enabled: group."))
    evidence = models.TextField(blank=True, help_text=_("Evidence. Visible to its author and the team only."))

    objects = EnablementQuerySet.as_manager()
    was = choices.Status.UNKNOWN.value  # of a row just recorded: the status before, as its author knew it

    class Meta:
        ordering = ["-recorded_at", "-id"]
        indexes = [models.Index(fields=["tenant", "workload_code", "-recorded_at", "-id"], name="newest_enablement")]
        constraints = [
            models.CheckConstraint(
                condition=Q(part_seats=None, part_total=None) | Q(part_seats__lte=models.F("part_total")),
                name="a_part_is_not_more_than_the_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.workload_code}: {self.get_status_display()}"

    @property
    def part(self) -> str:
        """For how many of how many seats, or for which group: ``120 of 500``, as it is typed in every language."""
        return self.part_in_seats or self.part_group

    @property
    def part_in_seats(self) -> str:
        """The part as far as it is a value: what a group is called stays with its author and the team."""
        return "" if self.part_total is None else f"{self.part_seats} of {self.part_total}"
