"""What the style guide shows the lab's partials with."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from lab.choices import Kind
from lab.models import LabRun
from lab.results import Moved
from pages.lab.showing import Said

NAMES = ["Policy 1 (current)", "No splits"]


def of_the_lab() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A run that is open, and what a finished one says."""
    now = timezone.now()
    world = {"days": 90, "partners": 100, "places": 1200, "referrals_a_day": 22, "backlog": 0, "benefit": 70}
    answers = {"declined": 20, "lapsed": 3, "days_to_answer": 1.5, "days_of_delivery": 45}
    words: dict[str, Any] = {"public_id": "LAB-7K3M-9QXA", "seeds": 5, "asked_at": now, "versions": {"lab": 1}}
    words |= {"variants": [{"name": name} for name in NAMES]}
    run = LabRun(kind=Kind.WORLD, inputs=world | answers, **words)
    period = LabRun(kind=Kind.PERIOD, inputs={"first": "2026-08-01", "last": "2026-10-31"}, **words)
    period.assumptions = {"referrals": 500, "partners": 40, "declined": 0.2, "lapsed": 0.03, "changed": 2}
    period.assumptions |= {"business_hours_to_answer": 7.5, "days_of_delivery": 45}
    for one, is_world in ((run, True), (period, False)):
        shown = SimpleNamespace(**{name: getattr(one, name) for name in ("inputs", "variants", "seeds", "asked_at")})
        shown.versions, shown.assumptions, shown.asked_by, shown.again = one.versions, one.assumptions, "Dana", None
        if not is_world:
            shown.first_day, shown.last_day = one.first_day, one.last_day
        yield "lab/_inputs", one.kind, {"run": shown, "is_world": is_world}
    for is_begun in (False, True):
        progress = SimpleNamespace(public_id=run.public_id, percent=40 * is_begun, is_begun=is_begun)
        yield "lab/_progress", "begun" if is_begun else "waiting", {"run": progress}
    for state in ("cancelled_at", "error", "finished_at", "none"):
        yield "lab/_status", state, {"run": SimpleNamespace(**{state: "now"})}
    lines = [("Placed", [Said("95.1 %"), Said("92.0 %", "−3.1 (−3.6 to −2.7)")])]
    common: dict[str, Any] = {"names": NAMES, "lines": lines}
    yield "lab/_figures", "", common
    yield "lab/_legend", "", common
    yield "lab/_counts", "", common | {"head": "Reason", "rows": [("No capacity", ["12", "14"])]}
    rows = [Moved("Contoso", 12, 15)]
    yield "lab/_moved", "", {"title": "More", "rows": rows}
    weeks = [[0.0, 4.0, 2.0], [0.0, 6.0, 5.0]]
    yield "lab/_weeks", "", common | {"id": "guide-weeks", "title": "Waiting", "series": weeks, "digits": 0}
    found = {"frontier": [(NAMES[0], 0.95, 0.31), (NAMES[1], 0.92, 0.29)], "waiting": weeks, "evenness": weeks}
    found |= {"most": ["97.0 %"] * 2, "steps": 7, "sensitivity": [("50% fewer declines", lines)]}
    found |= {"moved": [(NAMES[1], rows, [])], "declines": [("No capacity", ["12", "14"])], "saved": []}
    shown = SimpleNamespace(public_id=run.public_id, seeds=5, result_hash="0" * 64)
    yield "lab/_results", "", common | found | {"run": shown}
