"""Rebuild a routing's full explanation from its stored receipt, and replay runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from accounts.folding import fold
from benefits.services.chunks import each_by_id
from partners.domain.board import Board
from partners.domain.matching import Candidate, Moving, Need, Snapshot, rank_candidates
from partners.domain.planning import Planner
from partners.domain.plans import Choice
from partners.domain.policy import Policy
from partners.domain.receipts import (
    PROVABLE,
    Start,
    digest,
    profiles_data,
    read_need,
    read_profiles,
    receipt_hash,
    unpack_counts,
    unpack_moving,
    write_moves,
    write_order,
    write_shares,
)
from partners.domain.standing import NO_PRESSURE
from partners.domain.turns import BY_CLOCK
from partners.services.snapshots import load_base
from referrals.models import Referral, RoutingBatch, RoutingRun

AT_ONCE = 100  # batches
OLD_ENGINE = "recorded by an older engine; its words are kept"


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A referral went from one partner to another, or was split, so that another of its batch had a place."""

    run: RoutingRun
    for_run: RoutingRun
    giver: str
    taker: str  # empty where several took it


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
    made_room: tuple[GaveWay, ...] = ()  # what moved for this one
    gave_way: GaveWay | None = None  # that this one moved for another
    in_batch: int = 1

    @property
    def is_old(self) -> bool:
        """Was it made by another engine, of which only the words are kept?"""
        return self.difference == OLD_ENGINE


class Replay:
    """A batch as it was, planned again. ``choices`` are those of its runs once it has been walked through."""

    def __init__(self, batch: RoutingBatch, runs: list[RoutingRun]) -> None:
        self.runs, self.policy = runs, batch.policy.as_policy()
        self.board = Board(read_profiles(batch.profiles.profiles))
        base = load_base(batch.base.content_hash)
        is_content = digest(profiles_data(self.board.profiles)) == batch.profiles.content_hash
        changes, wanted = bytes(batch.changes), None if batch.wanted is None else bytes(batch.wanted)
        known = {one.id: base[one.id] for one in self.board.profiles if one.id in base}
        moving = known | {one: state for one, state in unpack_moving(changes).items() if self.board.knows(one)}
        first_turn = BY_CLOCK if batch.first_turn is None else batch.first_turn
        counts = unpack_counts(wanted) if wanted is not None else None
        self.planner = Planner(self.board, moving, batch.at, self.policy, first_turn, counts)
        start = Start(
            engine=batch.engine_version,
            policy=self.policy,
            revision=batch.profiles.content_hash,
            base=batch.base.content_hash,
            changes=changes,
            at=batch.at,
            first_turn=batch.first_turn,
            wanted=wanted,
        )
        self.hash = start.hash()
        self.is_untouched = is_content and self.hash == batch.start_hash

    def walk(self) -> Iterator[int]:
        """Plan the batch; gives the position of each run just before it is looked at, the last time for good."""
        yield from self.planner.walk([read_need(run.need) for run in self.runs])

    def prove(self) -> Iterator[tuple[RoutingRun, Choice, bool]]:
        """Every run with the choice that planning again made, and whether it is the stored one."""
        in_order, positions = self.planner.order == list(range(len(self.runs))), self.planner.positions
        for run, choice in zip(self.runs, self.planner.choices, strict=True):
            moves = write_moves(choice, positions)
            self.hash = receipt_hash(self.hash, run.need, choice, moves)
            is_same = self.hash == run.receipt_hash and _stored(run) == _recomputed(choice, moves)
            yield run, choice, self.is_untouched and in_order and is_same

    def find_moves(self) -> Iterator[GaveWay]:
        """What moved when the batch was planned again."""
        names = {profile.id: profile.name for profile in self.board.profiles}
        for for_run, choice in zip(self.runs, self.planner.choices, strict=True):
            for move in choice.moves:
                taker = "" if move.taker is None else names[move.taker]
                yield GaveWay(self.runs[move.place], for_run, names[move.giver], taker)


def _stored(run: RoutingRun) -> tuple[object, ...]:
    return run.chosen_id, run.shares, run.left_over, run.ranked, run.passing, run.order, run.moves


def _recomputed(choice: Choice, moves: list[list[int | None]]) -> tuple[object, ...]:
    shares, left_over, ranked = write_shares(choice), list(choice.left_over), list(choice.ranked)
    return choice.chosen, shares, left_over, ranked, choice.passing, write_order(choice) or None, moves or None


def rebuild_receipt(run: RoutingRun) -> Receipt:
    """Recompute the choice and list every partner of that moment, verdict by verdict.

    Of a run of another engine only its own words can be shown.
    """
    if run.batch.engine_version not in PROVABLE:
        return _show_words(run)
    runs = list(run.batch.runs.order_by("position"))
    replay, need = Replay(run.batch, runs), read_need(run.need)
    moving, pressure = dict[int, Moving](), NO_PRESSURE
    for position in replay.walk():
        if position == run.position:
            moving, pressure = dict(replay.planner.places.moving), replay.planner.pressure_on(position)
    proved = {row.pk: (choice, is_proved) for row, choice, is_proved in replay.prove()}
    choice, is_proved = proved[run.pk]
    of_interest = replay.board.ids(replay.board.of_interest(need, replay.policy))
    known = {partner: moving[partner] for partner in of_interest}
    snapshot = Snapshot(run.at, replay.board.profiles, known, pressure)
    shares = {share.partner: share.workloads for share in choice.shares} if run.is_split else {}
    candidates = tuple(
        replace(row, share=shares.get(row.partner, ())) for row in rank_candidates(need, snapshot, replay.policy)
    )
    moves = [move for move in replay.find_moves() if run in (move.run, move.for_run)]
    _name_referrals(moves)
    made_room = tuple(move for move in moves if move.for_run == run)
    gave_way = next((move for move in reversed(moves) if move.run == run), None)
    difference = _difference(run, choice, () if made_room or gave_way else candidates)
    result = is_proved, difference, made_room, gave_way, len(runs)
    return Receipt(run, need, candidates, snapshot, replay.policy, *result)


def _name_referrals(moves: list[GaveWay]) -> None:
    """One query, where anything moved."""
    runs = [run for move in moves for run in (move.run, move.for_run)]
    known = Referral.objects.select_related("customer").in_bulk({run.referral_id for run in runs}) if runs else {}
    for run in runs:
        run.referral = known[run.referral_id]


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
    for run, difference in _differences(batch, runs):
        if run.pk in wanted:
            yield run, difference


def _differences(batch: RoutingBatch, runs: list[RoutingRun]) -> Iterator[tuple[RoutingRun, str]]:
    if batch.engine_version not in PROVABLE:
        yield from ((run, OLD_ENGINE) for run in runs)
        return
    try:
        replay = Replay(batch, runs)
        for _position in replay.walk():
            pass
    except (TypeError, KeyError, ValueError) as error:
        yield from ((run, f"what it stored cannot be read: {error}") for run in runs)
        return
    for run, choice, is_same in replay.prove():
        yield run, "" if is_same else _difference(run, choice, ()) or "the recomputed receipt has another hash"


def find_candidate(receipt: Receipt, name: str) -> list[Candidate]:
    """Candidates whose name holds the text: the answer to “why not Fabrikam?”."""
    return [row for row in receipt.candidates if fold(name) in fold(row.name)] if name else []
