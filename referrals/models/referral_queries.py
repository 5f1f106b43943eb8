"""Questions about referrals that pages, sweeps and services ask alike."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now

from accounts.models import User
from referrals.choices import (
    ESCALATED_ACTS,
    HELD_STATES,
    LIVE_OFFER_STATES,
    OPEN_STATES,
    REMINDED_ACTS,
    Actor,
    NextAct,
)

if TYPE_CHECKING:
    from .referral import Referral  # noqa: F401 (the linter does not see it in a class's bases)

WAITING = Q(waiting_since__isnull=False)
DIFFERING = Q(differs_under__isnull=False)


def is_overdue(now: dt.datetime | Now) -> Q:
    return Q(next_action_at__lt=now) & ~Q(next_owner=Actor.SYSTEM)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def open(self) -> "ReferralQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def due(self, act: NextAct, now: dt.datetime) -> "ReferralQuerySet":
        """Open referrals whose next act is due, however old; oldest first."""
        return self.filter(next_action=act, next_action_at__lte=now).order_by("next_action_at", "id")

    def in_nobodys_hands(self) -> "ReferralQuerySet":
        """Open referrals without exactly one next act that somebody can do. Must be empty."""
        no_act = Q(next_action="") | Q(next_owner="") | Q(next_action_at=None)
        unheld = Q(state__in=HELD_STATES) & ~Q(offers__state__in=LIVE_OFFER_STATES)
        return self.open().filter(no_act | unheld)

    def waiting(self) -> "ReferralQuerySet":
        """Referrals for which no partner passes, the one that waits longest first."""
        return self.filter(WAITING).order_by("waiting_since", "id")

    def overdue(self, now: dt.datetime) -> "ReferralQuerySet":
        """Open referrals whose next act somebody should have done by now."""
        return self.open().filter(is_overdue(now))

    def to_nudge(self, now: dt.datetime) -> "ReferralQuerySet":
        """Those with an overdue act of a person, of which nobody has been told."""
        acts = (*REMINDED_ACTS, *ESCALATED_ACTS)
        return self.filter(next_action__in=acts, next_action_at__lte=now, nudged_at=None)

    def count_special(self, now: dt.datetime) -> dict[str, int]:
        """How many wait for a partner, are overdue, would be determined otherwise. One query."""
        return self.open().aggregate(
            waiting=Count("pk", filter=WAITING),
            overdue=Count("pk", filter=is_overdue(now)),
            differing=Count("pk", filter=DIFFERING),
        )

    def differing(self) -> "ReferralQuerySet":
        """Open referrals whose determination would differ under the edition in force."""
        return self.open().filter(DIFFERING)

    def visible_to(self, user: User) -> "ReferralQuerySet":
        """The team and auditors see everything; partners reach referrals through their own offers."""
        return self if user.sees_everything else self.none()

    def for_list(self) -> "ReferralQuerySet":
        """Rows of a queue in three queries, whatever their number."""
        return self.select_related("customer", "determination", "differs_under").prefetch_related("offers__partner")
