"""Who can take a referral."""

from .correction import ProfileCorrection
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
    "Closure",
    "Endorsement",
    "IncumbentClaim",
    "Membership",
    "MovingBase",
    "Opening",
    "Organisation",
    "Partner",
    "ProfileCorrection",
    "ProfileRevision",
    "ProfileVersion",
    "RoutingPolicy",
]
