"""Who would get a referral if it were routed now: the choice of routing itself, with nothing written."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from partners.domain.board import Board
from partners.domain.matching import Candidate, Moving, Need, Profile, Snapshot, Verdict, all_verdicts, rank_candidates
from partners.domain.planning import Planner
from partners.domain.plans import Choice
from partners.domain.policy import Policy
from partners.models import RoutingPolicy
from partners.services.snapshots import load_desk, read_moving, read_version, start_newcomers
from referrals.models import Referral
from referrals.routing.demand import count_wanted
from referrals.routing.needs import load_needs, read_asking


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What routing would decide at an instant, and every partner with its verdicts as a receipt lists them."""

    at: dt.datetime
    need: Need
    policy: Policy
    choice: Choice
    candidates: tuple[Candidate, ...]

    @property
    def sharing(self) -> tuple[Candidate, ...]:
        """Who would get a share each, where nobody covers all of it."""
        return tuple(candidate for candidate in self.candidates if candidate.share)

    @property
    def passing(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.rank)


def foresee(need: Need, now: dt.datetime, draft: Profile | None = None, without: Collection[int] = ()) -> Foreseen:
    """Route a need that may belong to no referral yet, among partners as they are; one of them as ``draft`` has it."""
    desk, policy = load_desk(now, read_version()), RoutingPolicy.objects.in_force(now).as_policy()
    if draft:
        others = (profile for profile in desk.board.profiles if profile.id != draft.id)
        desk = replace(desk, board=Board([*others, draft]))
    known = {partner: state for partner, state in read_moving().items() if desk.board.knows(partner)}
    moving = known | start_newcomers(desk, known, now)
    wanted = count_wanted(desk.board, policy, now, without) if policy.weighs_demand else None
    planner = Planner(desk.board, moving, now, policy, wanted=wanted)
    for _place in planner.walk([need]):
        pressure = planner.pressure_on(0)
    choice = planner.choices[0]
    rows = rank_candidates(need, Snapshot(now, desk.board.profiles, moving, pressure), policy)
    shares = {share.partner: share.workloads for share in choice.shares} if _is_split(choice) else {}
    candidates = tuple(replace(row, share=shares.get(row.partner, ())) for row in rows)
    return Foreseen(now, need, policy, choice, candidates)


def _is_split(choice: Choice) -> bool:
    return len(choice.shares) > 1 or bool(choice.left_over)


def foresee_own(need: Need, profile: Profile, now: dt.datetime) -> tuple[Verdict, ...]:
    """What the filters say of one partner with the profile that it might have; of others, nothing."""
    policy, moving = RoutingPolicy.objects.in_force(now).as_policy(), read_moving([profile.id])
    return all_verdicts(need, profile, moving.get(profile.id, Moving()), now, policy)


def foresee_referral(referral: Referral, now: dt.datetime) -> Foreseen:
    """The same for a referral as it stands: partners that it was offered to already are passed over."""
    need = load_needs(read_asking(Referral.objects.filter(pk=referral.pk)))[0]
    return foresee(need, now, without=[referral.pk])
