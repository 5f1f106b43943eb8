"""What relaxing one filter at a time would give when no partner is left. Pure; the words are for the team."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from benefits.choices import label_in_record
from partners.choices import Filter, ReferralType

from .matching import Candidate, Moving, Need, Profile, Snapshot, rank_candidates
from .policy import Policy

Names = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One thing that could be changed, and who would pass then."""

    filter: str
    act: str  # "accept French"
    partners: tuple[str, ...]

    @property
    def number(self) -> int:
        return len(self.partners)


@dataclass(frozen=True, slots=True)
class Near:
    """A partner that only one filter keeps out."""

    profile: Profile
    moving: Moving


def find_relaxations(
    need: Need, snapshot: Snapshot, policy: Policy, name_of: Names = str, zone: dt.tzinfo = dt.UTC
) -> tuple[Relaxation, ...]:
    """Each change of one filter that would let somebody pass, the one that lets most pass first.

    ``snapshot.moving`` must know every partner. ``name_of`` gives the name of a workload, country or language code.
    """
    near = defaultdict[str, list[Near]](list)
    for candidate in rank_candidates(need, snapshot, policy):
        if len(candidate.failed) == 1:
            near[candidate.failed[0].filter].append(_near(candidate, snapshot))
    found = [
        Relaxation(filter_name, act, tuple(sorted(partners)))
        for filter_name, rows in near.items()
        for act, partners in _grouped(RELAX[Filter(filter_name)], need, rows, name_of, zone).items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.number, ORDER.index(row.filter), row.act)))


ORDER = list(Filter.values)


def _near(candidate: Candidate, snapshot: Snapshot) -> Near:
    profile = next(profile for profile in snapshot.profiles if profile.id == candidate.partner)
    return Near(profile, snapshot.moving.get(profile.id, Moving()))


Acts = Callable[[Need, Near, Names, dt.tzinfo], Iterable[str]]


def _grouped(acts: Acts, need: Need, rows: list[Near], name_of: Names, zone: dt.tzinfo) -> Mapping[str, list[str]]:
    groups = defaultdict[str, list[str]](list)
    for row in rows:
        for act in acts(need, row, name_of, zone):
            groups[act].append(row.profile.name)
    return groups


def _other_type(need: Need, _row: Near, _names: Names, _zone: dt.tzinfo) -> list[str]:
    other = ReferralType.STANDARD if need.type == ReferralType.BENEFIT else ReferralType.BENEFIT
    return [f"make it a {label_in_record(other)}"]


def _capacity(need: Need, row: Near, _names: Names, _zone: dt.tzinfo) -> list[str]:
    kind, limit = label_in_record(ReferralType(need.type)), row.profile.capacity_for(need.type)
    missing = {
        row.profile.name: row.moving.open_offers - row.profile.capacity + 1,
        f"{row.profile.name} for {kind}s": 0 if limit is None else row.moving.open_of(need.type) - limit + 1,
    }
    raised = [f"{what} by {'one' if more == 1 else more}" for what, more in missing.items() if more > 0]
    return [f"raise the capacity of {' and of '.join(raised)}"]


def _wait(_need: Need, row: Near, _names: Names, zone: dt.tzinfo) -> list[str]:
    until = dt.datetime.fromisoformat(row.profile.paused_until).astimezone(zone)
    return [f"wait until {until:%a %-d %b %Y}, when a pause ends"]


def _endorse(need: Need, row: Near, name_of: Names, _zone: dt.tzinfo) -> Iterator[str]:
    missing = sorted(set(need.workloads) - set(row.profile.endorsements))
    if len(missing) < len(need.workloads):
        yield f"leave out or split off {', '.join(name_of(code) for code in missing)}"
    else:
        yield f"endorse {row.profile.name} for {', '.join(name_of(code) for code in missing)}"


def _speak(_need: Need, row: Near, name_of: Names, _zone: dt.tzinfo) -> list[str]:
    return [f"accept {name_of(code)}" for code in row.profile.languages] or ["ask partners that name no language"]


def _plain(act: str) -> Acts:
    return lambda need, row, name_of, zone: [act.format(partner=row.profile.name, country=name_of(need.country))]


RELAX: Mapping[Filter, Acts] = {
    Filter.TYPE: _other_type,
    Filter.ACTIVE: _plain("make {partner} active again"),
    Filter.ANSWERED: _plain("wait for {partner} to answer its review"),
    Filter.PAUSED: _wait,
    Filter.CAPACITY: _capacity,
    Filter.ENDORSED: _endorse,
    Filter.COUNTRY: _plain("accept a partner that does not work in {country}"),
    Filter.LANGUAGE: _speak,
    Filter.INDUSTRY: _plain("ask partners that restrict the industry"),
    Filter.SIZE: _plain("ask partners that restrict the customer size"),
    Filter.NO_INCENTIVE: _plain("ask partners that have not opted in to referrals without incentive"),
    Filter.EXCLUDED: _plain("ask the customer to accept {partner} after all"),
    Filter.OFFERED: _plain("ask those again that had their turn (a new round)"),
}
