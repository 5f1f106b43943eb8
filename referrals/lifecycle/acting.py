"""Who acts on a referral: the side, and the person or partner behind it."""

from dataclasses import dataclass

from accounts.models import User
from partners.models import Partner
from referrals.choices import Actor


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: the side, the person, and the partner when it acts for one."""

    actor: Actor
    user: User | None = None
    partner: Partner | None = None


SYSTEM = By(Actor.SYSTEM)
