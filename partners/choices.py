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
    """Rules that order the partners that pass."""

    LEAST_RECENTLY_OFFERED = "least_recently_offered", _("Least recently offered")
    FEWEST_OPEN = "fewest_open", _("Fewest open")
    SMALLEST_USED_SHARE = "smallest_used_share", _("Smallest used share of capacity")
    LEAST_WANTED_ELSEWHERE = "least_wanted_elsewhere", _("Least wanted elsewhere per free place")


class BatchOrder(TextChoices):
    """Which of the referrals that are routed together is planned first."""

    SCARCITY = "scarcity", _("Fewest candidates first")
    DUE = "due", _("Longest due first")


class Precedence(TextChoices):
    """Why a referral was planned before others of its batch, in the order in which these rules apply."""

    LEFT_OVER = "left_over", _("No partner found in two passes")
    OWN_PARTNER = "own_partner", _("Its own partner could take it")
    CANDIDATES = "candidates", _("Fewest candidates first")


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
