"""The vocabulary of the service description and of customers' facts."""

from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override


@cache
def label_in_record(choice: TextChoices) -> str:
    """A label as determinations keep it: in the record's own language, whichever the reader's is."""
    with override(None):
        return str(choice.label)


class Audience(TextChoices):
    COMMERCIAL = "commercial", _("Commercial")
    EDUCATION = "education", _("Education")
    GCC = "us_gov_gcc", _("US government (GCC)")
    GCC_HIGH = "us_gov_gcc_high", _("US government (GCC High)")
    CHINA = "china_21vianet", _("China (21Vianet)")


class PlanAudience(TextChoices):
    COMMERCIAL = "commercial", _("Commercial")
    EDUCATION = "education", _("Education")
    GCC = "us_gov_gcc", _("US government (GCC)")
    GCC_HIGH = "us_gov_gcc_high", _("US government (GCC High)")
    CHINA = "china_21vianet", _("China (21Vianet)")
    DEDICATED = "dedicated", _("Dedicated and ITAR")


class ScopeAudience(TextChoices):
    ALL = "all", _("Every customer")
    COMMERCIAL = "commercial", _("Commercial")
    EDUCATION = "education", _("Education")
    GCC = "us_gov_gcc", _("US government (GCC)")
    GCC_HIGH = "us_gov_gcc_high", _("US government (GCC High)")
    CHINA = "china_21vianet", _("China (21Vianet)")


class PlanKind(TextChoices):
    SUITE = "suite", _("Suite")
    STANDALONE = "standalone", _("Standalone")
    ADDON = "addon", _("Add-on")
    DEVICE = "device", _("Device license")
    FREE = "free", _("Free")
    TRIAL = "trial", _("Trial")
    VOLUME = "volume", _("Volume license")


class BenefitEligible(TextChoices):
    YES = "yes", _("Eligible")
    NO = "no", _("Not eligible")
    CONDITIONAL = "conditional", _("Adds workloads; seats don’t count")
    UNVERIFIED = "unverified", _("Counts (unverified)")


class WorkloadKind(TextChoices):
    WORKLOAD = "workload", _("Workload")
    SERVICE = "service", _("Service (no license required)")


class GrantedBy(TextChoices):
    PLANS = "plans", _("Plans")
    ANY_ELIGIBLE_PLAN = "any_eligible_plan", _("Being eligible at all")
    SERVICE = "service", _("Request (a service)")
    NOBODY = "nobody", _("No known license")


class SeatRule(TextChoices):
    SUM = "sum_of_eligible", _("Seats of eligible plans are added up per tenant")
    SINGLE = "single_plan", _("One plan must reach the minimum on its own")


class ViewRule(TextChoices):
    ALL = "all", _("All entitled workloads")
    REQUESTED_AREAS = "requested_areas", _("Requested solution areas only")


class ContentsRule(TextChoices):
    NOTHING = "nothing", _("Plans with unknown contents include nothing")
    UNKNOWN = "unknown", _("Plans with unknown contents may include workloads")


class ServicePlanRule(TextChoices):
    WITHHOLD = "withhold", _("Service plans in an export remove what is off or missing")
    BOTH_WAYS = "both_ways", _("Service plans in an export add and remove workloads, and limit unknown products")


class UnknownsRule(TextChoices):
    BROAD = "broad", _("Ask about every unknown subscription that may count")
    EXACT = "exact", _("Ask about what can change the result")


class OutsideReason(TextChoices):
    """Why a known product has no part in the Benefit."""

    FREE = "free", _("Free")
    TRIAL = "trial", _("Trial")
    NO_SEATS = "no_seats", _("Has no seats of its own")
    OTHER_FAMILY = "other_family", _("Other product family")


class EditionState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")


class SubscriptionState(TextChoices):
    ENABLED = "enabled", _("Enabled")
    WARNING = "warning", _("Grace period")
    SUSPENDED = "suspended", _("Suspended")
    LOCKED_OUT = "lockedOut", _("Locked out")
    DELETED = "deleted", _("Deleted")


