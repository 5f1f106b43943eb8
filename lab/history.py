"""A period as it was: what arrived, who the partners were, what they had, and how they answered."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from lab.answers import learn_answers, read_answers
from lab.domain.hours import DAY, HOUR
from lab.domain.scenario import Arrival, Change, Scenario
from lab.working import read_hours
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

    def assumptions(self) -> dict[str, Any]:
        """What a replay rests on, in figures: shares from 0 to 1."""
        answers = self.scenario.answers
        return {
            "referrals": len(self.scenario.arrivals),
            "partners": len(self.scenario.profiles),
            "declined": answers.declined,
            "lapsed": answers.lapsed,
            "business_hours_to_answer": answers.minutes_to_answer / HOUR,
            "days_of_delivery": answers.minutes_of_delivery / DAY,
            "changed": self.changed,
            "unreadable": self.unreadable,
            "retyped": self.retyped,
            "reasons": dict(answers.reasons),
        }


def count_arrivals(since: dt.datetime, until: dt.datetime) -> int:
    """How many referrals were first routed in ``[since, until)``. Raises as ``read_period``."""
    number = _find_runs(since, until).count()
    if not number:
        raise NothingArrived
    if number > MOST_ARRIVALS:
        raise TooMuchArrived
    return number


def was_there(partner: int, since: dt.datetime, until: dt.datetime) -> bool:
    """Did any routing of the period know it?"""
    revisions = _find_batches(since, until).order_by().values("profiles")
    return ProfileRevision.objects.filter(pk__in=revisions, profiles__contains=[{"id": partner}]).exists()


def _find_batches(since: dt.datetime, until: dt.datetime) -> QuerySet[RoutingBatch]:
    return RoutingBatch.objects.filter(at__gte=since, at__lt=until).order_by("at", "pk")


def _find_runs(since: dt.datetime, until: dt.datetime) -> QuerySet[RoutingRun]:
    """The first of each referral."""
    first = RoutingRun.objects.order_by().values("referral").annotate(first=Min("pk")).values("first")
    runs = RoutingRun.objects.filter(pk__in=first, batch__in=_find_batches(since, until))
    return runs.order_by("batch__at", "pk")


def read_period(since: dt.datetime, until: dt.datetime, joining: Collection[int] = ()) -> Period:
    """Referrals whose first routing was in ``[since, until)``, with the partners of then.

    ``joining``: other partners whose working hours are needed.

    Raises:
        NothingArrived: there was none.
        TooMuchArrived: there were more than MOST_ARRIVALS.
    """
    count_arrivals(since, until)
    batches, runs = _find_batches(since, until), _find_runs(since, until)
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
        hours=read_hours({*seen.first, *joining}, since, until),
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
