"""What keeps the catalogue right: golden scenarios, their sign-offs, and reports of errors."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .edition import ServiceDescription


class GoldenScenario(models.Model):
    """A situation with the decision that every edition must give, or be signed off for."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    situation = models.JSONField(help_text=_("In the scenario format: evaluate_on, customer, request, enablement."))
    expected = models.JSONField(help_text=_("outcome, remaining_workloads, to_confirm, not_entitled; all optional."))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("If off, kept but no longer run."))

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"


class GoldenSignOff(models.Model):
    """Somebody's reason why an edition may decide a golden scenario otherwise. Holds for exactly that decision."""

    edition = models.ForeignKey(ServiceDescription, on_delete=models.CASCADE, related_name="sign_offs")
    scenario = models.ForeignKey(GoldenScenario, on_delete=models.PROTECT, related_name="+")
    difference = models.TextField(help_text=_("Results that differed when approved."))
    reason = models.TextField()
    signed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "scenario"], name="one_sign_off_per_edition_and_scenario")
        ]

    def __str__(self) -> str:
        words = {"scenario": self.scenario.code, "edition": self.edition.name}
        return gettext("%(scenario)s in %(edition)s") % words


class ReportState(models.TextChoices):
    OPEN = "open", _("To review")
    CORRECTED = "corrected", _("Fixed in a draft")
    NO_ERROR = "no_error", _("No error")


class CatalogueReport(models.Model):
    """Somebody thinks that the service description is wrong about a workload."""

    edition = models.ForeignKey(ServiceDescription, on_delete=models.PROTECT, related_name="reports")
    workload_code = models.CharField(_("workload"), max_length=60)
    text = models.TextField(_("what’s wrong"))
    context = models.JSONField(default=dict, help_text=_("Where it was reported."))
    reported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.OPEN)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["state", "-id"]

    def __str__(self) -> str:
        return f"{self.workload_code}: {self.text[:60]}"
