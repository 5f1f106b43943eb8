"""Work on the parts of runs, one after the other, beside any number of other workers on any number of hosts.

A part is taken for a while and says so again and again. What a worker leaves behind is taken over by another when that
while is over; finished parts stay as they are. Nothing but the lab's own rows is written.
"""

import datetime as dt
import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from lab.chance.worlds import Written, draw_scenario
from lab.choices import Kind, PartKind, WhatIf
from lab.domain.bound import find_bound
from lab.domain.changing import change_scenario
from lab.domain.keeping import pack, unpack
from lab.domain.measuring import measure
from lab.domain.outcome import Outcome
from lab.domain.scenario import Scenario
from lab.domain.series import by_week
from lab.domain.simulating import simulate
from lab.history import NothingArrived, TooMuchArrived, read_period
from lab.models import LabPart, LabRun
from lab.starting import LAB_VERSION
from partners.domain.receipts import read_profiles
from referrals.queue import ring

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
LEASE = dt.timedelta(minutes=2)
LONG_LEASE = dt.timedelta(minutes=5)  # a solver does not say that it lives, nor does a query
BEAT_SECONDS = 2.0
FAILED = "A part of this run failed repeatedly. See the lab worker’s log."
OUTDATED = "This run was started by an earlier version of the lab. Run it again."
CHANGED = "The referrals of this period can no longer be read."
MOST_TRIES = 5  # whether a part failed or its worker ended
Beat = Callable[[int], None]  # hears how many referrals have arrived
DRAIN_SECONDS = 60.0  # then the task ends, and another goes on


_draw, _unpack = lru_cache(maxsize=1)(draw_scenario), lru_cache(maxsize=1)(unpack)  # parts of a run begin alike


class Gone(Exception):
    """The run was cancelled, or another worker has taken the part over."""


def run_parts() -> int:
    """Work on what is due, for about a minute."""
    begun, done = time.monotonic(), 0
    while time.monotonic() - begun < DRAIN_SECONDS:
        part = _take(timezone.now())
        if part is None:
            _draw.cache_clear()
            _unpack.cache_clear()
            return done
        _work(part)
        done += 1
    ring()
    return done


@transaction.atomic
def _take(now: dt.datetime) -> LabPart | None:
    """Take the next part, and ring for another worker where more wait."""
    parts = list(LabPart.objects.due(now).select_for_update(skip_locked=True, of=("self",))[:2])
    if not parts:
        return None
    part = parts[0]
    why = _find_reason_to_end(part)
    if why:
        _give_up(part, why)
        return _take(now)
    part.tries += 1
    part.due_at = now + (LEASE if part.kind == PartKind.SIMULATION else LONG_LEASE)
    part.save(update_fields=["tries", "due_at"])
    if len(parts) > 1:
        ring()
    return part


def _find_reason_to_end(part: LabPart) -> str:
    """Why the run of a part has to end without it; empty where nothing speaks against it."""
    if part.run.versions.get("lab") != LAB_VERSION:
        return OUTDATED
    return FAILED if part.tries >= MOST_TRIES else ""


def _work(part: LabPart) -> None:
    """A part that fails again and again ends its run with an error."""
    try:
        if part.kind == PartKind.READING:
            _read(part)
        else:
            _finish(part, _compute(part, _beating(part)))
    except Gone:
        return
    except (NothingArrived, TooMuchArrived):
        _give_up(part, CHANGED)
    except Exception:
        logger.exception("part %s of %s failed", part, part.run.public_id)
        if part.tries >= MOST_TRIES:
            _give_up(part)


def _give_up(part: LabPart, why: str = FAILED) -> None:
    open_ = LabRun.objects.filter(pk=part.run_id, finished_at=None, cancelled_at=None)
    open_.update(finished_at=timezone.now(), error=why)


def _read(part: LabPart) -> None:
    """Keep the period with its run, which the other parts wait for. Whoever was faster has read it."""
    since, until = (dt.datetime.fromisoformat(part.run.inputs[name]) for name in ("since", "until"))
    changes = [variant["change"] for variant in part.run.variants]
    joining = {change["profile"]["id"] for change in changes if change.get("what") == WhatIf.JOINS}
    period = read_period(since, until, joining)
    packed, referrals = pack(period.scenario), len(period.scenario.arrivals)
    with transaction.atomic():
        unread = LabRun.objects.filter(pk=part.run_id, scenario=None)
        if unread.update(scenario=packed, assumptions=period.assumptions()):
            part.total = referrals
            LabPart.objects.filter(run=part.run_id).update(total=referrals)
            _finish(part, {"referrals": referrals})
    ring()


