"""The rows of an edition: families, plans, workloads, entitlements, scope items, thresholds, sources, guides."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import BYTEWISE
from benefits import choices
from benefits.domain.catalogue import ANY

from .edition import ServiceDescription

BY_NAME = Collate(Lower("name"), BYTEWISE)  # alike on every database
CODE_HELP = _("Stable code, capitals and underscores; determinations and partners' endorsements refer to it.")
CODE_RULE = RegexValidator(r"^[A-Za-z0-9_-]+\Z", _("Use letters, digits, - and _ only."))
FROM_HELP = _("First effective day. Leave blank for no start date.")
TO_HELP = _("Last effective day, inclusive. Leave blank for no end date.")


def source_keys() -> "ArrayField[list[str], list[str]]":
    return ArrayField(
        models.CharField(max_length=40),
        blank=True,
        default=list,
        help_text=_("Keys of this edition's sources, separated by commas."),
    )


class EditionRow(models.Model):
    """A row that belongs to one edition."""

    edition = models.ForeignKey(ServiceDescription, on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


def check_same_edition(row: EditionRow, *names: str) -> None:
    """Refuse a row that names a row of another edition, not one that names none. Raises ValidationError."""
    for name in names:
        other = getattr(row, name, None)
        if other is not None and other.edition_id != row.edition_id:
            raise ValidationError(
                {
                    name: gettext("Select an item from the same edition (this one belongs to %(edition)s).")
                    % {"edition": other.edition}
                }
            )


class Dated(models.Model):
    """Days on which a row counts, and who says so."""

    effective_from = models.DateField(null=True, blank=True, help_text=FROM_HELP)
    effective_to = models.DateField(null=True, blank=True, help_text=TO_HELP)
    sources = source_keys()
    verified_on = models.DateField(null=True, blank=True, help_text=_("Date last verified against sources."))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_from=None) | Q(effective_to=None) | Q(effective_from__lte=F("effective_to")),
                name="%(class)s_starts_before_it_ends",
                violation_error_message=_("The first day must not be after the last day."),
            )
        ]


class DatedRow(EditionRow, Dated):
    class Meta(Dated.Meta):
        abstract = True


class Source(EditionRow):
    key = models.CharField(max_length=40)
    text = models.TextField(help_text=_("Address and date of the page that says it."))

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="one_source_per_key")]

    def __str__(self) -> str:
        return self.key


class ProductFamily(EditionRow):
    code = models.CharField(max_length=20, validators=[CODE_RULE], help_text=CODE_HELP)
    name = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField(default=0, help_text=_("Order on the page."))
    sources = source_keys()

    class Meta:
        verbose_name_plural = _("product families")
        ordering = ["place", BY_NAME]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="one_family_per_code")]

    def __str__(self) -> str:
        return self.name


class Workload(DatedRow):
    code = models.CharField(max_length=60, validators=[CODE_RULE], help_text=CODE_HELP)
    name = models.CharField(max_length=200)
    areas = ArrayField(
        models.CharField(max_length=30, choices=choices.Area.choices),
        help_text=_("Solution areas, the main one first, separated by commas."),
    )
    family = models.ForeignKey(ProductFamily, on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=10, choices=choices.WorkloadKind.choices, default=choices.WorkloadKind.WORKLOAD)
    counts_toward_full_value = models.BooleanField(default=True, help_text=_("If off, listed only when requested."))
    granted_by = models.CharField(max_length=20, choices=choices.GrantedBy.choices, default=choices.GrantedBy.PLANS)
    entitlement_rule = models.TextField(
        blank=True, help_text=_("What the sources say about who has it. For information only.")
    )
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaces")
    aliases = ArrayField(
        models.CharField(max_length=120), blank=True, default=list, help_text=_("Former and other names.")
    )
    service_plans = ArrayField(
        models.CharField(max_length=120), blank=True, default=list, help_text=_("Service plan names in SKU exports.")
    )
    needs = models.CharField(
        _("service plans needed"),
        max_length=3,
        default=ANY,
        validators=[RegexValidator(r"^(any|all|[1-9][0-9]?)\Z", _("Enter any, all, or a number."))],
        help_text=_("How many of its service plans must be on: any, all, or a number."),
    )
    derived_from = ArrayField(
        models.CharField(max_length=60),
        blank=True,
        default=list,
        help_text=_("Workload codes. A customer with all of them also has this one."),
    )
    scope_evidence = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)

    class Meta(DatedRow.Meta):
        abstract = False
        ordering = [BY_NAME]
        constraints = [
            *DatedRow.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "code"], name="one_workload_per_code"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_same_edition(self, "family", "replaced_by")


class Guide(models.Model):
    """An Advanced Deployment Guide. It decides nothing, so it may be corrected in a published edition."""

    workload = models.OneToOneField(Workload, on_delete=models.CASCADE, related_name="guide")
    title = models.CharField(max_length=200, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    match = models.CharField(max_length=20, blank=True, help_text=_("How well the guide fits: exact, closest or none."))

    class Meta:
        verbose_name = _("Advanced Deployment Guide")
        ordering = [Collate(Lower("workload__name"), BYTEWISE)]

    def __str__(self) -> str:
        return self.title or gettext("No guide for %(workload)s") % {"workload": self.workload}


class ScopeItem(DatedRow):
    code = models.CharField(max_length=120, help_text=_("May repeat with other dates or another audience."))
    workload = models.ForeignKey(
        Workload,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="scope_items",
        help_text=_("Leave blank for all."),
    )
    text = models.TextField()
    in_scope = models.BooleanField(help_text=_("If off, out of scope (fee-based)."))
    audience = models.CharField(max_length=20, choices=choices.ScopeAudience.choices, default=choices.ScopeAudience.ALL)
    min_eligible_seats = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Minimum seats for this item, if it has its own.")
    )
    seen_on = models.CharField(max_length=60, blank=True, help_text=_("Date last verified against sources."))

    class Meta(DatedRow.Meta):
        abstract = False
        ordering = ["id"]
        constraints = DatedRow.Meta.constraints

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        check_same_edition(self, "workload")


class Threshold(DatedRow):
    code = models.CharField(max_length=60, help_text=_("BENEFIT_MIN_LICENSES is the minimum number of paid seats."))
    value = models.PositiveIntegerField()
    max_value = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)

    class Meta(DatedRow.Meta):
        abstract = False
        ordering = ["id"]
        constraints = DatedRow.Meta.constraints

    def __str__(self) -> str:
        return f"{self.code}: {self.value}"
