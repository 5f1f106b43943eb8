"""The vocabulary of partners and of choosing between them."""

from django.db.models import TextChoices


class Role(TextChoices):
    VIEWER = "viewer", "Viewer"
    TRIAGER = "triager", "Triager"
    ADMIN = "admin", "Partner admin"


ACTING_ROLES = (Role.TRIAGER, Role.ADMIN)


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


WAIVABLE = (Filter.LANGUAGE, Filter.INDUSTRY, Filter.SIZE, Filter.NO_INCENTIVE)


class TieBreak(TextChoices):
    LEAST_RECENTLY_OFFERED = "least_recently_offered", "Least recently offered"
    FEWEST_OPEN = "fewest_open", "Fewest open"


class Correction(TextChoices):
    """What a partner says is wrong in its profile."""

    LANGUAGES = "languages", "Languages"
    COUNTRIES = "countries", "Countries"
    ENDORSEMENTS = "endorsements", "Endorsements"
    INDUSTRIES = "industries", "Industries"
    SIZES = "sizes", "Customer sizes"
    FLAGS = "flags", "Which referrals it takes"
    NAME = "name", "Name or organisation"


class CorrectionState(TextChoices):
    OPEN = "open", "To decide"
    APPLIED = "applied", "Applied"
    DISMISSED = "dismissed", "Dismissed"
