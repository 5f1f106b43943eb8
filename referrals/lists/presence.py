"""Who else looks at a referral, and whether it has changed since somebody's page was made. Advisory only."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from accounts.models import User
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.models import Event, Presence

PRESENT = dt.timedelta(seconds=50)
LATE = dt.timedelta(seconds=2)  # an event may be written that long after its time
SAID_AGAIN = dt.timedelta(seconds=15)  # pages ask every few seconds; that somebody looks is noted less often
FORGOTTEN = dt.timedelta(hours=1)


def mark_present(referral: int, person: User, party: str, now: dt.datetime) -> None:
    """Note that a person looks at a referral; what it looked at long ago is forgotten. Three queries at most."""
    if Presence.objects.filter(person=person, referral=referral, seen_at__gte=now - SAID_AGAIN).exists():
        return
    Presence.objects.filter(person=person, seen_at__lt=now - FORGOTTEN).delete()
    row = Presence(referral_id=referral, person=person, party=party, seen_at=now)
    Presence.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["person", "referral"], update_fields=["party", "seen_at"]
    )


def find_present(
    referrals: Collection[int], person: User, parties: Collection[str], now: dt.datetime
) -> dict[int, list[str]]:
    """Referral → names of those of the same side who look at it now, without the person. One query."""
    rows = Presence.objects.filter(referral__in=referrals, party__in=parties, seen_at__gte=now - PRESENT)
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows.exclude(person=person).select_related("person").order_by("person__name_key", "person_id"):
        found[row.referral_id].append(str(row.person))
    return found


def find_change(referral: int, by: By, after: int) -> Event | None:
    """The newest change by others that the side may read of, when there is one after an event's id. One query."""
    rows = Event.objects.filter(referral=referral, pk__gt=after).exclude(by=by.user)
    if by.partner is not None:
        rows = rows.seen_by_partner(by.partner)
    return rows.select_related("by").order_by("-id").first()


def find_changed(
    referrals: Collection[int], by: By, partners: Collection[int], since: dt.datetime, now: dt.datetime
) -> set[int]:
    """Those of the referrals that others have changed since; for a partner's person, in own turns. One query.

    By time: the number of the newest event of all would tell a partner how much others do.
    """
    rows = Event.objects.filter(referral__in=referrals, at__gt=since - LATE, at__lte=now).exclude(by=by.user)
    if by.actor == Actor.PARTNER:
        rows = rows.filter(partner__in=partners)
    return set(rows.order_by().values_list("referral", flat=True).distinct())
