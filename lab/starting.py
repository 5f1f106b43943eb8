"""Start a run of the lab: what is compared, on what, and the parts of which it consists. Nothing starts half."""

import datetime as dt
import importlib.metadata
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import User
from lab.chance.worlds import Written
from lab.choices import Kind, PartKind, WhatIf
from lab.history import count_arrivals, was_there
from lab.models import LabPart, LabRun
from partners.domain.policy import Policy
from partners.domain.receipts import ENGINE_VERSION
from referrals.queue import ring

PERCENTAGES = (100, 50, 150)  # how often partners decline, beside what is expected
READING = {"kind": PartKind.READING, "variant": 0, "seed": 0, "percent": PERCENTAGES[0]}
LAB_VERSION = 2  # of simulation, bound and figures
MOST_SEEDS, MOST_VARIANTS = 20, 5
LIBRARIES = ("highspy", "numpy")


class NotThere(Exception):
    """The partner was not there in the period."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A policy, and what else is otherwise than it was: see ``lab.domain.changing``."""

    name: str
    policy: Policy
    change: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        return {"name": self.name, "policy": asdict(self.policy), "change": dict(self.change)}


def simulate_world(written: Written, variants: Sequence[Variant], seeds: int, *, by: User, now: dt.datetime) -> LabRun:
    """Compare variants, the current policy first, in a written world, drawn once a seed."""
    expected = round(written.backlog + written.days * written.referrals_a_day)
    run = LabRun(kind=Kind.WORLD, inputs=asdict(written), variants=[one.data() for one in variants], seeds=seeds)
    return _start(run, expected, by, now)


def replay_period(
    first: dt.date,
    last: dt.date,
    since: dt.datetime,
    until: dt.datetime,
    variants: Sequence[Variant],
    seeds: int,
    *,
    by: User,
    now: dt.datetime,
) -> LabRun:
    """Compare variants on what arrived in ``[since, until)``, the days from ``first`` to ``last``: a worker reads it.

    Raises:
        NothingArrived: no referral was routed for the first time.
        TooMuchArrived: more were than are simulated.
        NotThere: a partner is to leave, pause or double its capacity that no routing of the period knew.
    """
    arrivals = count_arrivals(since, until)
    for change in (one.change for one in variants if one.change):
        if change["what"] != WhatIf.JOINS and not was_there(change["profile"]["id"], since, until):
            raise NotThere
    days = {"first": first.isoformat(), "last": last.isoformat()}
    run = LabRun(
        kind=Kind.PERIOD,
        inputs={**days, "since": since.isoformat(), "until": until.isoformat()},
        variants=[one.data() for one in variants],
        seeds=seeds,
    )
    return _start(run, arrivals, by, now)


def run_again(run: LabRun, *, by: User, now: dt.datetime) -> LabRun:
    """The same once more, from what was kept with it."""
    again = LabRun(
        kind=run.kind,
        inputs=run.inputs,
        variants=run.variants,
        seeds=run.seeds,
        assumptions=run.assumptions,
        scenario=run.scenario,
        again=run,
    )
    return _start(again, run.parts.all()[0].total, by, now)


def cancel(run: LabRun, now: dt.datetime) -> bool:
    """Stop a run; gives whether it was open. A simulation that is under way ends soon, a bound when it is solved."""
    return bool(LabRun.objects.filter(pk=run.pk, finished_at=None, cancelled_at=None).update(cancelled_at=now))


def bound_places(variants: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Place of a variant → place of the first whose bound is the same: of equal filters, splits and changes."""
    first: dict[str, int] = {}
    found = {}
    for place, one in enumerate(variants):
        policy = one["policy"]
        key = repr((sorted(policy["waived"]), policy["most_partners"], one["change"]))
        found[place] = first.setdefault(key, place)
    return found


@transaction.atomic
def _start(run: LabRun, arrivals: int, by: User, now: dt.datetime) -> LabRun:
    run.asked_by, run.asked_at = by, now
    run.versions = find_versions()
    run.save(force_insert=True)
    rows = [READING] * run.is_unread + list(_parts(run))
    parts = [LabPart(run=run, due_at=now, total=max(1, arrivals), **row) for row in rows]
    LabPart.objects.bulk_create(parts)
    ring()
    return run


def find_versions() -> dict[str, Any]:
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    python = ".".join(platform.python_version_tuple()[:2])
    return {"lab": LAB_VERSION, "engine": ENGINE_VERSION, "python": python, **libraries}


def _parts(run: LabRun) -> Iterator[dict[str, Any]]:
    """Expected declines first. A replay has one bound for all seeds, since what arrives is the same."""
    bounds = sorted(set(bound_places(run.variants).values()))
    for percent in PERCENTAGES:
        for seed in range(run.seeds):
            for variant in range(len(run.variants)):
                yield {"kind": PartKind.SIMULATION, "variant": variant, "seed": seed, "percent": percent}
            if run.kind == Kind.WORLD or seed == 0:
                for variant in bounds:
                    yield {"kind": PartKind.BOUND, "variant": variant, "seed": seed, "percent": percent}
