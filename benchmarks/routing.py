"""How fast routing is, alone and in batches, how it grows, and what its receipts take."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import psycopg
from django.utils import timezone

from referrals.routing.choosing import route_due

from . import routing_state as state
from .measuring import ROUNDS, Best, Groups, Row, Spent, best_of, own_backend, spending
from .routing_controls import capture, replay, route_over_sql
from .routing_data import Made, MadeReferral, add_partners
from .routing_referrals import add_declined, add_other_referrals, distinct, make_world
from .worker import Message, Worker, raw_connection, worker

PARTNERS, MANY_PARTNERS = 1_000, 10_000
DUE, MANY_REFERRALS = 10_000, 1_000_000
BATCH, BATCHES = 1_000, 3  # of referrals; how many of them a round of growth routes
OVER_SQL, OVER_ORM, ALONE, TRIED = 2_000, 200, 200, 1_000  # referrals a round
FEW_TRIED, MANY_TRIED = 2, 30
RECEIPT = 4_096  # bytes


@dataclass
class Bench:
    """The filled database, how it stood when it was filled, and what several rows need, measured once."""

    made: Made
    before: state.Before

    def reset(self) -> None:
        """As it was before anything was routed."""
        state.restore(self.before)
        state.tidy()

    def grown(self) -> None:
        """Rows were added: they belong to how it was."""
        self.before = state.remember()
        state.tidy()
        gc.collect()
        gc.freeze()  # the made-up rows stay in memory; a worker has none of them to look through

    def declined(self) -> list[int]:
        """Referrals that somebody declined already: an answer is awaited from the next partner."""
        return [row.id for row in self.made.due if row.tried][:ALONE]

    @cached_property
    def batches(self) -> Best:
        with worker() as running:
            return best_of([self._all_through(running) for _ in range(ROUNDS)])

    def _all_through(self, running: Worker) -> Spent:
        """Ring for as many batches as are due until none is."""
        self.reset()
        total = Spent()
        while due := state.count_due():
            spent = running.spend([("referrals.route_due", ())] * -(-due // BATCH))
            spent.pieces = due - state.count_due()
            if not spent.pieces:
                raise RuntimeError("the worker routes nothing; its log is var/bench-worker.log")
            total += spent
        return total

    def through(self, messages: list[Message]) -> Best:
        """The best of some rounds of messages through a worker of their own, after one round to warm up."""
        rounds = []
        with worker() as running:
            for _ in range(1 + ROUNDS):
                self.reset()
                rounds.append(running.spend(messages))
        return best_of(rounds[1:])

    def here(self, work: Callable[[], int], *, ready: Callable[[], object] | None = None) -> Best:
        """The best of some rounds of routing in this process, after one round to warm up. ``work`` says how many."""
        rounds, backend = [], own_backend()
        for _ in range(1 + ROUNDS):
            self.reset()
            if ready:
                ready()
            with spending(backend) as spent:
                spent.pieces = work()
            rounds.append(spent)
        return best_of(rounds[1:])


def prepare() -> Bench:
    """Fill the benchmark's own database."""
    made = make_world(timezone.now(), PARTNERS, DUE)
    bench = Bench(made, state.remember())
    bench.grown()
    return bench


def measure_batch(bench: Bench) -> Iterator[Row]:
    """Batches through Celery beside one SQL statement a referral, committed each."""
    ids = [row.id for row in bench.made.due[:OVER_SQL]]
    with raw_connection() as raw:
        control = _over_raw(bench, raw, lambda: route_over_sql(raw, ids, timezone.now()), len(ids))
    fast = bench.batches
    ratio = fast.rate / control.rate
    beside = f"SQL {control}; batches {fast} ({control.cpu / fast.cpu:.1f} × by CPU)"
    yield Row("routing-batch", ratio, "× SQL", "≥ 3 × (aim 5 ×)", beside, ratio >= 3)


def measure_batch_over_orm(bench: Bench) -> Iterator[Row]:
    """The same batches beside an ORM task for each referral."""
    control = bench.through([("bench.route_over_orm", [row.id]) for row in bench.made.due[:OVER_ORM]])
    fast = bench.batches
    ratio = fast.rate / control.rate
    beside = f"ORM {control}; batches {fast} ({control.cpu / fast.cpu:.0f} × by CPU)"
    yield Row("routing-batch-orm", ratio, "× the ORM", "≥ 50 ×", beside, ratio >= 50)


def measure_single(bench: Bench) -> Iterator[Row]:
    """One referral in a task of its own beside a task that does nothing and the same SQL without Django."""
    ids = bench.declined()
    single = bench.through([("bench.route_one", [pk]) for pk in ids])
    nothing = bench.through([("bench.nothing", [pk]) for pk in ids])
    same = _same_sql(bench, ids)
    cost = single.cpu / (nothing.cpu + same.cpu)
    beside = f"task {nothing}; its SQL {same}; routing {single}"
    yield Row("routing-single", cost, "× CPU", "≤ 2.5 × (aim 2 ×)", beside, cost <= 2.5)