def _compute(part: LabPart, beat: Beat) -> dict[str, Any]:
    scenario, policy = scenario_of(part.run, part.variant, part.seed), part.run.policy(part.variant)
    if part.kind == PartKind.BOUND:
        return asdict(find_bound(scenario, policy, part.factor))
    beat(0)
    outcome = simulate(scenario, policy, part.seed, part.factor, beat)
    beat(0)
    result: dict[str, Any] = {
        "figures": asdict(measure(outcome, scenario, policy)),
        "weeks": [asdict(week) for week in by_week(outcome, scenario)],
    }
    if part.seed == 0 and part.percent == 100:
        names = {row.id: row.name for row in scenario.profiles}
        result["received"] = [[one, names[one], number] for one, number in sorted(outcome.received.items())]
        beat(0)
        result["unstable"] = _find_unstable(part, scenario, outcome, beat)
    return result


def _find_unstable(part: LabPart, scenario: Scenario, outcome: Outcome, beat: Beat) -> float | None:
    """Share of first offers that go to another partner when the most asked one has one place more."""
    if not outcome.first:
        return None
    changed = _with_one_more(scenario, outcome)
    other = simulate(changed, part.run.policy(part.variant), part.seed, part.factor, beat)
    return 1 - sum(other.first.get(one) == first for one, first in outcome.first.items()) / len(outcome.first)


def scenario_of(run: LabRun, variant: int, seed: int) -> Scenario:
    """What a variant starts from."""
    is_world = run.kind == Kind.WORLD
    scenario = _draw(Written(**run.inputs), seed) if is_world else _unpack(bytes(run.scenario or b""))
    change = run.variants[variant]["change"]
    if change:
        [profile] = read_profiles([change["profile"]])
        scenario = change_scenario(scenario, WhatIf(change["what"]), profile)
    return scenario


def _with_one_more(scenario: Scenario, outcome: Outcome) -> Scenario:
    """The partner with the most offers could take one more all the time, and nothing else is different."""
    [(partner, _number)] = outcome.received.most_common(1)
    profiles = (replace(row, capacity=row.capacity + (row.id == partner)) for row in scenario.profiles)
    changes = (
        replace(row, capacity=row.capacity + 1) if row.partner == partner and row.capacity is not None else row
        for row in scenario.changes
    )
    return replace(scenario, profiles=tuple(profiles), changes=tuple(changes))


def _beating(part: LabPart) -> Beat:
    """Say every few seconds that the part is worked on. What it gives raises Gone when that is over."""
    last = time.monotonic()

    def beat(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= BEAT_SECONDS:
            last = time.monotonic()
            mine = LabPart.objects.filter(pk=part.pk, tries=part.tries, finished_at=None)
            open_ = mine.filter(run__finished_at=None, run__cancelled_at=None)
            changes: dict[str, Any] = {"due_at": timezone.now() + LEASE} | ({"done": done} if done else {})
            if not open_.update(**changes):
                raise Gone

    return beat


@transaction.atomic
def _finish(part: LabPart, result: dict[str, Any]) -> None:
    """Keep a result; the last part ends the run. Whoever was faster has written the same."""
    run = LabRun.objects.without_scenario().select_for_update().get(pk=part.run_id)
    words = {"finished_at": timezone.now(), "result": result, "done": part.total}
    LabPart.objects.filter(pk=part.pk, finished_at=None).update(**words)
    if run.is_open and not run.parts.filter(finished_at=None).exists():
        run.result_hash = hash_results(run)
        run.finished_at = timezone.now()
        run.save(update_fields=["result_hash", "finished_at"])


def hash_results(run: LabRun) -> str:
    """Of all that was computed, in canonical JSON: the same inputs and versions give the same."""
    return _hash([part.data() for part in _in_order(run)])


def compute_again(run: LabRun) -> str:
    """The hash of a run's results, computed anew in this process; no row is written."""
    data = [part.data() | {"result": _compute(part, lambda _done: None)} for part in _in_order(run)]
    return _hash(data)


def _in_order(run: LabRun) -> "QuerySet[LabPart]":
    computed = run.parts.exclude(kind=PartKind.READING)
    return computed.order_by("kind", "variant", "seed", "percent")


def _hash(data: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
