"""Rebuild a routing's full explanation from its stored receipt, and replay runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from accounts.folding import fold
from benefits.services.chunks import each_by_id
from partners.domain.board import Board
from partners.domain.matching import ENGINE_VERSION, Candidate, Need, Snapshot, rank_candidates
from partners.domain.planning import Choice, Planner
from partners.domain.policy import Policy
from partners.domain.receipts import (
    digest,
    profiles_data,
    read_need,
    read_profiles,
    receipt_hash,
    start_hash,
    unpack_moving,
    write_shares,
)
from partners.services.snapshots import load_base
from referrals.models import RoutingBatch, RoutingRun

AT_ONCE = 100  # batches
OLD_ENGINE = "recorded by an older engine; its words are kept"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Every candidate with its verdicts; ``is_proved`` when recomputing gave the stored hash."""

    run: RoutingRun
    need: Need
    candidates: tuple[Candidate, ...]
    snapshot: Snapshot
    policy: Policy
    is_proved: bool
    difference: str = ""

    @property
    def is_old(self) -> bool:
        """Was it made by another engine, of which only the words are kept?"""
        return self.difference == OLD_ENGINE


class Replay:
    """A batch as it was: its partners at the start, moved on by each run that is replayed."""

    def __init__(self, batch: RoutingBatch) -> None:
        self.at, self.policy = batch.at, batch.policy.as_policy()
        self.board = Board(read_profiles(batch.profiles.profiles))
        base = load_base(batch.base.content_hash)
        is_content = digest(profiles_data(self.board.profiles)) == batch.profiles.content_hash
        changes = bytes(batch.changes)
        known = {one.id: base[one.id] for one in self.board.profiles if one.id in base}
        start = known | {
            partner: state for partner, state in unpack_moving(changes).items() if self.board.knows(partner)
        }
        self.planner = Planner(self.board, start, self.at, self.policy)
        words = (self.policy, batch.profiles.content_hash, batch.base.content_hash, changes, batch.at)
        self.hash = start_hash(*words)
        self.is_untouched = is_content and self.hash == batch.start_hash

    def step(self, run: RoutingRun) -> tuple[Choice, bool]:
        """Choose again for the next run; gives the choice, and whether it is the stored one."""
        choice = self.planner.choose(read_need(run.need))
        self.hash = receipt_hash(self.hash, run.need, choice)
        is_same = self.hash == run.receipt_hash and _stored(run) == _recomputed(choice)
        return choice, self.is_untouched and is_same


def _stored(run: RoutingRun) -> tuple[object, ...]:
    return run.chosen_id, run.shares, run.left_over, run.ranked, run.passing


def _recomputed(choice: Choice) -> tuple[object, ...]:
    return choice.chosen, write_shares(choice), list(choice.left_over), list(choice.ranked), choice.passing


def rebuild_receipt(run: RoutingRun) -> Receipt:
    """Recompute the choice and list every partner of that moment, verdict by verdict.

    Of a run of another engine only its own words can be shown.
    """
    if run.batch.engine_version != ENGINE_VERSION:
        return _show_words(run)
    replay, need = Replay(run.batch), read_need(run.need)
    earlier = RoutingRun.objects.filter(batch=run.batch, position__lt=run.position).order_by("position")
    for row in earlier:
        replay.step(row)
    moving = dict(replay.planner.moving)
    choice, is_proved = replay.step(run)
    of_interest = replay.board.ids(replay.board.of_interest(need, replay.policy))
    snapshot = Snapshot(run.at, replay.board.profiles, {partner: moving[partner] for partner in of_interest})
    shares = {share.partner: share.workloads for share in choice.shares} if run.is_split else {}
    candidates = tuple(
        replace(row, share=shares.get(row.partner, ())) for row in rank_candidates(need, snapshot, replay.policy)
    )
    return Receipt(run, need, candidates, snapshot, replay.policy, is_proved, _difference(run, choice, candidates))


def _show_words(run: RoutingRun) -> Receipt:
    words = zip(run.ranked, run.words, strict=False)
    candidates = tuple(
        Candidate(partner, said["name"], (), rank, said["why"]) for rank, (partner, said) in enumerate(words, 1)
    )
    snapshot = Snapshot(run.at, read_profiles(run.batch.profiles.profiles))
    policy = run.batch.policy.as_policy()
    return Receipt(run, read_need(run.need), candidates, snapshot, policy, is_proved=False, difference=OLD_ENGINE)


def _difference(run: RoutingRun, choice: Choice, candidates: tuple[Candidate, ...]) -> str:
    first = next((candidate.partner for candidate in candidates if candidate.rank == 1), None)
    if choice.chosen != run.chosen_id:
        return f"recomputing chose {choice.chosen}, the run {run.chosen_id}"
    if candidates and not run.is_split and first != run.chosen_id:
        return f"the full list puts partner {first} first, the run chose {run.chosen_id}"
    return ""


def replay_runs(runs: QuerySet[RoutingRun]) -> Iterator[tuple[RoutingRun, str]]:
    """Recompute runs, batch by batch; yield each with what differs (empty: nothing)."""
    batches = RoutingBatch.objects.filter(pk__in=runs.order_by().values("batch"))
    for batch in each_by_id(batches.select_related("policy", "profiles", "base"), AT_ONCE):
        yield from _replay_batch(batch, set(runs.order_by().filter(batch=batch).values_list("pk", flat=True)))


def _replay_batch(batch: RoutingBatch, wanted: set[int]) -> Iterator[tuple[RoutingRun, str]]:
    runs = list(batch.runs.order_by("position"))
    if batch.engine_version != ENGINE_VERSION:
        yield from ((run, OLD_ENGINE) for run in runs if run.pk in wanted)
        return
    replay = Replay(batch)
    for run in runs:
        difference = _replay_run(replay, run)
        if run.pk in wanted:
            yield run, difference


def _replay_run(replay: Replay, run: RoutingRun) -> str:
    try:
        choice, is_same = replay.step(run)
    except (TypeError, KeyError, ValueError) as error:
        return f"what it stored cannot be read: {error}"
    return "" if is_same else _difference(run, choice, ()) or "the recomputed receipt has another hash"


def find_candidate(receipt: Receipt, name: str) -> list[Candidate]:
    """Candidates whose name holds the text: the answer to “why not Fabrikam?”."""
    return [row for row in receipt.candidates if fold(name) in fold(row.name)] if name else []
