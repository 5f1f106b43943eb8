"""Rebuild a routing's full explanation from its stored receipt, and replay runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partners.domain.matching import Candidate, Snapshot, rank_candidates
from partners.domain.planning import (
    ProfileIndex,
    choose_partner,
    read_moving,
    read_need,
    read_profiles,
    receipt_hash,
)
from referrals.models import RoutingRun


@dataclass(frozen=True, slots=True)
class Receipt:
    """Every candidate with its verdicts; ``is_proved`` when recomputing gave the stored hash."""

    run: RoutingRun
    candidates: tuple[Candidate, ...]
    is_proved: bool


def rebuild_receipt(run: RoutingRun) -> Receipt:
    """Recompute the choice and list every partner of that moment, verdict by verdict."""
    profiles, need, moving = read_profiles(run.profiles.profiles), read_need(run.need), read_moving(run.moving)
    index = ProfileIndex(profiles)
    able = [profile for profile in index.passing(need) if profile.id in moving]
    proved = False
    if len(able) == len(moving):
        choice = choose_partner(need, index, moving, run.at)
        proved = receipt_hash(need, choice, run.profiles.content_hash, run.at) == run.receipt_hash
    return Receipt(run, rank_candidates(need, Snapshot(run.at, profiles, moving)), proved)


def replay_runs(runs: Iterable[RoutingRun]) -> Iterator[tuple[RoutingRun, str]]:
    """Recompute runs; yield each with what differs (empty: nothing)."""
    for run in runs:
        receipt = rebuild_receipt(run)
        first = next((candidate.partner for candidate in receipt.candidates if candidate.rank == 1), None)
        if not receipt.is_proved:
            yield run, "the recomputed receipt has another hash"
        elif first != run.chosen_id:
            yield run, f"the full list puts partner {first} first, the run chose {run.chosen_id}"
        else:
            yield run, ""
