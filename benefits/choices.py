"""The vocabulary of the service description and of customers' facts."""

from django.db.models import TextChoices


class Audience(TextChoices):
    COMMERCIAL = "commercial", "Commercial"
    EDUCATION = "education", "Education"
    GCC = "us_gov_gcc", "US government (GCC)"
    GCC_HIGH = "us_gov_gcc_high", "US government (GCC High)"
    CHINA = "china_21vianet", "China (21Vianet)"


class PlanAudience(TextChoices):
    COMMERCIAL = "commercial", "Commercial"
    EDUCATION = "education", "Education"
    GCC = "us_gov_gcc", "US government (GCC)"
    GCC_HIGH = "us_gov_gcc_high", "US government (GCC High)"
    CHINA = "china_21vianet", "China (21Vianet)"
    DEDICATED = "dedicated", "Dedicated and ITAR"


class ScopeAudience(TextChoices):
    ALL = "all", "Every customer"
    COMMERCIAL = "commercial", "Commercial"
    EDUCATION = "education", "Education"
    GCC = "us_gov_gcc", "US government (GCC)"
    GCC_HIGH = "us_gov_gcc_high", "US government (GCC High)"
    CHINA = "china_21vianet", "China (21Vianet)"


class PlanKind(TextChoices):
    SUITE = "suite", "Suite"
    STANDALONE = "standalone", "Standalone"
    ADDON = "addon", "Add-on"
    DEVICE = "device", "Device licence"
    FREE = "free", "Free"
    TRIAL = "trial", "Trial"
    VOLUME = "volume", "Volume licence"


class BenefitEligible(TextChoices):
    YES = "yes", "Eligible"
    NO = "no", "Not eligible"
    CONDITIONAL = "conditional", "Brings workloads, counts no seats"
    UNVERIFIED = "unverified", "Counts, not verified"


class WorkloadKind(TextChoices):
    WORKLOAD = "workload", "Workload"
    SERVICE = "service", "Service (needs no licence)"


class GrantedBy(TextChoices):
    PLANS = "plans", "Plans"
    ANY_ELIGIBLE_PLAN = "any_eligible_plan", "Being eligible at all"
    SERVICE = "service", "Request (a service)"
    NOBODY = "nobody", "No known licence"


class SeatRule(TextChoices):
    SUM = "sum_of_eligible", "Seats of eligible plans are summed per tenant"
    SINGLE = "single_plan", "One plan must reach the floor alone"


class ViewRule(TextChoices):
    ALL = "all", "Every entitled workload"
    REQUESTED_AREAS = "requested_areas", "Only the requested solution areas"


class EditionState(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"


class SubscriptionState(TextChoices):
    ENABLED = "enabled", "Enabled"
    WARNING = "warning", "Grace period"
    SUSPENDED = "suspended", "Suspended"
    LOCKED_OUT = "lockedOut", "Locked out"
    DELETED = "deleted", "Deleted"


class Status(TextChoices):
    """Enablement of one workload in one tenant, least advanced first."""

    UNKNOWN = "unknown", "Not known"
    NOT_STARTED = "not_enabled", "Not started"
    BLOCKED = "blocked", "Blocked"
    IN_PROGRESS = "in_progress", "In progress"
    PARTLY = "partly_enabled", "Partly enabled"
    NO_INTENT = "declined", "No intent"
    ENABLED = "enabled", "Enabled"


class Delivery(TextChoices):
    REMOTE = "remote", "Remote"
    ON_SITE = "on_site", "On site"


class Area(TextChoices):
    SECURITY = "security", "Security"
    ENDPOINT = "endpoint", "Endpoint"
    IDENTITY = "identity", "Identity"
    COMPLIANCE = "compliance", "Compliance"
    COLLABORATION = "collaboration", "Collaboration"
    EMPLOYEE_EXPERIENCE = "employee_experience", "Employee experience"
    WINDOWS = "windows", "Windows"
    APPS = "apps", "Apps"
    AI = "ai", "AI"
    MIGRATION = "migration", "Migration"
    CORE = "core", "Core"


class Outcome(TextChoices):
    NOT_ELIGIBLE = "not_eligible", "Not eligible"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope"
    NOT_REALIZED = "benefit_not_realized", "Benefit not fully realized"
    REALIZED = "benefit_realized", "Benefit realized"
    NEEDS_INFORMATION = "needs_information", "Needs information"


class AdviceKind(TextChoices):
    DELIVER = "deliver_benefit", "Deliver the Benefit"
    CONFIRM = "confirm_status", "Confirm the status first"
    ALREADY_ENABLED = "fee_based_already_enabled", "Fee-based: already enabled"
    OUT_OF_SCOPE = "fee_based_out_of_scope", "Fee-based: out of scope"
    NOT_LICENSED = "not_licensed", "Not licensed"
    RETIRED = "retired", "Retired"


class SetAsideReason(TextChoices):
    NOT_IN_BENEFIT = "not_in_the_benefit", "Outside the Benefit"
    COMPANY_WIDE = "company_wide", "Applies to the whole company"


class WithheldReason(TextChoices):
    """Why a plan held does not bring a workload here."""

    DISABLED = "disabled", "Service plan switched off"
    MISSING = "missing", "Service plan not in the SKU"


class SizeBand(TextChoices):
    """Employees; the bands of Partner Center's referral resource."""

    S9 = "1-9", "1 to 9 employees"
    S50 = "10-50", "10 to 50 employees"
    S250 = "51-250", "51 to 250 employees"
    S1000 = "251-1000", "251 to 1,000 employees"
    S5000 = "1001-5000", "1,001 to 5,000 employees"
    S10000 = "5001-10000", "5,001 to 10,000 employees"
    S20000 = "10001-20000", "10,001 to 20,000 employees"
    OVER = "20001+", "Over 20,000 employees"


class Industry(TextChoices):
    COMMERCIAL = "commercial", "Commercial"
    EDUCATION = "education", "Education"
    GOVERNMENT = "government", "Government"
    NON_PROFIT = "non_profit", "Non-profit"
