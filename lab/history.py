"""A period as it was: what arrived, who the partners were, what they had, and how they answered."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Count, Min, QuerySet, Sum

from lab.answers import learn_answers, read_answers
from lab.domain.scenario import Arrival, Change, Scenario
from partners.domain.matching import Need, Profile, is_paused
from partners.domain.receipts import read_need, read_profiles, unpack_moving
from partners.models import Partner, ProfileRevision
from partners.services.snapshots import load_base
from referrals.models import Referral, RoutingBatch, RoutingRun

MINUTE = dt.timedelta(minutes=1)
USUAL_DAYS = 90
MOST_ARRIVALS = 200_000
# Of a profile that changes in these the first one stands in.
FIXED = (
    *("takes_benefit", "takes_standard", "takes_no_incentive"),
    *("endorsements", "countries", "languages", "industries", "sizes"),
)


class TooMuchArrived(Exception):
    """More than is simulated."""


class NothingArrived(Exception):
    """No referral was routed for the first time in the period."""


@dataclass(frozen=True, slots=True)
class Period:
    """A scenario from history, and what in it stands in for what is not known."""

    scenario: Scenario
    unreadable: int  # referrals whose first routing is kept in words alone
    changed: int  # partners whose profile changed otherwise than in capacity and availability: the first stands in
    retyped: int  # referrals of another type since: the type of then stands in


def read_period(since: dt.datetime, until: dt.datetime) -> Period:
    """Referrals whose first routing was in ``[since, until)``, with the partners of then.

    Raises:
        NothingArrived: there was none.
        TooMuchArrived: there were more than MOST_ARRIVALS.
    """
    first = RoutingRun.objects.order_by().values("referral").annotate(first=Min("pk")).values("first")
    batches = RoutingBatch.objects.filter(at__gte=since, at__lt=until).order_by("at", "pk")
    runs = RoutingRun.objects.filter(pk__in=first, batch__in=batches).order_by("batch__at", "pk")
    if runs.count() > MOST_ARRIVALS:
        raise TooMuchArrived
    arrivals, unreadable, retyped = [], 0, 0
    known = read_answers(runs)
    for referral, at, stored, type_now in runs.values_list("referral", "batch__at", "need", "referral__assigned_type"):
        need = _read(stored)
        unreadable += need is None
        if need is not None:
            retyped += need.type != type_now
            arrivals.append(Arrival((at - since) // MINUTE, need, known.get(referral, {})))
    if not arrivals:
        raise NothingArrived
    seen = _read_partners(batches, since)
    begin = batches.select_related("base")[0]
    base = load_base(begin.base.content_hash) | unpack_moving(bytes(begin.changes))
    scenario = Scenario(
        profiles=tuple(profile for _partner, profile in sorted(seen.first.items())),
        arrivals=tuple(arrivals),
        changes=tuple(sorted(seen.changes, key=lambda change: change.minute)),
        answers=learn_answers(until),
        standing={partner: base[partner] for partner in sorted(seen.first) if partner in base},
        until=(until - since) // MINUTE,
    )
    return Period(scenario, unreadable, len(seen.changed), retyped)


def find_usual_world(now: dt.datetime) -> dict[str, float]:
    """Days, partners, their capacity in all and referrals a day, of the last days: what a simulation begins from."""
    partners = Partner.objects.filter(is_active=True).aggregate(number=Count("pk"), places=Sum("capacity"))
    number = Referral.objects.filter(created_at__gte=now - dt.timedelta(days=USUAL_DAYS)).count()
    places = max(partners["places"] or 0, partners["number"], 1)
    rate = round(number / USUAL_DAYS, 1) or 1.0
    return {"days": USUAL_DAYS, "partners": max(1, partners["number"]), "places": places, "referrals_a_day": rate}


def _read(stored: dict[str, object]) -> Need | None:
    """Without what belongs to that routing alone."""
    try:
        return read_need({name: value for name, value in stored.items() if name not in ("times_left", "retry_partner")})
    except TypeError:
        return None


# --- partners


class _Partners:
    """Each partner as it was first seen, and from when on it was away or had another capacity."""

    def __init__(self, since: dt.datetime) -> None:
        self.since = since
        self.first: dict[int, Profile] = {}
        self.states: dict[int, tuple[bool, int]] = {}
        self.changes: list[Change] = []
        self.changed: set[int] = set()
        self.joined: dict[int, dt.datetime] = {}

    def see(self, at: dt.datetime, seen: dict[int, Profile]) -> None:
        """All profiles that stood from an instant on."""
        is_start = not self.first
        for partner in sorted(seen.keys() - self.first.keys()):
            self.first[partner] = replace(seen[partner], is_active=True, must_answer_review=False, paused_until="")
            self.states[partner] = not is_start, seen[partner].capacity
            if not is_start:
                self.joined[partner] = at
                self.changes.append(Change(0, partner, is_away=True))
        for partner, first in sorted(self.first.items()):
            profile = seen.get(partner)
            if profile is not None and any(getattr(first, name) != getattr(profile, name) for name in FIXED):
                self.changed.add(partner)
            state = _state(profile, at, self.states[partner][1])
            if state != self.states[partner]:
                is_new = at == self.joined.get(partner)
                self.changes.append(Change(max(0, (at - self.since) // MINUTE), partner, *state, is_new))
                self.states[partner] = state


def _read_partners(batches: QuerySet[RoutingBatch], since: dt.datetime) -> _Partners:
    found, before = _Partners(since), None
    for at, revision in batches.values_list("at", "profiles_id"):
        if revision != before:
            rows = ProfileRevision.objects.values_list("profiles", flat=True).get(pk=revision)
            found.see(at, {profile.id: profile for profile in read_profiles(rows)})
        before = revision
    return found


def _state(profile: Profile | None, at: dt.datetime, capacity: int) -> tuple[bool, int]:
    """Is it away, and how much could it take?"""
    if profile is None:
        return True, capacity
    return not profile.is_active or profile.must_answer_review or is_paused(profile, at), profile.capacity
