"""How fast the determination is, alone and over all open referrals."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection

from benefits.domain.compiled import CompiledSituation, compile_situation
from benefits.domain.determination import decide_compiled, determine_compiled
from benefits.domain.edition_on_date import EditionOnDate, edition_on
from benefits.models import ServiceDescription
from benefits.services.editions import copy_to_draft, hash_content, load_edition
from referrals.editions import checking
from referrals.models import EditionCheck

from . import data
from .measuring import Groups, Row, peak_megabytes, rate, taking
from .naive import decide_over_orm

IN_MEMORY, OPEN_REFERRALS, OVER_ORM = 5_000, 100_000, 60


@dataclass(frozen=True, slots=True)
class World:
    """The measured edition and customers, in memory and in the database."""

    edition: ServiceDescription
    on_date: EditionOnDate
    made: list[data.Made]
    compiled: list[CompiledSituation]


def prepare(number: int = OPEN_REFERRALS) -> World:
    """Fill the benchmark's own database."""
    row = ServiceDescription.objects.in_force(data.DAY).get()
    on_date = edition_on(load_edition(row.pk), data.DAY)
    made = list(data.make_customers(on_date.edition, number))
    situations = (data.as_situation(one) for one in made)
    outcomes = [decide_compiled(on_date, compile_situation(on_date, one))[:2] for one in situations]
    data.fill(row, made, outcomes)
    compiled = [compile_situation(on_date, data.as_situation(one)) for one in made[:IN_MEMORY]]
    gc.freeze()  # the made-up customers stay in memory; a worker has none of them to look through
    return World(row, on_date, made, compiled)


def measure_decision(world: World) -> Iterator[Row]:
    """Decisions in memory, alone and in full, beside a decision over the ORM."""
    alone = rate(partial(_each, decide_compiled, world))
    full = rate(partial(_each, determine_compiled, world))
    control = rate(partial(_each_over_orm, world))
    beside = f"over the ORM {control:,.0f}/s"
    yield Row("determination-decide", alone, "/s", "≥ 100,000/s", beside, alone >= 100_000)
    yield Row("determination-decide-ratio", alone / control, "×", "≥ 500 × the ORM", beside, alone >= 500 * control)
    yield Row("determination-full", full, "/s", "≥ 10,000/s", beside, full >= 10_000)


def _each(way: Callable[[EditionOnDate, CompiledSituation], object], world: World) -> int:
    for one in world.compiled:
        way(world.on_date, one)
    return len(world.compiled)


def _each_over_orm(world: World) -> int:
    for number, one in enumerate(world.made[:OVER_ORM], 1):
        decide_over_orm(number, one.asked, world.edition, data.DAY)
    return OVER_ORM


def measure_agreement(world: World) -> Iterator[Row]:
    """The short and the full way agree on everything, and the control decides the same."""
    on_date = world.on_date
    pairs = ((decide_compiled(on_date, one), determine_compiled(on_date, one).verdict) for one in world.compiled)
    differing = sum(short != full for short, full in pairs)
    outcomes = [decide_compiled(on_date, one).outcome for one in world.compiled[:OVER_ORM]]
    naive = [decide_over_orm(n, one.asked, world.edition, data.DAY) for n, one in enumerate(world.made[:OVER_ORM], 1)]
    otherwise = sum(a != b for a, b in zip(outcomes, naive, strict=True))
    control = f"the ORM decides {otherwise} of {OVER_ORM} otherwise"
    ok = not differing and not otherwise
    yield Row("determination-agree", differing, f"of {len(world.compiled):,}", "0 differ", control, ok)


def measure_preview(world: World) -> Iterator[Row]:
    """A preview of every open referral beside a plain UPDATE of as many rows; and of one changed plan."""
    number = len(world.made)
    update = number / _update_all()
    everybody = _draft(world, lambda draft: draft.thresholds.filter(code="BENEFIT_MIN_LICENSES").update(value=160))
    before = peak_megabytes()
    whole, reached, differing = _preview(everybody)
    grown = peak_megabytes() - before
    speed = reached / whole
    beside = f"UPDATE {update:,.0f} rows/s; {differing:,} of {reached:,} differ, {speed:,.0f}/s"
    yield Row("determination-preview", speed / update, "×", "≥ 0.15 × a plain UPDATE", beside, speed >= 0.15 * update)
    yield Row("determination-preview-memory", grown, "MB more", "≤ 64 MB", f"{before:,.0f} MB before", grown <= 64)
    one_plan = _draft(world, lambda draft: draft.plans.filter(code=data.SOME_PLAN).update(benefit_eligible="no"))
    part, affected, _differing = _preview(one_plan)
    share, cost = affected / number, part / whole
    beside = f"{affected:,} of {number:,} customers hold it; {part:.2f} s instead of {whole:.2f} s"
    bar = "≤ 2 × their share"
    yield Row("determination-preview-one-plan", cost / share, "× the share", bar, beside, cost <= 2 * share)


def _update_all() -> float:
    """Seconds of a plain UPDATE of every open referral: the best of three."""
    times = []
    for text in ("a", "b", ""):
        with connection.cursor() as cursor, taking() as taken:
            cursor.execute("UPDATE referrals_referral SET differs_outcome = %s", [text])
        times.append(taken.seconds)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE referrals_referral")
    return min(times)


def _draft(world: World, edit: Callable[[ServiceDescription], object]) -> ServiceDescription:
    draft = copy_to_draft(world.edition, now=data.NOW)
    edit(draft)
    return draft


def _preview(draft: ServiceDescription) -> tuple[float, int, int]:
    """Seconds, referrals looked at, and how many differ."""
    words = {"edition": draft, "kind": "preview", "content_hash": hash_content(draft)}
    check = EditionCheck.objects.create(**words, asked_at=data.NOW, due_at=data.NOW)
    with taking() as taken:
        looked_at = checking.run_check(check, now=data.NOW)
    check.refresh_from_db()
    if check.state != "done":
        raise RuntimeError(f"the preview ended as {check.state}: {check.error}")
    return taken.seconds, looked_at, check.differences.count()


MAKING = "Making 100,000 customers with an open referral each …"
GROUPS: Groups = (
    (("determination-decide", "determination-decide-ratio", "determination-full"), measure_decision),
    (("determination-agree",), measure_agreement),
    (
        ("determination-preview", "determination-preview-memory", "determination-preview-one-plan"),
        measure_preview,
    ),
)
