"""Choose a partner for one referral: hard filters, and the verdicts that explain them, in order. Pure and total."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from benefits.choices import label_in_record
from partners.choices import Filter, ReferralType

from .policy import Policy
from .standing import Preference, Pressure, preference, say_score


@dataclass(frozen=True, slots=True)
class Profile:
    """What a partner declares or the programme decides about it; changes seldom."""

    id: int
    organisation: int
    name: str
    is_active: bool
    takes_benefit: bool
    takes_standard: bool
    takes_no_incentive: bool
    must_answer_review: bool
    paused_until: str  # ISO instant or empty
    capacity: int
    endorsements: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    industries: tuple[str, ...]  # empty: no restriction
    sizes: tuple[str, ...]  # empty: no restriction
    benefit_capacity: int | None = None  # of the capacity; None: no limit of its own
    standard_capacity: int | None = None

    def capacity_for(self, referral_type: str) -> int | None:
        """How many of one type at a time; None when only the capacity in total counts."""
        return self.benefit_capacity if referral_type == ReferralType.BENEFIT else self.standard_capacity

    def most_of(self, referral_type: str) -> int:
        """How many of one type it could have at a time."""
        limit = self.capacity_for(referral_type)
        return self.capacity if limit is None else min(limit, self.capacity)

    def free_places(self, moving: "Moving", referral_type: str) -> int:
        """How many more of one type it could be offered."""
        limit = self.capacity_for(referral_type)
        free = self.capacity - moving.open_offers
        return max(0, free if limit is None else min(free, limit - moving.open_of(referral_type)))


@dataclass(frozen=True, slots=True)
class Moving:
    """What changes with every offer."""

    open_offers: int = 0
    last_offered_at: dt.datetime | None = None
    open_benefit: int = 0  # how many of the open offers are Benefit referrals
    last_turn: int = 0  # number of the turn that it spent last; 0 before turns were numbered

    def open_of(self, referral_type: str) -> int:
        return self.open_benefit if referral_type == ReferralType.BENEFIT else self.open_offers - self.open_benefit

    def with_one_more(self, referral_type: str, turn: tuple[int, dt.datetime]) -> "Moving":
        number, at = turn
        return Moving(self.open_offers + 1, at, self.open_benefit + (referral_type == ReferralType.BENEFIT), number)


@dataclass(frozen=True, slots=True)
class Need:
    """What one referral asks of a partner."""

    type: str
    workloads: tuple[str, ...]
    country: str
    languages: tuple[str, ...]
    industry: str
    size_band: str
    no_incentive: bool = False
    excluded_organisations: tuple[int, ...] = ()
    offered_organisations: tuple[int, ...] = ()
    incumbents: tuple[int, ...] = ()
    retry_partner: int | None = None
    times_left: int = 0  # passes since its last offer that found nobody for it


@dataclass(frozen=True, slots=True)
class Verdict:
    """One filter on one candidate with the values it compared."""

    filter: str
    passed: bool
    wanted: str
    has: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One partner's verdicts; ``rank`` counts from 1 among those that pass, in order of preference.

    ``share`` names the workloads that it was chosen for when the need was split.
    """

    partner: int
    name: str
    verdicts: tuple[Verdict, ...]
    rank: int | None
    score: str = ""
    share: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All partners at one instant."""

    at: dt.datetime
    profiles: tuple[Profile, ...]
    moving: Mapping[int, Moving] = field(default_factory=dict)
    pressure: Pressure = field(default_factory=dict)


def takes_type(profile: Profile, referral_type: str) -> bool:
    """A Benefit referral needs the Benefit flag; a Standard one needs a Referral-Ready partner."""
    return profile.takes_benefit if referral_type == ReferralType.BENEFIT else profile.takes_standard


def is_paused(profile: Profile, at: dt.datetime) -> bool:
    return bool(profile.paused_until) and dt.datetime.fromisoformat(profile.paused_until) > at


def profile_verdicts(need: Need, profile: Profile, policy: Policy) -> tuple[Verdict, ...]:
    """Filters that look at the profile alone. What the policy waives passes everybody, and says so."""

    def verdict(name: Filter, passed: bool, wanted: object, has: object) -> Verdict:
        if not policy.applies(name):
            return Verdict(name.value, True, "not asked for by the policy", _words(has))
        return Verdict(name.value, passed, _words(wanted), _words(has))

    missing = sorted(set(need.workloads) - set(profile.endorsements))
    shared = set(need.languages) & set(profile.languages)
    offers = [label_in_record(kind) for kind in ReferralType if takes_type(profile, kind)]
    return (
        verdict(
            Filter.TYPE, takes_type(profile, need.type), label_in_record(ReferralType(need.type)), offers or "none"
        ),
        verdict(Filter.ACTIVE, profile.is_active, "active", "active" if profile.is_active else "not active"),
        verdict(
            Filter.ANSWERED, not profile.must_answer_review, "none", "one" if profile.must_answer_review else "none"
        ),
        verdict(Filter.ENDORSED, not missing, need.workloads, f"lacks {_words(missing)}" if missing else "all"),
        verdict(Filter.COUNTRY, need.country in profile.countries, need.country, profile.countries),
        verdict(Filter.LANGUAGE, bool(shared) or not need.languages, need.languages, profile.languages),
        verdict(
            Filter.INDUSTRY, _allows(profile.industries, need.industry), need.industry, profile.industries or "any"
        ),
        verdict(Filter.SIZE, _allows(profile.sizes, need.size_band), need.size_band, profile.sizes or "any"),
        verdict(
            Filter.NO_INCENTIVE,
            profile.takes_no_incentive or not need.no_incentive,
            "yes" if need.no_incentive else "not needed",
            "yes" if profile.takes_no_incentive else "no",
        ),
    )


def referral_verdicts(need: Need, profile: Profile, at: dt.datetime) -> tuple[Verdict, ...]:
    """Filters that look at the moment and at this referral's own history."""
    paused = is_paused(profile, at)
    excluded = profile.organisation in need.excluded_organisations
    offered = profile.organisation in need.offered_organisations and profile.id != need.retry_partner
    return (
        Verdict(Filter.PAUSED.value, not paused, "not paused", f"until {profile.paused_until}" if paused else "no"),
        Verdict(Filter.EXCLUDED.value, not excluded, "not excluded", "excluded" if excluded else "no"),
        Verdict(Filter.OFFERED.value, not offered, "not yet", "offered before" if offered else "no"),
    )


