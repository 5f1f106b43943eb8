"""The vocabulary of partners and of choosing between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    VIEWER = "viewer", _("Viewer")
    TRIAGER = "triager", _("Triager")
    ADMIN = "admin", _("Partner admin")


ACTING_ROLES = (Role.TRIAGER, Role.ADMIN)


class ReferralType(TextChoices):
    BENEFIT = "benefit", _("Benefit referral")
    STANDARD = "standard", _("Standard referral")


class Filter(TextChoices):
    """Hard filters, in the order in which a receipt shows them."""

    TYPE = "type", _("Right type of partner")
    ACTIVE = "active", _("Active")
    ANSWERED = "answered", _("No unanswered review")
    PAUSED = "paused", _("Not paused")
    CAPACITY = "capacity", _("Below capacity")
    ENDORSED = "endorsed", _("Endorsed for every workload")
    COUNTRY = "country", _("Country")
    LANGUAGE = "language", _("Language")
    INDUSTRY = "industry", _("Industry")
    SIZE = "size", _("Customer size")
    NO_INCENTIVE = "no_incentive", _("Takes referrals without incentive")
    EXCLUDED = "excluded", _("Not excluded by the customer")
    OFFERED = "offered", _("Not already offered")


WAIVABLE = (Filter.LANGUAGE, Filter.INDUSTRY, Filter.SIZE, Filter.NO_INCENTIVE)


class TieBreak(TextChoices):
    LEAST_RECENTLY_OFFERED = "least_recently_offered", _("Least recently offered")
    FEWEST_OPEN = "fewest_open", _("Fewest open")


class Correction(TextChoices):
    """What a partner says is wrong in its profile."""

    LANGUAGES = "languages", _("Languages")
    COUNTRIES = "countries", _("Countries")
    ENDORSEMENTS = "endorsements", _("Endorsements")
    INDUSTRIES = "industries", _("Industries")
    SIZES = "sizes", _("Customer sizes")
    FLAGS = "flags", _("Which referrals it takes")
    NAME = "name", _("Name or organization")


class CorrectionState(TextChoices):
    OPEN = "open", _("To decide")
    APPLIED = "applied", _("Applied")
    DISMISSED = "dismissed", _("Dismissed")
