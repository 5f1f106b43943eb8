"""What was read from a tenant's exports: the files, usage figures, and products nobody knows yet."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import TokenField
from benefits.choices import OutsideReason
from benefits.domain.sight import Sight

from .customer import AuthoredFact, Tenant, is_known_to

STAGED_FOR = dt.timedelta(days=1)


class EvidenceKind(models.TextChoices):
    """What an export is: a list of products, or one of Graph's usage reports."""

    SUBSCRIBED_SKUS = "subscribedSkus", _("Products of the tenant")
    ACTIVE_COUNTS = "getOffice365ActiveUserCounts", _("Active users by day")
    SERVICES_COUNTS = "getOffice365ServicesUserCounts", _("Active and inactive users by service")
    PEOPLE = "getOffice365ActiveUserDetail", _("Active users, person by person")
    APP_COUNTS = "getM365AppUserCounts", _("App users by day")
    APP_PEOPLE = "getM365AppUserDetail", _("App users, person by person")
    ACTIVATION_COUNTS = "getOffice365ActivationsUserCounts", _("Activations of the apps")
    ACTIVATION_PEOPLE = "getOffice365ActivationsUserDetail", _("Activations of the apps, person by person")
    COPILOT = "getMicrosoft365CopilotUserCountSummary", _("Copilot users")
    COPILOT_DAYS = "getMicrosoft365CopilotUserCountTrend", _("Copilot users by day")
    COPILOT_PEOPLE = "getMicrosoft365CopilotUsageUserDetail", _("Copilot users, person by person")
    TEAMS_COUNTS = "getTeamsUserActivityUserCounts", _("Teams users by day")
    TEAMS_PEOPLE = "getTeamsUserActivityUserDetail", _("Teams users, person by person")
    TEAMS_DEVICES = "getTeamsDeviceUsageUserDetail", _("Devices of Teams users, person by person")
    ENGAGE_PEOPLE = "getYammerActivityUserDetail", _("Viva Engage users, person by person")
    ENGAGE_DEVICES = "getYammerDeviceUsageUserDetail", _("Devices of Viva Engage users, person by person")
    SHAREPOINT_COUNTS = "getSharePointActivityUserCounts", _("SharePoint users by day")
    SHAREPOINT_PEOPLE = "getSharePointActivityUserDetail", _("SharePoint users, person by person")
    ONEDRIVE_PEOPLE = "getOneDriveActivityUserDetail", _("OneDrive users, person by person")
    ONEDRIVE_ACCOUNTS = "getOneDriveUsageAccountDetail", _("OneDrive accounts, one by one")
    ONEDRIVE_COUNTS = "getOneDriveUsageAccountCounts", _("OneDrive accounts by day")
    MAILBOXES = "getMailboxUsageDetail", _("Mailboxes, one by one")
    MAIL_PEOPLE = "getEmailActivityUserDetail", _("Mail users, person by person")
    MAIL_APPS = "getEmailAppUsageUserDetail", _("Mail apps, person by person")


class ExportUploadQuerySet(models.QuerySet["ExportUpload"]):
    def known_to(self, sight: Sight) -> "ExportUploadQuerySet":
        return self.filter(is_known_to(sight))


class ExportUpload(AuthoredFact):
    """One export of a tenant that was read: its subscriptions, or one of the usage reports."""

    kind = models.CharField(max_length=40, choices=EvidenceKind.choices, default=EvidenceKind.SUBSCRIBED_SKUS)
    rows = models.PositiveIntegerField(null=True, blank=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="exports")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text=_("Size in bytes."))
    result = models.JSONField(help_text=_("Content: subscriptions or usage figures."))

    objects = ExportUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class StagedUploadQuerySet(models.QuerySet["StagedUpload"]):
    def forgotten(self, now: dt.datetime) -> "StagedUploadQuerySet":
        """Files that nobody confirmed within a day."""
        return self.filter(recorded_at__lt=now - STAGED_FOR)


class StagedUpload(AuthoredFact):
    """What a file said, between its preview and its confirmation. Forgotten after a day; the file is not kept."""

    token = TokenField(editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, choices=EvidenceKind.choices)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text=_("Size in bytes."))
    content = models.JSONField(help_text=_("Content: products or usage figures. No personal data."))

    objects = StagedUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class UsageFigureQuerySet(models.QuerySet["UsageFigure"]):
    def known_to(self, sight: Sight) -> "UsageFigureQuerySet":
        return self.filter(is_known_to(sight))

    def current(self) -> "UsageFigureQuerySet":
        """The newest figure of each workload in each tenant."""
        return self.order_by("tenant_id", "workload_code", "-on", "-id").distinct("tenant_id", "workload_code")


class UsageFigure(AuthoredFact):
    """How many people used a workload. Evidence: it decides nothing."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="usage")
    workload_code = models.CharField(max_length=60)
    active = models.PositiveIntegerField(null=True, blank=True, help_text=_("Blank if not provisioned."))
    total = models.PositiveIntegerField(null=True, blank=True, help_text=_("Eligible users, if known."))
    on = models.DateField(help_text=_("Date of the figure."))
    what = models.CharField(max_length=120)
    from_export = models.ForeignKey(ExportUpload, on_delete=models.PROTECT)

    objects = UsageFigureQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["tenant", "workload_code", "-on", "-id"], name="newest_usage")]

    def __str__(self) -> str:
        return f"{self.workload_code}: {self.active}"

    @property
    def words(self) -> str:
        """The figure as people read it: ``420 of 500 active``, ``not provisioned``."""
        if self.active is None:
            return gettext("not provisioned")
        if not self.total:
            return gettext("%(active)s active") % {"active": f"{self.active:,}"}
        return gettext("%(active)s of %(total)s active") % {"active": f"{self.active:,}", "total": f"{self.total:,}"}


class UnknownProduct(models.Model):
    """A product met in exports that no edition knows; an admin says what it is."""

    part_number = models.CharField(max_length=120)
    sku_id = models.CharField(_("SKU ID"), max_length=60, blank=True)
    times_seen = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    last_seen_in = models.ForeignKey(Tenant, on_delete=models.SET_NULL, null=True, blank=True)
    last_seen_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_ignored = models.BooleanField(
        _("ignored"),
        default=False,
        help_text=_("Ignored before editions listed products outside the Benefit; added to new drafts."),
    )
    plan_code = models.CharField(_("became plan"), max_length=60, blank=True, editable=False)
    outside_reason = models.CharField(
        _("outside the Benefit"), max_length=16, blank=True, choices=OutsideReason.choices, editable=False
    )
    note = models.TextField(blank=True, help_text=_("What the admin found out."))

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint(fields=["part_number", "sku_id"], name="one_row_per_unknown_product")]

    def __str__(self) -> str:
        return self.part_number