def has_room(profile: Profile, moving: Moving, referral_type: str) -> bool:
    """Below the capacity in total, and below that of the type where there is one."""
    limit = profile.capacity_for(referral_type)
    return moving.open_offers < profile.capacity and (limit is None or moving.open_of(referral_type) < limit)


def capacity_verdict(need: Need, profile: Profile, moving: Moving) -> Verdict:
    wanted, has, limit = f"below {profile.capacity}", f"{moving.open_offers} open", profile.capacity_for(need.type)
    if limit is not None:
        kind = label_in_record(ReferralType(need.type))
        wanted, has = f"{wanted}, {kind}s below {limit}", f"{has}, {moving.open_of(need.type)} of them {kind}s"
    return Verdict(Filter.CAPACITY.value, has_room(profile, moving, need.type), wanted, has)


Entry = tuple[Preference, Profile, Moving, tuple[Verdict, ...]]


def rank_candidates(need: Need, snapshot: Snapshot, policy: Policy) -> tuple[Candidate, ...]:
    """Every partner with its verdicts; those that pass first, in order of preference.

    A partner without a moving part failed on its profile; its capacity was not looked at.
    """
    passing: list[Entry] = []
    failing: list[Entry] = []
    for profile in snapshot.profiles:
        moving = snapshot.moving.get(profile.id)
        verdicts = all_verdicts(need, profile, moving, snapshot.at, policy)
        state = moving or Moving()
        entry = (preference(need, profile, state, policy, snapshot.pressure), profile, state, verdicts)
        (passing if all(verdict.passed for verdict in verdicts) else failing).append(entry)
    ranked = [
        Candidate(
            profile.id, profile.name, verdicts, place, say_score(need, profile, moving, policy, snapshot.pressure)
        )
        for place, (_key, profile, moving, verdicts) in enumerate(sorted(passing, key=lambda entry: entry[0]), 1)
    ]
    others = [
        Candidate(profile.id, profile.name, verdicts, None)
        for _key, profile, _moving, verdicts in sorted(failing, key=lambda entry: (_failures(entry[3]), entry[1].id))
    ]
    return (*ranked, *others)


ORDER = list(Filter.values)


def all_verdicts(
    need: Need, profile: Profile, moving: Moving | None, at: dt.datetime, policy: Policy
) -> tuple[Verdict, ...]:
    """Every filter on one partner, in the order of a receipt; capacity only where the moving part is known."""
    verdicts = (*profile_verdicts(need, profile, policy), *referral_verdicts(need, profile, at))
    if moving is not None:
        verdicts += (capacity_verdict(need, profile, moving),)
    return tuple(sorted(verdicts, key=lambda verdict: ORDER.index(verdict.filter)))


def _failures(verdicts: tuple[Verdict, ...]) -> int:
    return sum(not verdict.passed for verdict in verdicts)


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)


def _allows(restriction: tuple[str, ...], value: str) -> bool:
    return not restriction or value in restriction