def _same_sql(bench: Bench, ids: list[int]) -> Best:
    """What routing these referrals says to the database, captured once and said again."""
    bench.reset()
    _route_each(ids[:1])  # what is kept from routing to routing is there then
    bench.reset()
    kept = state.sequences()
    captured = capture(lambda pk: _route_each([pk]), ids)
    with raw_connection(cursor_factory=psycopg.ClientCursor) as raw:

        def say_again() -> None:
            state.restore_sequences(kept)
            replay(raw, captured)

        return _over_raw(bench, raw, say_again, len(ids))


def _over_raw(bench: Bench, raw: "psycopg.Connection[object]", work: Callable[[], object], pieces: int) -> Best:
    rounds = []
    for _ in range(ROUNDS):
        bench.reset()
        with spending(raw.info.backend_pid) as spent:
            work()
        spent.pieces = pieces
        rounds.append(spent)
    return best_of(rounds)


def measure_receipt(bench: Bench) -> Iterator[Row]:
    """Bytes that the receipts of ten batches take, as they are stored."""
    state.restore(bench.before)
    before, runs_before = state.receipt_bytes()
    while _route_batches(1):
        pass
    after, runs_after = state.receipt_bytes()
    each = (after - before) / (runs_after - runs_before)
    beside = f"{runs_after - runs_before:,} runs, {len(bench.made.partners):,} partners"
    yield Row("routing-receipt", each, "bytes", f"≤ {RECEIPT:,} bytes each", beside, each <= RECEIPT)


def measure_tried(bench: Bench) -> Iterator[Row]:
    """Referrals that many partners have declined beside the same ones that two have."""
    rows = [row for row in bench.made.due if not row.tried and row.id % 100 and _is_wanted_widely(row)][:TRIED]
    ids = [row.id for row in rows]
    work = partial(_route_only, ids)
    few = bench.here(work, ready=partial(add_declined, bench.made, rows, FEW_TRIED))
    many = bench.here(work, ready=partial(add_declined, bench.made, rows, MANY_TRIED))
    cost = many.cpu / few.cpu
    beside = f"{FEW_TRIED} tried {few}; {MANY_TRIED} tried {many}; {len(rows):,} referrals"
    yield Row("routing-growth-tried", cost, "× CPU", "≤ 2 × CPU of 2 tried", beside, cost <= 2)


def _is_wanted_widely(row: MadeReferral) -> bool:
    return len(distinct(row.passing)) > MANY_TRIED + 2


def measure_growth_of_referrals(bench: Bench) -> Iterator[Row]:
    """Batches and single ones among a million referrals beside among ten thousand; the worse of the two."""
    ids = bench.declined()
    works = (partial(_route_batches, BATCHES), partial(_route_each, ids))
    few = [bench.here(work) for work in works]
    bench.reset()
    add_other_referrals(bench.made, MANY_REFERRALS - DUE)
    bench.grown()
    many = [bench.here(work) for work in works]
    batch, single = (late.cpu / early.cpu for late, early in zip(many, few, strict=True))
    beside = f"batch {few[0].cpu:.2f} → {many[0].cpu:.2f} ms, {batch:.2f} ×; "
    beside += f"single {few[1].cpu:.2f} → {many[1].cpu:.2f} ms, {single:.2f} ×"
    cost = max(batch, single)
    yield Row("routing-growth-referrals", cost, "× CPU", "≤ 1.4 × CPU at 10,000", beside, cost <= 1.4)


def measure_growth_of_partners(bench: Bench) -> Iterator[Row]:
    """Batches over ten times the partners. It comes last: the partners stay."""
    few = bench.here(partial(_route_batches, BATCHES))
    bench.reset()
    add_partners(bench.made, MANY_PARTNERS - PARTNERS)
    bench.grown()
    many = bench.here(partial(_route_batches, BATCHES))
    cost = many.cpu / few.cpu
    beside = f"{PARTNERS:,} partners {few}; {MANY_PARTNERS:,} partners {many}"
    yield Row("routing-growth-partners", cost, "× CPU", "≤ 2 × CPU at 1,000", beside, cost <= 2)


def _route_batches(number: int) -> int:
    return sum(route_due(now=timezone.now(), limit=BATCH) for _ in range(number))


def _route_only(ids: list[int]) -> int:
    return route_due(now=timezone.now(), limit=len(ids), only=ids)


def _route_each(ids: list[int]) -> int:
    return sum(route_due(now=timezone.now(), only=[pk]) for pk in ids)


MAKING = "Making 1,000 partners and 10,000 referrals that await one …"
GROUPS: Groups = (
    (("routing-batch",), measure_batch),
    (("routing-batch-orm",), measure_batch_over_orm),
    (("routing-single",), measure_single),
    (("routing-receipt",), measure_receipt),
    (("routing-growth-tried",), measure_tried),
    (("routing-growth-referrals",), measure_growth_of_referrals),
    (("routing-growth-partners",), measure_growth_of_partners),
)
