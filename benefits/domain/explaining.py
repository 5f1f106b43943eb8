"""Say in plain words what the rules found: the reason and the trace. Nothing here decides."""

from collections.abc import Callable
from dataclasses import dataclass

from benefits.choices import Outcome, ViewRule

from .advice import name_line
from .reading import Line, Reading, TenantReading
from .rules import RULE_SENTENCES, RULE_SOURCES

OUTCOME_SENTENCES: dict[str, str] = {
    Outcome.NOT_ELIGIBLE: "The customer is not eligible for the Benefit.",
    Outcome.OUT_OF_SCOPE: "Everything requested lies outside the Benefit.",
    Outcome.NOT_REALIZED: "The Benefit is not fully realized.",
    Outcome.REALIZED: "The Benefit is fully realized.",
    Outcome.NEEDS_INFORMATION: "More facts are needed before this can be decided.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of the trace: its sentence, what it found, its source, and whether it decided."""

    rule: str
    sentence: str
    found: str
    source: str
    decided: bool


def name_workloads(reading: Reading, codes: frozenset[str], limit: int = 3) -> str:
    workloads = reading.edition.edition.workloads
    names = sorted(workloads[code].name for code in codes)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def say_reason(reading: Reading, outcome: str, rule: str) -> str:
    """The outcome in one plain sentence, with the fact that decided it."""
    return f"{OUTCOME_SENTENCES[Outcome(outcome)]} {DECIDING_FACTS[rule](reading)}".strip()


def _fact_seat_floor(reading: Reading) -> str:
    best = max((tenant.least_seats for tenant in reading.tenants), default=0)
    if reading.eligible_most:
        if not reading.situation.subscriptions:
            return "No subscription is recorded yet."
        return f"{best:,} paid seats are known; whether {reading.edition.floor:,} are reached depends on what is not."
    return f"No tenant reaches {reading.edition.floor:,} paid seats of eligible plans; the largest has {best:,}."


def _fact_request_lines(reading: Reading) -> str:
    if any(line.in_most for line in reading.lines):
        return "Whether the request is inside the Benefit depends on a subscription that is not known yet."
    return "; ".join(sorted(name_line(reading, line)[0] for line in reading.lines)) + "."


def _fact_remaining(reading: Reading) -> str:
    count = len(reading.remaining)
    verb = "workload remains" if count == 1 else "workloads remain"
    return f"{count} {verb}: {name_workloads(reading, reading.remaining)}."


def _fact_to_confirm(reading: Reading) -> str:
    if reading.to_confirm:
        count = len(reading.to_confirm)
        verb = "workload has" if count == 1 else "workloads have"
        return f"{count} {verb} no known status: {name_workloads(reading, reading.to_confirm)}."
    count = len(reading.in_view)
    return f"All {count} workloads in view are enabled." if count > 1 else "The one workload in view is enabled."


DECIDING_FACTS: dict[str, Callable[[Reading], str]] = {
    "seat_floor": _fact_seat_floor,
    "request_lines": _fact_request_lines,
    "remaining": _fact_remaining,
    "to_confirm": _fact_to_confirm,
    "in_view": lambda reading: "The edition does not know a workload that the plans held grant.",
    "usable_subscriptions": lambda reading: "A subscription that is not known yet could bring more workloads.",
}


def trace_rules(reading: Reading, deciding: str) -> tuple[Step, ...]:
    edition = reading.edition.edition
    return tuple(
        Step(rule, sentence, FOUND[rule](reading), edition.source_text(RULE_SOURCES[rule]), rule == deciding)
        for rule, sentence in RULE_SENTENCES.items()
    )


def _found_subscriptions(reading: Reading) -> str:
    total, usable, unknown = len(reading.situation.subscriptions), len(reading.usable), len(reading.unknowns)
    return f"{usable} of {total} recorded subscriptions are usable; {unknown} not known."


def _found_seats(reading: Reading) -> str:
    if not reading.tenants:
        return f"No usable seats; the floor is {reading.edition.floor:,}."
    listed = "; ".join(f"{tenant.tenant or 'tenant'}: {_seat_range(tenant)}" for tenant in reading.tenants)
    return f"{listed}. The floor is {reading.edition.floor:,}."


def _seat_range(tenant: TenantReading) -> str:
    if tenant.most_seats == tenant.least_seats:
        return f"{tenant.least_seats:,} paid seats"
    most = "any number" if tenant.most_seats == float("inf") else f"{int(tenant.most_seats):,}"
    return f"{tenant.least_seats:,} paid seats known, up to {most} possible"


def _found_lines(reading: Reading) -> str:
    if not reading.lines:
        return "Nothing particular was asked for."
    words = [f"{name_line(reading, line)[0]}: {_inside(line)}" for line in reading.lines]
    return "; ".join(sorted(words)) + "."


def _inside(line: Line) -> str:
    if line.in_least:
        return "in"
    return "not known yet" if line.in_most else "out"


def _found_view(reading: Reading) -> str:
    whole = reading.settings.view_rule == ViewRule.ALL
    return f"{len(reading.in_view)} workloads, {'the whole entitlement' if whole else 'the requested areas'}."


def _found_codes(codes: frozenset[str], reading: Reading) -> str:
    return f"{len(codes)}: {name_workloads(reading, codes, 8)}." if codes else "None."


FOUND: dict[str, Callable[[Reading], str]] = {
    "usable_subscriptions": _found_subscriptions,
    "seat_floor": _found_seats,
    "entitled": lambda reading: _found_codes(reading.entitled_least, reading),
    "request_lines": _found_lines,
    "in_view": _found_view,
    "remaining": lambda reading: _found_codes(reading.remaining, reading),
    "to_confirm": lambda reading: _found_codes(reading.to_confirm, reading),
}
