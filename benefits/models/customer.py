"""Customers' facts: who they are, what they hold, and what is enabled, each with its author."""

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from benefits import choices

PUBLIC_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def public_id(prefix: str) -> str:
    """Random id that people can read out, such as REF-7K3M-9QXA."""
    letters = "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


class Customer(models.Model):
    name = models.CharField(max_length=200)
    tpid = models.CharField("TPID", max_length=20, blank=True, help_text="Top parent id at Microsoft, when known.")
    country = models.CharField(max_length=2, help_text="ISO 3166 code.")
    industry = models.CharField(max_length=20, choices=choices.Industry.choices, default=choices.Industry.COMMERCIAL)
    size_band = models.CharField("size", max_length=12, choices=choices.SizeBand.choices)
    audience = models.CharField(max_length=20, choices=choices.Audience.choices, default=choices.Audience.COMMERCIAL)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Tenant(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tenants")
    directory_id = models.UUIDField("tenant id", null=True, blank=True, unique=True)
    domain = models.CharField(max_length=253)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(models.functions.Lower("domain"), name="one_tenant_per_domain"),
        ]

    def __str__(self) -> str:
        return self.domain


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

    def typed(self) -> "SubscriptionQuerySet":
        """What a form of plans and paid seats can show: enabled, paid, of a plan."""
        return self.filter(state=choices.SubscriptionState.ENABLED, unpaid_seats=None).exclude(plan_code="")


class Subscription(AuthoredFact):
    """Seats of one plan or unmapped product in one tenant. Replaced ones stay as history."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="subscriptions")
    plan_code = models.CharField(max_length=60, blank=True, help_text="Empty for a product no edition knows.")
    part_number = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=choices.SubscriptionState.choices)
    paid_seats = models.PositiveIntegerField(null=True, blank=True, help_text="Empty when not known.")
    unpaid_seats = models.PositiveIntegerField(null=True, blank=True, help_text="Trial or free seats.")
    from_export = models.ForeignKey("ExportUpload", on_delete=models.PROTECT, null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

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
        indexes = [models.Index(fields=["tenant"], condition=Q(replaced_at=None), name="current_subscriptions")]

    def __str__(self) -> str:
        return f"{self.plan_code or self.part_number} ({self.state})"


class ExportUpload(AuthoredFact):
    """One subscribedSkus export that was read into a tenant's subscriptions."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="exports")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")
    result = models.JSONField(help_text="Subscriptions, products set aside and unknown ones.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class EnablementQuerySet(models.QuerySet["Enablement"]):
    def current(self) -> "EnablementQuerySet":
        """The newest record of each workload in each tenant."""
        return self.order_by("tenant_id", "workload_code", "-recorded_at", "-id").distinct("tenant_id", "workload_code")


class Enablement(AuthoredFact):
    """What somebody recorded about one workload in one tenant; the newest record counts, all are kept."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="enablements")
    workload_code = models.CharField(max_length=60)
    status = models.CharField(max_length=16, choices=choices.Status.choices)
    evidence = models.TextField(
        blank=True,
        help_text="What shows it; partly enabled: how many seats, or which group. Stays with its author and the team.",
    )

    objects = EnablementQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        indexes = [models.Index(fields=["tenant", "workload_code", "-recorded_at", "-id"], name="newest_enablement")]

    def __str__(self) -> str:
        return f"{self.workload_code}: {self.get_status_display()}"


class UnknownProduct(models.Model):
    """A product met in exports that no edition knows; an admin says what it is."""

    part_number = models.CharField(max_length=120)
    sku_id = models.CharField("SKU id", max_length=60, blank=True)
    times_seen = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    last_seen_in = models.ForeignKey(Tenant, on_delete=models.SET_NULL, null=True, blank=True)
    note = models.TextField(blank=True, help_text="What the admin found out.")

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint(fields=["part_number", "sku_id"], name="one_row_per_unknown_product")]

    def __str__(self) -> str:
        return self.part_number


def new_token() -> str:
    """Unguessable token for a private link."""
    return uuid.uuid4().hex + secrets.token_hex(8)
