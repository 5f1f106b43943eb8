"""Django admin of who can take a referral, and of the policy by which they are chosen."""

from . import partner, policy

__all__ = ["partner", "policy"]
