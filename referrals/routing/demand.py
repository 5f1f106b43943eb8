"""How many open needs besides a batch each partner passes for: read only where the policy weighs demand."""

import datetime as dt
from collections import Counter
from collections.abc import Collection

from django.db.models import Q

from partners.domain.board import Board
from partners.domain.policy import Policy
from referrals.choices import State
from referrals.models import Referral
from referrals.routing.needs import load_needs, read_asking

MOST_COUNTED = 5_000  # the longest due


def count_wanted(board: Board, policy: Policy, now: dt.datetime, without: Collection[int] = ()) -> dict[int, int]:
    """Open needs by partner: of referrals that await a partner, or wait for one that passes. Two queries or three."""
    open_ = Referral.objects.filter(Q(state=State.AWAITING_PARTNER) | Q(waiting_since__isnull=False))
    rows = read_asking(open_.exclude(pk__in=without).order_by("next_action_at", "id")[:MOST_COUNTED])
    paused, counts = board.paused(now), Counter[int]()
    for need in load_needs(rows):
        counts.update(board.ids(board.passing(need, policy) & ~paused & ~board.refused(need)))
    return dict(counts)
