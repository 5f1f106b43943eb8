"""Who can take a referral."""

from .absence import Absence
from .change import Confirmation, Confirmed, ProfileChange
from .correction import ProfileCorrection
from .hours import Hours, TeamCalendar, TeamClosure
from .partner import (
    Closure,
    Endorsement,
    IncumbentClaim,
    Membership,
    Organisation,
    Partner,
)
from .policy import RoutingPolicy
from .revision import MovingBase, Opening, ProfileRevision, ProfileVersion

__all__ = [
    "Absence",
    "Closure",
    "Confirmation",
    "Confirmed",
    "Endorsement",
    "Hours",
    "IncumbentClaim",
    "Membership",
    "MovingBase",
    "Opening",
    "Organisation",
    "Partner",
    "ProfileChange",
    "ProfileCorrection",
    "ProfileRevision",
    "ProfileVersion",
    "RoutingPolicy",
    "TeamCalendar",
    "TeamClosure",
]