class Status(TextChoices):
    """Enablement of one workload in one tenant, least advanced first."""

    UNKNOWN = "unknown", _("Unknown")
    NOT_STARTED = "not_enabled", _("Not started")
    BLOCKED = "blocked", _("Blocked")
    IN_PROGRESS = "in_progress", _("In progress")
    PARTLY = "partly_enabled", _("Partially enabled")
    NO_INTENT = "declined", _("Customer declined")
    ENABLED = "enabled", _("Enabled")


class Delivery(TextChoices):
    REMOTE = "remote", _("Remote")
    ON_SITE = "on_site", _("On site")


class Area(TextChoices):
    SECURITY = "security", _("Security")
    ENDPOINT = "endpoint", _("Endpoint")
    IDENTITY = "identity", _("Identity")
    COMPLIANCE = "compliance", _("Compliance")
    COLLABORATION = "collaboration", _("Collaboration")
    EMPLOYEE_EXPERIENCE = "employee_experience", _("Employee experience")
    WINDOWS = "windows", _("Windows")
    APPS = "apps", _("Apps")
    AI = "ai", _("AI")
    MIGRATION = "migration", _("Migration")
    CORE = "core", _("Core")


class Outcome(TextChoices):
    NOT_ELIGIBLE = "not_eligible", _("Not eligible")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    NOT_REALIZED = "benefit_not_realized", _("Benefit not fully realized")
    REALIZED = "benefit_realized", _("Benefit realized")
    NEEDS_INFORMATION = "needs_information", _("Needs information")


class AdviceKind(TextChoices):
    DELIVER = "deliver_benefit", _("Deliver the Benefit")
    CONFIRM = "confirm_status", _("Confirm the status first")
    ALREADY_ENABLED = "fee_based_already_enabled", _("Fee-based: already enabled")
    OUT_OF_SCOPE = "fee_based_out_of_scope", _("Fee-based: out of scope")
    NOT_LICENSED = "not_licensed", _("Not licensed")
    RETIRED = "retired", _("Retired")


class SetAsideReason(TextChoices):
    NOT_IN_BENEFIT = "not_in_the_benefit", _("Not covered by the Benefit")
    COMPANY_WIDE = "company_wide", _("Applies to the whole company")
    FREE = OutsideReason.FREE.value, OutsideReason.FREE.label
    TRIAL = OutsideReason.TRIAL.value, OutsideReason.TRIAL.label
    NO_SEATS = OutsideReason.NO_SEATS.value, OutsideReason.NO_SEATS.label
    OTHER_FAMILY = OutsideReason.OTHER_FAMILY.value, OutsideReason.OTHER_FAMILY.label
    NO_FAMILY = "no_family", _("Its service plans belong to no eligible family")


class WithheldReason(TextChoices):
    """Why a plan held does not bring a workload here."""

    DISABLED = "disabled", _("Service plan switched off")
    MISSING = "missing", _("Service plan not in the SKU")


class SizeBand(TextChoices):
    """Employees; the bands of Partner Center's referral resource."""

    S9 = "1-9", _("1 to 9 employees")
    S50 = "10-50", _("10 to 50 employees")
    S250 = "51-250", _("51 to 250 employees")
    S1000 = "251-1000", _("251 to 1,000 employees")
    S5000 = "1001-5000", _("1,001 to 5,000 employees")
    S10000 = "5001-10000", _("5,001 to 10,000 employees")
    S20000 = "10001-20000", _("10,001 to 20,000 employees")
    OVER = "20001+", _("Over 20,000 employees")


class Industry(TextChoices):
    COMMERCIAL = "commercial", _("Commercial")
    EDUCATION = "education", _("Education")
    GOVERNMENT = "government", _("Government")
    NON_PROFIT = "non_profit", _("Non-profit")
