"""The vocabulary of partners and of choosing between them."""

from django.db.models import TextChoices


class Role(TextChoices):
    VIEWER = "viewer", "Viewer"
    TRIAGER = "triager", "Triager"
    ADMIN = "admin", "Partner admin"


class ReferralType(TextChoices):
    BENEFIT = "benefit", "Benefit referral"
    STANDARD = "standard", "Standard referral"


class Filter(TextChoices):
    """Hard filters, in the order in which a receipt shows them."""

    TYPE = "type", "Right type of partner"
    ACTIVE = "active", "Active"
    ANSWERED = "answered", "No unanswered review"
    PAUSED = "paused", "Not paused"
    CAPACITY = "capacity", "Below capacity"
    ENDORSED = "endorsed", "Endorsed for every workload"
    COUNTRY = "country", "Country"
    LANGUAGE = "language", "Language"
    INDUSTRY = "industry", "Industry"
    SIZE = "size", "Customer size"
    NO_INCENTIVE = "no_incentive", "Takes referrals without incentive"
    EXCLUDED = "excluded", "Not excluded by the customer"
    OFFERED = "offered", "Not already offered"
