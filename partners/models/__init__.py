"""Who can take a referral."""

from .partner import (
    Closure,
    Endorsement,
    IncumbentClaim,
    Membership,
    Organisation,
    Partner,
    ProfileRevision,
)

__all__ = [
    "Closure",
    "Endorsement",
    "IncumbentClaim",
    "Membership",
    "Organisation",
    "Partner",
    "ProfileRevision",
]
